"""Answering queries that come one by one in batches, for retrievers that answer many faster, and for event loops."""

from __future__ import annotations

import os
import weakref
from collections.abc import Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import NamedTuple

from gem.errors import ConfigError, SearchUnavailable
from gem.search.forks import at_work
from gem.search.protocol import Hit, Retriever

MAX_BATCH, MAX_WAIT_MS = 64, 2.0


class _Asked(NamedTuple):
    query: str
    topk: int
    answer: Future[list[Hit]]


class BatchingRetriever(Retriever):
    """What many threads and coroutines ask at nearly the same time, in one `search_many` of another retriever.

        with BatchingRetriever(gem.search.open("wiki.vectors")) as retriever:
            hits = await retriever.asearch("who wrote The Glass Harbour?")

    A batch goes out when it has `max_batch` queries, or when its first has waited for `max_wait_ms`; `threads` of them
    may be under way. It closes the other retriever when it is closed.
    """

    def __init__(
        self, retriever: Retriever, max_batch: int = MAX_BATCH, max_wait_ms: float = MAX_WAIT_MS, threads: int = 1
    ) -> None:
        if max_batch < 1 or threads < 1 or max_wait_ms < 0:
            raise ConfigError("max_batch and threads are at least 1, max_wait_ms at least 0")
        self.retriever = retriever
        self._max_batch, self._max_wait_s, self._threads = max_batch, max_wait_ms / 1000, threads
        self._lock = Lock()
        self._process: int | None = None
        self._workers: list[Thread] = []
        self._closed = False

    def search(self, query: str, topk: int = 3) -> list[Hit]:
        return self._ask(query, topk).result()

    async def asearch(self, query: str, topk: int = 3) -> list[Hit]:
        """The same for coroutines: the event loop goes on meanwhile."""
        import asyncio  # a thirtieth of a second that only coroutines need

        return await asyncio.wrap_future(self._ask(query, topk))

    def search_many(self, queries: Sequence[str], topk: int = 3) -> list[list[Hit]]:
        """At once: this is a batch already."""
        return self.retriever.search_many(queries, topk)

    def close(self) -> None:
        """Wait until what was asked before is answered, and let go of all."""
        with at_work, self._lock:
            self._closed = True
            if self._process == os.getpid():
                self._end()
        for thread in self._workers:
            thread.join()
        self.retriever.close()

    def _ask(self, query: str, topk: int) -> Future[list[Hit]]:
        asked = _Asked(query, topk, Future())
        with at_work, self._lock:
            if self._closed:
                raise SearchUnavailable("the retriever is closed")
            if self._process != os.getpid():  # the first question, or the first one in a fork
                self._start()
            self._queue.put(asked)
        return asked.answer

    def _start(self) -> None:
        self._process = os.getpid()
        self._queue: SimpleQueue[_Asked | None] = SimpleQueue()
        self._end = weakref.finalize(self, self._queue.put, None)
        arguments = (self._queue, self.retriever, self._max_batch, self._max_wait_s)
        self._workers = [
            Thread(target=_serve, args=arguments, name="gem-search", daemon=True) for _ in range(self._threads)
        ]
        for thread in self._workers:
            thread.start()


def _serve(queue: SimpleQueue[_Asked | None], retriever: Retriever, max_batch: int, max_wait_s: float) -> None:
    """The life of a thread: batch after batch, until a None comes; the None stays for the other threads."""
    while (first := queue.get()) is not None:
        batch, due_s = [first], monotonic() + max_wait_s
        while len(batch) < max_batch:
            try:
                asked = queue.get(timeout=max(0.0, due_s - monotonic()))
            except Empty:
                break
            if asked is None:
                queue.put(None)
                break
            batch.append(asked)
        _answer(batch, retriever)
        del first, batch
    queue.put(None)


def _answer(batch: Sequence[_Asked], retriever: Retriever) -> None:
    batch = [asked for asked in batch if asked.answer.set_running_or_notify_cancel()]
    if not batch:
        return
    try:
        answers = retriever.search_many([asked.query for asked in batch], max(asked.topk for asked in batch))
        for asked, hits in zip(batch, answers, strict=True):
            asked.answer.set_result(hits[: max(0, asked.topk)])
    except BaseException as error:  # noqa: BLE001 - raised where the answers are awaited
        for asked in batch:
            if not asked.answer.done():
                asked.answer.set_exception(error)
