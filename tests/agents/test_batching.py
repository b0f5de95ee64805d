"""Batcher: whatever waits is answered in one call, nobody waits longer than promised, and nobody hangs."""

import asyncio
import threading

import numpy as np
import pytest

from gem.agents.batching import Batcher
from gem.agents.protocol import Reply, Request
from gem.errors import ConfigError, EnvError
from gem.seeding import generator
from tests.aio.echo_envs import gem_threads
from tests.vector.fault_envs import LIMIT_S, until


@pytest.fixture(autouse=True)
def no_thread_is_left_behind():
    yield
    until(lambda: not gem_threads(), what="the end of all threads")


def request(text):
    return Request(text, {}, None, generator(0))


class Parrot:
    """Says what it was shown; keeps the batches it was asked for."""

    renderer = None

    def __init__(self):
        self.batches, self.threads = [], set()

    def act(self, requests):
        self.batches.append([request.observation for request in requests])
        self.threads.add(threading.current_thread().name)
        return [Reply(request.observation.upper()) for request in requests]


class AsyncParrot(Parrot):
    """Its replies are awaited; it answers when its gate is opened."""

    def __init__(self):
        super().__init__()
        self.gate = asyncio.Event()

    async def act(self, requests):
        replies = super().act(requests)
        await self.gate.wait()
        return replies


class StoppedClock:
    """A clock that is put forward by hand."""

    def __init__(self):
        self.now_s, self.due = 0.0, []

    def time(self):
        return self.now_s

    def call_at(self, when, callback):
        call = _Call(when, callback)
        self.due.append(call)
        return call

    def put_forward(self, seconds):
        self.now_s += seconds
        for call in [call for call in self.due if call.when <= self.now_s]:
            self.due.remove(call)
            if not call.cancelled:
                call.callback()


class _Call:
    def __init__(self, when, callback):
        self.when, self.callback, self.cancelled = when, callback, False

    def cancel(self):
        self.cancelled = True


def asked(batcher, *texts):
    return [asyncio.create_task(batcher.act(request(text))) for text in texts]


async def told(tasks):
    return [reply.text for reply in await asyncio.gather(*tasks)]


async def rounds(count=5):
    for _ in range(count):
        await asyncio.sleep(0)


def run(test, agent=None, **options):
    """Run a test with a batcher, which is closed at its end."""

    async def with_batcher():
        batcher = Batcher(agent or Parrot(), **options)
        try:
            async with asyncio.timeout(30):
                await test(batcher)
        finally:
            batcher.close()

    asyncio.run(with_batcher())


def test_a_full_batch_is_answered_at_once_and_the_rest_when_its_time_is_up():
    clock = StoppedClock()

    async def test(batcher):
        tasks = asked(batcher, "a", "b", "c", "d", "e")
        assert await told(tasks[:4]) == ["A", "B", "C", "D"]
        await rounds()
        assert not tasks[4].done()
        clock.put_forward(0.011)
        assert await told(tasks[4:]) == ["E"]
        assert batcher.agent.batches == [["a", "b"], ["c", "d"], ["e"]]

    run(test, max_batch=2, max_wait_ms=10, clock=clock)


def test_nobody_waits_longer_than_promised_whoever_comes_after():
    clock = StoppedClock()

    async def test(batcher):
        first = asked(batcher, "a")
        await rounds()
        clock.put_forward(0.006)
        second = asked(batcher, "b")
        await rounds()
        assert batcher.agent.batches == []
        clock.put_forward(0.005)
        assert await told(first + second) == ["A", "B"]
        third = asked(batcher, "c")
        await rounds()
        clock.put_forward(0.009)
        await rounds()
        assert not third[0].done()
        clock.put_forward(0.002)
        assert await told(third) == ["C"]
        assert batcher.agent.batches == [["a", "b"], ["c"]]

    run(test, max_wait_ms=10, clock=clock)


def test_by_default_the_clock_is_the_event_loops():
    async def test(batcher):
        assert await told(asked(batcher, "a", "b")) == ["A", "B"]

    run(test, max_wait_ms=1)


def test_when_all_who_play_wait_there_is_nothing_to_wait_for():
    async def test(batcher):
        with batcher.playing(), batcher.playing():
            first = asked(batcher, "a")
            await rounds()
            assert batcher.agent.batches == []
            assert await told(first + asked(batcher, "b")) == ["A", "B"]
        assert batcher.agent.batches == [["a", "b"]]

    run(test, clock=StoppedClock())


def test_those_who_leave_are_not_waited_for():
    async def test(batcher):
        with batcher.playing():
            with batcher.playing():
                tasks = asked(batcher, "a")
                await rounds()
                assert batcher.agent.batches == []
            assert await told(tasks) == ["A"]

    run(test, clock=StoppedClock())


def test_the_agent_acts_in_a_thread_of_its_own_a_call_at_a_time_while_the_loop_goes_on():
    gate = threading.Event()

    class Slow(Parrot):
        def act(self, requests):
            if not self.batches:
                gate.wait(30)
            return super().act(requests)

    async def test(batcher):
        tasks = asked(batcher, "a", "b", "c")
        await rounds(20)
        assert not any(task.done() for task in tasks)
        gate.set()
        assert await told(tasks) == ["A", "B", "C"]
        assert batcher.agent.batches == [["a"], ["b"], ["c"]]
        assert batcher.agent.threads == {"gem-agent"}

    run(test, Slow(), max_batch=1)


