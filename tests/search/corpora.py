"""What tests of search have in common: a small corpus, an embedder that needs no model, servers in the background."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from zlib import crc32

import numpy as np

from gem.search import Hit, Passage, Retriever
from gem.search.words import words_of

PASSAGES = [
    Passage("harbour", "The Glass Harbour", "A novel by Ines Varga about a lighthouse keeper."),
    Passage("varga", "Ines Varga", "Ines Varga was born in Telmont and wrote three novels."),
    Passage("telmont", "Telmont", "Telmont is a town on the river Orme, known for its cafés."),
    Passage("orme", "Orme", "The Orme rises near Telmont and runs to the sea."),
]
STRANGE_QUERIES = [
    "", " ", '"', '""', "'", "a:b", "NEAR(", "AND", "NOT", "OR OR", "(", "*", "-x", "^", "title:", "{a b}: c", "+",
    "\0", "a\0b", "😀", "\ud800", "²", "ß", "１", "ı", "\u0301", "x" * 1_000_000, "dog " * 250_000, '"' * 1_000_000,
]  # fmt: skip
DIMENSIONS = 1024


def ids(hits):
    return [hit.passage.id for hit in hits]


def many(count, start=0):
    return [Passage(f"p{n}", f"Town {n}", f"Vel{n} lies by the river Orm{n % 7}.") for n in range(start, count)]


def hashing(texts):
    """An embedder: each word of a text counts in a dimension of its own, as far as there are dimensions."""
    vectors = np.zeros((len(texts), DIMENSIONS))
    for vector, text in zip(vectors, texts, strict=True):
        for word in words_of(text):
            vector[crc32(word.encode()) % DIMENSIONS] += 1
    return vectors


class Recorded(Retriever):
    """Answers each query with itself, and remembers the batches in which they came; it can be held up."""

    def __init__(self, error=None):
        self.batches, self.error, self.closed = [], error, False
        self.gate = threading.Event()
        self.gate.set()

    def search(self, query, topk=3):
        return self.search_many([query], topk)[0]

    def search_many(self, queries, topk=3):
        self.batches.append(list(queries))
        assert self.gate.wait(10)
        if self.error:
            raise self.error
        return [[Hit(Passage(f"{query}{n}", "", query), 1.0 / (n + 1)) for n in range(topk)] for query in queries]

    def close(self):
        self.closed = True


class QuietServer(ThreadingHTTPServer):
    """A server of a test's own; a client that goes away is no news."""

    daemon_threads = True

    def handle_error(self, *_):
        pass


@contextmanager
def running(server):
    """A server at work in the background."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
