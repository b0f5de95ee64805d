"""Search by meaning (extra `dense`): passages and queries as vectors of an embedder, neighbours found by usearch.

It holds no model; `gem.search.embedders` does. Documentation: https://unum-cloud.github.io/usearch.
"""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from gem._extras import need
from gem.errors import SearchUnavailable
from gem.search.connections import Connections
from gem.search.embedders import Embed, vectors_of
from gem.search.forks import at_work
from gem.search.protocol import Hit, Passage, Retriever
from gem.search.words import LONGEST_QUERY

PASSAGES, VECTORS, INDEX = "passages.sqlite", "vectors.float32", "vectors.usearch"
EXACT = 10_000
"""Up to so many passages each is compared; of more, the graph of the index is followed."""
_ROWS_AT_ONCE = 10_000
_SELECT = "SELECT id, title, text FROM passages WHERE number = ?"


class DenseRetriever(Retriever):
    """The index that `DenseWriter` left in a folder, asked with the embedder that made it."""

    def __init__(self, folder: str | Path, embed: Embed) -> None:
        self._folder, self._embed = Path(folder).absolute(), embed
        for name in (PASSAGES, INDEX):
            if not (self._folder / name).is_file():
                raise SearchUnavailable(f"{self._folder / name} is not there")
        self._index = _restored(self._folder / INDEX)
        self._one_at_a_time = Lock()  # usearch runs each search on all cores
        uri = f"{(self._folder / PASSAGES).as_uri()}?mode=ro&immutable=1"
        connect = partial(sqlite3.connect, uri, uri=True, check_same_thread=False)
        self._connections = Connections(connect, most=os.cpu_count() or 1)
        self._end = weakref.finalize(self, self._connections.close)

    def __reduce__(self) -> tuple[type[DenseRetriever], tuple[Path, Embed]]:
        return DenseRetriever, (self._folder, self._embed)

    def __len__(self) -> int:
        return len(self._index)

    def search(self, query: str, topk: int = 3) -> list[Hit]:
        return self.search_many([query], topk)[0]

    def search_many(self, queries: Sequence[str], topk: int = 3) -> list[list[Hit]]:
        """All of them are embedded together."""
        texts = [_sound(query) for query in queries]
        asked = [text for text in dict.fromkeys(texts) if text.strip()]
        if not asked or topk < 1:
            return [[] for _ in queries]
        vectors_N_D = vectors_of(self._embed, asked)
        if vectors_N_D.shape[1] != self._index.ndim:
            raise SearchUnavailable(
                f"the embedder makes vectors of {vectors_N_D.shape[1]} numbers, the index has {self._index.ndim}"
            )
        with at_work, self._one_at_a_time:
            found = self._index.search(vectors_N_D, min(topk, len(self)), exact=len(self) <= EXACT)
        with self._connections.lent() as connection:
            keys_N_K, distances_N_K = np.atleast_2d(found.keys), np.atleast_2d(found.distances)
            hits = {
                text: [_hit(connection, int(key), float(far)) for key, far in zip(keys, distances, strict=True)]
                for text, keys, distances in zip(asked, keys_N_K, distances_N_K, strict=True)
            }
        return [list(hits.get(text, [])) for text in texts]

    def close(self) -> None:
        self._end()


class DenseWriter:
    """Writes an index into a folder, or goes on with one: what `add` was given is safe once it returns.

    Vectors are appended to a file of their own before their passages are committed; what stands in it beyond the
    passages is overwritten. The neighbours' graph is made of it at the end.
    """

    BATCH: int = 1_000

    def __init__(self, folder: Path, embed: Embed) -> None:
        _usearch()  # before anything is embedded
        self._folder, self._embed = folder, embed
        self._connection = sqlite3.connect(folder / PASSAGES, timeout=0.1)
        self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        with self._connection:
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS passages(number INTEGER PRIMARY KEY, id TEXT, title TEXT, text TEXT)"
            )
        (self.count,) = self._connection.execute("SELECT count(*) FROM passages").fetchone()

    @property
    def last_id(self) -> str | None:
        """The id of the passage that was added last."""
        found = self._connection.execute(_SELECT, (self.count - 1,)).fetchone()
        return found[0] if found else None

    def add(self, passages: Sequence[Passage]) -> None:
        """Append passages: all of them, or none if it is interrupted. Raises what the embedder raises."""
        vectors_N_D = vectors_of(self._embed, [passage.contents for passage in passages])
        dimensions = vectors_N_D.shape[1]
        if self.count and self._dimensions != dimensions:
            raise SearchUnavailable(f"the embedder made vectors of {self._dimensions} numbers before, now {dimensions}")
        with (self._folder / VECTORS).open("r+b" if self.count else "wb") as file:
            file.seek(self.count * dimensions * vectors_N_D.itemsize)
            file.write(vectors_N_D.tobytes())
            file.flush()
            os.fsync(file.fileno())
        with self._connection:
            self._connection.execute(f"PRAGMA user_version = {dimensions}")
            rows = [(number, *passage) for number, passage in enumerate(passages, self.count)]
            self._connection.executemany("INSERT INTO passages VALUES (?, ?, ?, ?)", rows)
        self.count += len(passages)

    def finish(self) -> None:
        """Make the graph of neighbours, unless it has all of them."""
        if self._has_graph():
            return
        shape = (self.count, self._dimensions)
        vectors_N_D = np.memmap(self._folder / VECTORS, dtype=np.float32, mode="r", shape=shape)
        index = _usearch().Index(ndim=self._dimensions, metric="cos", dtype="f16")
        for start in range(0, self.count, _ROWS_AT_ONCE):
            part_N_D = np.asarray(vectors_N_D[start : start + _ROWS_AT_ONCE])
            index.add(np.arange(start, start + len(part_N_D), dtype=np.uint64), part_N_D)
        fresh = self._folder / f"{INDEX}.new"
        index.save(str(fresh))
        fresh.replace(self._folder / INDEX)

    def tidy(self) -> None:
        """Drop the vectors that the graph was made of."""
        (self._folder / VECTORS).unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()

    def _has_graph(self) -> bool:
        path = self._folder / INDEX
        try:
            return path.exists() and len(_restored(path)) == self.count
        except SearchUnavailable:
            return False

    @property
    def _dimensions(self) -> int:
        return self._connection.execute("PRAGMA user_version").fetchone()[0]


def _hit(connection: sqlite3.Connection, number: int, distance: float) -> Hit:
    return Hit(Passage(*connection.execute(_SELECT, (number,)).fetchone()), 1.0 - distance)


def _sound(query: str) -> str:
    return query[:LONGEST_QUERY].encode("utf-8", "replace").decode()


def _restored(path: Path) -> Any:
    usearch = _usearch()
    try:
        index = usearch.Index.restore(str(path), view=True)
    except (ValueError, RuntimeError) as error:
        raise SearchUnavailable(f"{path} cannot be read: {error}") from None
    if index is None:
        raise SearchUnavailable(f"{path} is no index of usearch")
    return index


def _usearch() -> Any:
    return need("usearch.index", extra="dense")
