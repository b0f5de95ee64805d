"""Search with tantivy (extra `search`): an index on disk that opens at once and answers within milliseconds.

Queries are made of terms, never parsed, so that no text has a meaning beyond its words. It stems English words and
ignores accents, as `gem.search.fts5` does. Documentation: https://tantivy-py.readthedocs.io.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from gem._extras import need
from gem.errors import SearchUnavailable
from gem.search.forks import at_work
from gem.search.protocol import Hit, Passage, Retriever
from gem.search.words import LONGEST_WORD, rarest, words_of

TITLE_WEIGHT = 2.0
"""How much more a word counts in a title than in a text."""
BUDGET, SHARE = 150_000, 4
"""How many passages a query's words may have between them, or which part of a large corpus: one or two milliseconds."""
WRITER_MB = 256
ANALYZER = "gem_english"

Value = TypeVar("Value")


class TantivyRetriever(Retriever):
    """The index that `TantivyWriter` left in a folder; any number of threads and processes may share it."""

    def __init__(self, folder: str | Path) -> None:
        self._folder = folder
        self._tantivy = need("tantivy", extra="search")
        place = Path(folder)
        if place.is_dir() and not os.access(place, os.W_OK):
            place = _with_room_for_locks(place.absolute())
            weakref.finalize(self, shutil.rmtree, place, ignore_errors=True)
        self._index = _safely(_opened, self._tantivy, place)
        self._index.config_reader("Manual", 0)  # no reloading behind our back
        self._searcher = self._index.searcher()
        self._analyzer = _analyzer(self._tantivy)

    def __reduce__(self) -> tuple[type[TantivyRetriever], tuple[str | Path]]:
        return TantivyRetriever, (self._folder,)

    def __len__(self) -> int:
        return self._searcher.num_docs

    def search(self, query: str, topk: int = 3) -> list[Hit]:
        words = words_of(query)
        if not words or topk < 1:
            return []
        with at_work:
            return _safely(self._search, words, min(topk, len(self)))

    def _search(self, words: Sequence[str], topk: int) -> list[Hit]:
        terms = dict.fromkeys(self._analyzer.analyze(" ".join(words)))
        query = self._any_of(rarest(list(terms), self._spread, max(BUDGET, len(self) // SHARE)))
        hits = self._searcher.search(query, topk, False).hits
        found = [(score, self._searcher.doc(address)) for score, address in hits]
        found.sort(key=lambda each: (-each[0], each[1]["number"]))  # of equals, the first in the corpus
        return [Hit(_passage(document), score) for score, document in found]

    def _spread(self, term: str) -> int:
        return max(self._searcher.doc_freq(field, term) for field in ("title", "text"))

    def _any_of(self, terms: Sequence[str]) -> Any:
        query, should = self._tantivy.Query, self._tantivy.Occur.Should
        schema = self._index.schema
        titles = [query.boost_query(query.term_query(schema, "title", term), TITLE_WEIGHT) for term in terms]
        texts = [query.term_query(schema, "text", term) for term in terms]
        return query.boolean_query([(should, each) for each in (*titles, *texts)])


class TantivyWriter:
    """Writes an index into a folder, or goes on with one: what `add` was given is safe once it returns."""

    BATCH: int = 50_000

    def __init__(self, folder: Path) -> None:
        self._tantivy = need("tantivy", extra="search")
        self._index = _safely(_opened, self._tantivy, folder, _schema(self._tantivy))
        self._writer = _safely(self._index.writer, WRITER_MB << 20, 1)
        self.count: int = self._index.searcher().num_docs

    @property
    def last_id(self) -> str | None:
        """The id of the passage that was added last."""
        self._index.reload()
        searcher = self._index.searcher()
        hits = searcher.search(self._tantivy.Query.all_query(), 1, order_by_field="number").hits
        return _passage(searcher.doc(hits[0][1])).id if hits else None

    def add(self, passages: Sequence[Passage]) -> None:
        """Append passages: all of them, or none if it is interrupted."""
        for number, passage in enumerate(passages, self.count):
            content = {"number": number, "id": passage.id.encode(), "title": passage.title, "text": passage.text}
            self._writer.add_document(self._tantivy.Document(**content))
        _safely(self._writer.commit)
        self.count += len(passages)

    def finish(self) -> None:
        """Wait until what was written in pieces is joined."""
        _safely(self._writer.wait_merging_threads)

    def tidy(self) -> None:
        """There is nothing to drop."""

    def close(self) -> None:
        """Let go of the folder."""
        del self._writer


def _with_room_for_locks(folder: Path) -> Path:
    """A folder of links to the files: tantivy writes a lock even to read, and shared disks may be read-only."""
    links = Path(tempfile.mkdtemp(prefix="gem-search-"))
    for file in folder.iterdir():
        if not file.name.endswith(".lock"):
            (links / file.name).symlink_to(file)
    return links


def _opened(tantivy: Any, folder: Path, schema: Any = None) -> Any:
    index = tantivy.Index.open(str(folder)) if schema is None else tantivy.Index(schema, str(folder))
    index.register_tokenizer(ANALYZER, _analyzer(tantivy))
    return index


def _schema(tantivy: Any) -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", stored=True, fast=True)
    builder.add_bytes_field("id", stored=True)  # a text would be searched
    for name in ("title", "text"):
        builder.add_text_field(name, stored=True, tokenizer_name=ANALYZER, index_option="freq")
    return builder.build()


def _passage(document: Any) -> Passage:
    return Passage(document["id"][0].decode(), document["title"][0], document["text"][0])


def _analyzer(tantivy: Any) -> Any:
    builder, to = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()), tantivy.Filter
    for step in (to.remove_long(4 * LONGEST_WORD), to.ascii_fold(), to.lowercase(), to.stemmer("english")):
        builder = builder.filter(step)
    return builder.build()


def _safely(function: Callable[..., Value], *args: Any) -> Value:
    """What a call gives. Raises `SearchUnavailable` for what tantivy raises where files fail."""
    try:
        return function(*args)
    except (ValueError, OSError, RuntimeError) as error:
        raise SearchUnavailable(f"the tantivy index cannot be used: {error}") from error
