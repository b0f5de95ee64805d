"""Several retrievers as one: each gives its best, and what stands high with many comes first."""

from __future__ import annotations

from collections.abc import Sequence

from gem.errors import ConfigError
from gem.search.protocol import Hit, Passage, Retriever

SMOOTHING = 60
"""How little the very first places count for more than the next ones."""


class HybridRetriever(Retriever):
    """Words and meaning together: reciprocal rank fusion of retrievers over the same corpus (Cormack et al., 2009).

    both = HybridRetriever(gem.search.open("wiki.words"), gem.search.open("wiki.vectors"))

    Passages are the same if their ids are. It closes the retrievers when it is closed.
    """

    def __init__(self, *retrievers: Retriever, depth: int = 50) -> None:
        if not retrievers:
            raise ConfigError("a hybrid is made of retrievers; give at least one")
        self.retrievers, self.depth = retrievers, depth

    def search(self, query: str, topk: int = 3) -> list[Hit]:
        return self.search_many([query], topk)[0]

    def search_many(self, queries: Sequence[str], topk: int = 3) -> list[list[Hit]]:
        if topk < 1:
            return [[] for _ in queries]
        answers = [each.search_many(queries, max(topk, self.depth)) for each in self.retrievers]
        return [_fused(lists)[:topk] for lists in zip(*answers, strict=True)]

    def close(self) -> None:
        for each in self.retrievers:
            each.close()


def _fused(lists: Sequence[Sequence[Hit]]) -> list[Hit]:
    scores: dict[str, float] = {}
    passages: dict[str, Passage] = {}
    for hits in lists:
        for place, hit in enumerate(hits, 1):
            passages.setdefault(hit.passage.id, hit.passage)
            scores[hit.passage.id] = scores.get(hit.passage.id, 0.0) + 1 / (SMOOTHING + place)
    return [Hit(passages[name], score) for name, score in sorted(scores.items(), key=lambda each: -each[1])]
