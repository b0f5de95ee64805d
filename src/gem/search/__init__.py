"""Searching a corpus of passages: embedded engines, an HTTP client and a server, behind one protocol.

What comes back is passages and scores; how a model reads them is `gem.tools.search_tool`'s affair.
"""

from gem.search.fts5 import MemoryRetriever as MemoryRetriever
from gem.search.protocol import Hit as Hit
from gem.search.protocol import Passage as Passage
from gem.search.protocol import Retriever as Retriever