def test_while_the_agent_acts_requests_gather_for_its_next_call():
    gate = threading.Event()

    class Slow(Parrot):
        def act(self, requests):
            if not self.batches:
                gate.wait(30)
            return super().act(requests)

    async def test(batcher):
        with batcher.playing(), batcher.playing(), batcher.playing():
            first = asked(batcher, "a", "b", "c")
            await rounds()
            second = asked(batcher, "d", "e", "f")
            gate.set()
            assert await told(first + second) == list("ABCDEF")
        assert batcher.agent.batches == [["a", "b", "c"], ["d", "e", "f"]]

    run(test, Slow(), clock=StoppedClock())


def test_an_agent_whose_act_is_a_coroutine_function_is_awaited_and_its_calls_overlap():
    async def test(batcher):
        tasks = asked(batcher, "a", "b")
        await rounds()
        assert batcher.agent.batches == [["a"], ["b"]]
        assert gem_threads() == []
        batcher.agent.gate.set()
        assert await told(tasks) == ["A", "B"]

    run(test, AsyncParrot(), max_batch=1)


class Failing(Parrot):
    """Raises at its first call."""

    def act(self, requests):
        super().act(requests)
        if len(self.batches) == 1:
            raise RuntimeError("out of memory")
        return super().act(requests)


def test_what_the_agent_raises_reaches_those_who_waited_for_it_and_it_can_be_asked_again():
    async def test(batcher):
        tasks = asked(batcher, "a", "b", "c")
        await asyncio.wait(tasks)
        assert [type(task.exception()) for task in tasks] == [RuntimeError, RuntimeError, type(None)]
        assert await told(asked(batcher, "d", "e")) == ["D", "E"]

    run(test, Failing(), max_batch=2, max_wait_ms=1)


@pytest.mark.parametrize("said", [[], [Reply("only one")], None])
def test_a_wrong_number_of_replies_is_an_error_for_all_who_waited(said):
    class Wrong(Parrot):
        def act(self, requests):
            return said

    async def test(batcher):
        tasks = asked(batcher, "a", "b")
        await asyncio.wait(tasks)
        assert all(isinstance(task.exception(), (ValueError, TypeError)) for task in tasks)

    run(test, Wrong(), max_batch=2)


def test_who_is_cancelled_is_not_asked_for_and_the_others_are_answered():
    async def test(batcher):
        with batcher.playing(), batcher.playing(), batcher.playing():
            first, second = asked(batcher, "a", "b")
            await rounds()
            first.cancel()
            await rounds()
            assert await told([second, *asked(batcher, "c", "d")]) == ["B", "C", "D"]
        assert batcher.agent.batches == [["b", "c", "d"]]

    run(test, clock=StoppedClock())


def test_requests_are_told_apart_by_who_asked_not_by_what_they_show():
    class Still(Parrot):
        def act(self, requests):
            return [Reply(str(request.observation.sum())) for request in requests]

    async def test(batcher):
        with batcher.playing(), batcher.playing(), batcher.playing():
            first, second = asked(batcher, np.ones(2), np.ones(2))
            await rounds()
            second.cancel()
            await asyncio.wait([second])
            assert second.cancelled()
            assert await told([first, *asked(batcher, np.ones(3), np.ones(4))]) == ["2.0", "3.0", "4.0"]

    run(test, Still(), clock=StoppedClock())


def test_an_agent_is_not_asked_for_those_who_are_cancelled_all_at_once():
    async def test(batcher):
        async def play(text):
            with batcher.playing():
                await (batcher.act(request(text)) if text else asyncio.Event().wait())

        players = [asyncio.create_task(play(text)) for text in ("", "a", "b")]
        await rounds()
        for player in players:  # once the first is gone, all who still play wait
            player.cancel()
        await asyncio.wait(players)
        await rounds()
        assert batcher.agent.batches == []

    run(test, AsyncParrot(), clock=StoppedClock())


def test_who_is_cancelled_while_the_agent_acts_takes_nobody_along():
    async def test(batcher):
        first, second = asked(batcher, "a", "b")
        await rounds()
        first.cancel()
        batcher.agent.gate.set()
        assert await told([second]) == ["B"]
        assert first.cancelled()

    run(test, AsyncParrot(), max_batch=2)


def test_closing_cancels_those_who_wait():
    async def run_closed():
        batcher = Batcher(AsyncParrot(), max_batch=1)
        under_way = asked(batcher, "a")
        await rounds()
        idle = Batcher(Parrot(), max_wait_ms=1e6)
        waiting = asked(idle, "b")
        await rounds()
        batcher.close()
        idle.close()
        await asyncio.wait(under_way + waiting)
        return [task.cancelled() for task in under_way + waiting]

    assert asyncio.run(run_closed()) == [True, True]


def test_closing_cancels_those_whose_call_has_not_begun():
    async def run_closed():
        batcher = Batcher(Parrot(), max_batch=1)
        (waiting,) = asked(batcher, "a")
        await asyncio.sleep(0)  # its batch is full, and the call a task that has not run
        batcher.close()
        await asyncio.wait([waiting], timeout=LIMIT_S)
        return waiting.cancelled()

    assert asyncio.run(run_closed())


def test_a_closed_batcher_answers_nobody_and_starts_no_thread():
    async def run_closed():
        batcher = Batcher(Parrot(), max_batch=1)
        batcher.close()
        with pytest.raises(EnvError, match="closed"):
            await batcher.act(request("a"))

    asyncio.run(run_closed())
    assert gem_threads() == []


def test_limits_that_make_no_sense_are_refused():
    with pytest.raises(ConfigError, match="max_batch"):
        Batcher(Parrot(), max_batch=0)
    with pytest.raises(ConfigError, match="max_wait_ms"):
        Batcher(Parrot(), max_wait_ms=-1)
