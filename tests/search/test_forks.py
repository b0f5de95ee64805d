"""gem.search.forks: a fork while other threads search gives a child that can search."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager

import pytest

from gem import search
from gem.search import BatchingRetriever, HttpRetriever, MemoryRetriever, forks
from gem.search.forks import AtWork, at_work
from tests.search.corpora import PASSAGES, hashing, ids


@contextmanager
def in_another_thread(block):
    """A thread that is within a block, and leaves it once somebody wants to fork; gives what happened in its order."""
    entered, happened = threading.Event(), []

    def work():
        with block:
            entered.set()
            deadline = time.monotonic() + 5
            while at_work._forking is None and time.monotonic() < deadline:
                time.sleep(0.001)
            happened.append("a fork is wanted")
        happened.append("the work has ended")

    thread = threading.Thread(target=work)
    thread.start()
    assert entered.wait(5)
    try:
        yield happened
    finally:
        thread.join()


def child_succeeds(check, happened):
    """Whether `check` gives something true in a child, within two seconds."""
    process_id = os.fork()
    if process_id == 0:  # pragma: no cover
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(2)
        os._exit(0 if check() else 1)
    happened.append("forked")
    return os.waitpid(process_id, 0)[1] == 0


def test_a_child_searches_in_memory_although_another_thread_did_at_the_fork():
    with MemoryRetriever(PASSAGES) as memory:
        with in_another_thread(memory._connections.lent()) as happened:
            assert child_succeeds(lambda: ids(memory.search("lighthouse")) == ["harbour"], happened)
        assert ids(memory.search("lighthouse")) == ["harbour"], "the parent goes on as well"
    assert happened.index("a fork is wanted") < happened.index("forked")


@pytest.mark.parametrize("engine", ["fts5", "tantivy", "dense"])
def test_a_child_searches_on_disk_and_in_batches(tmp_path, engine):
    embed = hashing if engine == "dense" else None
    search.build(PASSAGES, tmp_path / "index", engine, embed=embed)
    with BatchingRetriever(search.open(tmp_path / "index", embed=embed)) as retriever:
        stop = threading.Event()

        def on_and_on():
            while not stop.is_set():
                retriever.search("lighthouse")

        threads = [threading.Thread(target=on_and_on) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            assert child_succeeds(lambda: ids(retriever.search("lighthouse", 1)) == ["harbour"], [])
        finally:
            stop.set()
            for thread in threads:
                thread.join()


def test_a_client_s_connections_are_at_hand_in_a_child():
    with HttpRetriever("http://localhost:8000", format="json") as remote:
        idle = remote._client._idle

        @contextmanager
        def taking():
            with at_work, idle._lock:
                yield

        with in_another_thread(taking()) as happened:
            assert child_succeeds(lambda: idle.take() is None, happened)


def test_work_within_work_is_not_held_up_and_who_forks_does_not_wait_for_himself():
    with at_work, at_work:
        assert child_succeeds(lambda: at_work._inside == 2, [])
    assert at_work._inside == 0


def test_a_fork_goes_on_where_work_takes_too_long(monkeypatch):
    monkeypatch.setattr(forks, "PATIENCE_S", 0.05)
    gate = AtWork()
    thread = threading.Thread(target=gate.__enter__)
    thread.start()
    thread.join()
    gate.before_fork()
    gate.after_in_parent()
    with gate:  # nobody is held up by it afterwards
        pass
