"""What every retriever offers, be it an index on disk, one in memory, or a server somewhere else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple, Self


class Passage(NamedTuple):
    """A piece of a corpus, short enough to be read whole."""

    id: str
    title: str
    text: str

    @property
    def contents(self) -> str:
        """Title and text as `/retrieve` servers of the field send them: the first line is the title."""
        return f"{self.title}\n{self.text}"


class Hit(NamedTuple):
    """A passage that was found."""

    passage: Passage
    score: float
    """How well it answers the query: higher is better, and comparable within one answer only."""


class Retriever(ABC):
    """Finds passages. Safe to use from many threads at once; close it when done.

    with gem.search.open("wiki.index") as retriever:
        for hit in retriever.search("who wrote The Glass Harbour?", topk=3):
            print(hit.passage.title, hit.score)
    """

    @abstractmethod
    def search(self, query: str, topk: int = 3) -> list[Hit]:
        """Up to `topk` passages, the best first; [] where nothing fits. No text of a query raises.

        Raises `SearchUnavailable` if the engine itself fails.
        """

    def search_many(self, queries: Sequence[str], topk: int = 3) -> list[list[Hit]]:
        """The answers to several queries, in their order; engines that have a faster way take it."""
        return [self.search(query, topk) for query in queries]

    def close(self) -> None:  # noqa: B027 - most have nothing to release
        """Release what it holds outside Python; safe to call twice."""

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        """A corpus does not change: copies of an env share it."""
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
