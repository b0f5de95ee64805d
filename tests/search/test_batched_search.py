"""gem.search.batching: one `search_many` for all who ask at nearly the same time, and event loops that go on."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from gem.errors import ConfigError, SearchUnavailable
from gem.search import BatchingRetriever, MemoryRetriever
from tests.search.corpora import PASSAGES, Recorded, ids


def held(**options):
    """A batching retriever whose thread is busy with a first question, until the gate opens."""
    inner = Recorded()
    inner.gate.clear()
    batching = BatchingRetriever(inner, **{"max_wait_ms": 0, **options})
    first = batching._ask("first", 1)
    while not inner.batches:
        threading.Event().wait(0.001)
    return inner, batching, first


def test_what_waits_is_asked_at_once():
    inner, batching, _ = held()
    waiting = [batching._ask(f"q{n}", 1 + n % 2) for n in range(5)]
    inner.gate.set()
    assert [ids(each.result(5)) for each in waiting] == [["q00"], ["q10", "q11"], ["q20"], ["q30", "q31"], ["q40"]]
    assert inner.batches == [["first"], ["q0", "q1", "q2", "q3", "q4"]]
    batching.close()
    assert inner.closed


def test_a_batch_has_no_more_than_it_may():
    inner, batching, _ = held(max_batch=2)
    waiting = [batching._ask(f"q{n}", 1) for n in range(5)]
    inner.gate.set()
    assert all(each.result(5) for each in waiting)
    assert inner.batches[1:] == [["q0", "q1"], ["q2", "q3"], ["q4"]]
    batching.close()


def test_those_who_ask_within_the_wait_share_a_batch():
    inner = Recorded()
    with BatchingRetriever(inner, max_batch=2, max_wait_ms=60_000) as batching, ThreadPoolExecutor(2) as threads:
        assert [ids(hits) for hits in threads.map(batching.search, ["a", "b"], [1, 1])] == [["a0"], ["b0"]]
    assert sorted(inner.batches[0]) == ["a", "b"]


def test_many_threads_get_each_its_own_answer():
    with MemoryRetriever(PASSAGES) as memory, BatchingRetriever(memory) as batching, ThreadPoolExecutor(32) as threads:
        queries = ["harbour novel", "varga", "telmont river", "orme sea", "\0"] * 20
        assert list(threads.map(batching.search, queries)) == [memory.search(query) for query in queries]
        assert batching.search_many(queries) == memory.search_many(queries)


def test_sixty_four_searches_do_not_hold_up_the_event_loop():
    inner, batching, _ = held()

    async def main():
        searches = [asyncio.ensure_future(batching.asearch(f"q{n}", 1)) for n in range(64)]
        for _ in range(100):  # the loop turns though no search can end
            await asyncio.sleep(0)
        assert not any(search.done() for search in searches)
        inner.gate.set()
        return await asyncio.gather(*searches)

    answers = asyncio.run(main())
    assert [ids(hits) for hits in answers] == [[f"q{n}0"] for n in range(64)]
    assert [len(batch) for batch in inner.batches] == [1, 64]
    batching.close()


def test_a_search_that_is_cancelled_is_not_asked():
    inner, batching, _ = held()

    async def main():
        cancelled, kept = (asyncio.ensure_future(batching.asearch(name, 1)) for name in ("cancelled", "kept"))
        await asyncio.sleep(0)
        cancelled.cancel()
        await asyncio.sleep(0)
        inner.gate.set()
        assert ids(await kept) == ["kept0"]
        with pytest.raises(asyncio.CancelledError):
            await cancelled

    asyncio.run(main())
    assert inner.batches == [["first"], ["kept"]]
    batching.close()


def test_a_failure_reaches_all_of_its_batch_and_nobody_else():
    inner, batching, first = held()
    waiting = [batching._ask(f"q{n}", 1) for n in range(3)]
    inner.error = SearchUnavailable("the server is down")
    inner.gate.set()
    for each in (first, *waiting):
        with pytest.raises(SearchUnavailable, match="down"):
            each.result(5)
    inner.error = None
    assert ids(batching.search("again", 1)) == ["again0"]
    batching.close()


def test_a_retriever_that_answers_too_little_is_an_error_not_a_hang():
    inner = Recorded()
    inner.search_many = lambda queries, topk: []
    with BatchingRetriever(inner) as batching, pytest.raises(ValueError, match="shorter"):
        batching.search("x")


def test_what_was_asked_before_it_closes_is_answered():
    inner, batching, first = held()
    waiting = batching._ask("late", 1)
    threading.Timer(0.01, inner.gate.set).start()
    batching.close()
    assert inner.closed
    assert first.done()
    assert ids(waiting.result(0)) == ["late0"]
    with pytest.raises(SearchUnavailable, match="closed"):
        batching.search("x")
    batching.close()


def test_a_forgotten_one_lets_its_thread_go():
    batching = BatchingRetriever(Recorded())
    batching.search("x")
    (thread,) = (thread for thread in threading.enumerate() if thread.name == "gem-search" and thread.is_alive())
    gone = weakref.ref(batching)
    del batching
    gc.collect()
    assert gone() is None
    thread.join(5)
    assert not thread.is_alive()


def test_another_process_starts_a_thread_of_its_own(monkeypatch):
    with BatchingRetriever(Recorded()) as batching:
        batching.search("x")
        queue = batching._queue
        monkeypatch.setattr(os, "getpid", lambda: -1)  # as in a fork, where the thread is gone
        assert ids(batching.search("y", 1)) == ["y0"]
        assert batching._queue is not queue
        queue.put(None)


@pytest.mark.parametrize("options", [{"max_batch": 0}, {"threads": 0}, {"max_wait_ms": -1}])
def test_settings_out_of_range_are_refused(options):
    with pytest.raises(ConfigError):
        BatchingRetriever(Recorded(), **options)
