"""Searching a corpus of passages: embedded engines, an HTTP client and a server, behind one protocol.

    from gem import search

    search.build("wiki.jsonl", "wiki.index")
    with search.open("wiki.index") as retriever:
        hits = retriever.search("who wrote The Glass Harbour?", topk=3)

What comes back is passages and scores; how a model reads them is `gem.tools.search_tool`'s affair.
"""

from typing import TYPE_CHECKING, Any

from gem.search.batching import BatchingRetriever as BatchingRetriever
from gem.search.building import build as build
from gem.search.corpus import read_passages as read_passages
from gem.search.embedders import EmbeddingEndpoint as EmbeddingEndpoint
from gem.search.embedders import embedder as embedder
from gem.search.fts5 import MemoryRetriever as MemoryRetriever
from gem.search.hybrid import HybridRetriever as HybridRetriever
from gem.search.opening import open as open
from gem.search.passages import passage_of as passage_of
from gem.search.protocol import Hit as Hit
from gem.search.protocol import Passage as Passage
from gem.search.protocol import Retriever as Retriever

if TYPE_CHECKING:
    from gem.search.http_retriever import HttpRetriever as HttpRetriever


def __getattr__(name: str) -> Any:
    """`HttpRetriever`, when it is first asked for: most who search need no HTTP, and it takes long to import."""
    if name == "HttpRetriever":
        from gem.search.http_retriever import HttpRetriever

        return HttpRetriever
    raise AttributeError(f"module 'gem.search' has no attribute {name!r}")
