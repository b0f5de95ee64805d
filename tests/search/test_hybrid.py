"""gem.search.hybrid: several retrievers as one."""

import pytest

from gem.errors import ConfigError
from gem.search import HybridRetriever, MemoryRetriever, Passage
from tests.search.corpora import PASSAGES, Recorded, ids


class Fixed(Recorded):
    def __init__(self, *names):
        super().__init__()
        self.names = names

    def search_many(self, queries, topk=3):
        return [
            [hit._replace(passage=Passage(name, "", "x")) for hit, name in zip(hits, self.names, strict=False)]
            for hits in super().search_many(queries, topk)
        ]


def test_what_stands_high_with_both_comes_first():
    both = HybridRetriever(Fixed("a", "b", "c"), Fixed("c", "b", "d"))
    assert ids(both.search("x", 4)) == ["c", "b", "a", "d"]
    assert ids(both.search("x", 1)) == ["c"]


def test_one_retriever_keeps_its_order():
    with MemoryRetriever(PASSAGES) as words:
        both = HybridRetriever(words)
        assert ids(both.search("telmont river", 3)) == ids(words.search("telmont river", 3))
        assert both.search("telmont", 0) == []
        assert both.search_many(["nonsense", "sea"], 1) == [[], both.search("sea", 1)]


def test_it_closes_what_it_is_made_of():
    parts = Recorded(), Recorded()
    HybridRetriever(*parts).close()
    assert all(part.closed for part in parts)


def test_it_is_made_of_something():
    with pytest.raises(ConfigError):
        HybridRetriever()
