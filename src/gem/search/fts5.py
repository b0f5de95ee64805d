"""Search with what Python brings: SQLite's full-text index FTS5, ranked by BM25, on disk or in memory.

It stems English words and ignores accents. A query's rarest words are looked for; see `gem.search.words`.
Documentation: https://www.sqlite.org/fts5.html.
"""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from gem.errors import DataError, SearchUnavailable
from gem.search.connections import Connections
from gem.search.passages import sound
from gem.search.protocol import Hit, Passage, Retriever
from gem.search.words import rarest, words_of

FILE = "passages.sqlite"
TITLE_WEIGHT = 2.0
"""How much more a word counts in a title than in a text."""
BUDGET = 30_000
"""How many passages a query's words may have between them: about 25 ms of ranking."""
_PATIENCE_S = 0.1
_MOST_REMEMBERED = 100_000
_CREATE = (
    "CREATE VIRTUAL TABLE passages USING fts5(id UNINDEXED, title, text, "
    "tokenize='porter unicode61 remove_diacritics 2')",
    f"INSERT INTO passages(passages, rank) VALUES ('rank', 'bm25(0.0, {TITLE_WEIGHT}, 1.0)')",
)
_INSERT = "INSERT INTO passages(id, title, text) VALUES (?, ?, ?)"
_SPREAD = "SELECT count(*) FROM (SELECT 1 FROM passages WHERE passages MATCH ? LIMIT ?)"
_SEARCH = (
    "SELECT id, title, text, -best.rank FROM"
    " (SELECT rowid AS number, rank FROM passages WHERE passages MATCH ? ORDER BY rank, rowid LIMIT ?) AS best"
    " JOIN passages ON passages.rowid = best.number ORDER BY best.rank, best.number"
)


class Fts5Retriever(Retriever):
    """The index that `Fts5Writer` left in a folder, read only: any number of threads and processes may share it."""

    def __init__(self, folder: str | Path) -> None:
        path = Path(folder).absolute() / FILE
        if not path.is_file():
            raise SearchUnavailable(f"{path} is not there")
        self._folder = folder
        self._begin(Connections(partial(_connect_reading, path), most=max(4, os.cpu_count() or 1)), _size)

    def _begin(self, connections: Connections, prepare: Callable[[sqlite3.Connection], int]) -> None:
        self._connections = connections
        self._end = weakref.finalize(self, connections.close)
        self._spread: dict[str, int] = {}
        with connections.lent() as connection:
            self._size = prepare(connection)

    def __reduce__(self) -> tuple[Any, ...]:
        return Fts5Retriever, (self._folder,)

    def __len__(self) -> int:
        return self._size

    def search(self, query: str, topk: int = 3) -> list[Hit]:
        words = words_of(query)
        if not words or topk < 1:
            return []
        with self._connections.lent() as connection:
            if self._size * len(words) > BUDGET:
                words = rarest(words, partial(self._spread_of, connection), BUDGET)
            if not words:
                return []
            found = connection.execute(_SEARCH, (_any_of(words), min(topk, self._size))).fetchall()
        return [Hit(Passage(*row[:3]), row[3]) for row in found]

    def close(self) -> None:
        self._end()

    def _spread_of(self, connection: sqlite3.Connection, word: str) -> int:
        """How many passages have a word; of more than the budget it is enough to know that."""
        count = self._spread.get(word)
        if count is None:
            if len(self._spread) >= _MOST_REMEMBERED:
                self._spread.clear()
            (count,) = connection.execute(_SPREAD, (_any_of([word]), BUDGET + 1)).fetchone()
            self._spread[word] = count
        return count


class MemoryRetriever(Fts5Retriever):
    """Passages in memory, found as those on disk are; for a corpus of up to some 100,000.

    retriever = MemoryRetriever([Passage("1", "The Glass Harbour", "A novel by Ines Varga.")])

    Raises `DataError` for what is no passage, and if there are none.
    """

    def __init__(self, passages: Iterable[Passage]) -> None:
        given = list(sound(passages))  # before it is at work: whoever gives them may take his time
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        self._begin(Connections(lambda: connection, most=1), partial(_fill, passages=given))

    def __reduce__(self) -> tuple[Any, ...]:
        with self._connections.lent() as connection:
            rows = connection.execute("SELECT id, title, text FROM passages ORDER BY rowid").fetchall()
        return MemoryRetriever, ([Passage(*row) for row in rows],)


class Fts5Writer:
    """Writes an index into a folder, or goes on with one: what `add` was given is safe once it returns."""

    BATCH: int = 10_000

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / FILE, timeout=_PATIENCE_S)
        for setting in ("cache_size = -65536", "locking_mode = EXCLUSIVE"):  # nobody else writes meanwhile
            self._connection.execute(f"PRAGMA {setting}")
        if not self._connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'passages'").fetchone()[0]:
            _create(self._connection)
        self.count = _size(self._connection)

    @property
    def last_id(self) -> str | None:
        """The id of the passage that was added last."""
        found = self._connection.execute("SELECT id FROM passages WHERE rowid = ?", (self.count,)).fetchone()
        return found[0] if found else None

    def add(self, passages: Sequence[Passage]) -> None:
        """Append passages: all of them, or none if it is interrupted."""
        with self._connection:
            self._connection.executemany(_INSERT, passages)
        self.count += len(passages)

    def finish(self) -> None:
        """Make it as fast as it can be."""
        with self._connection:
            self._connection.execute("INSERT INTO passages(passages) VALUES ('optimize')")

    def tidy(self) -> None:
        """There is nothing to drop."""

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def _fill(connection: sqlite3.Connection, passages: Iterable[Passage]) -> int:
    _create(connection)
    with connection:
        connection.executemany(_INSERT, passages)
    if size := _size(connection):
        return size
    raise DataError("there are no passages to search in")


def _create(connection: sqlite3.Connection) -> None:
    try:
        with connection:
            for statement in _CREATE:
                connection.execute(statement)
    except sqlite3.OperationalError as error:
        if "fts5" in str(error):
            raise SearchUnavailable(
                "this Python's SQLite has no FTS5; use the tantivy engine (extra 'search')"
            ) from None
        raise


def _connect_reading(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    with suppress(sqlite3.Error):  # a file that is no database says so at the first question
        connection.execute("PRAGMA mmap_size = 1073741824")
    return connection


def _size(connection: sqlite3.Connection) -> int:
    """How many passages there are; none is ever deleted."""
    return connection.execute("SELECT coalesce(max(rowid), 0) FROM passages").fetchone()[0]


def _any_of(words: Iterable[str]) -> str:
    """An expression of FTS5: in quotes nothing is an operator, and words have no quotes."""
    return " OR ".join(f'"{word}"' for word in words)
