"""Asynchronous collection: the episodes of Collector, without a step that is common to all."""

import asyncio
import os
import signal
import threading
from contextlib import asynccontextmanager

import pytest

from gem.agents import RandomAgent, SolverAgent
from gem.agents.protocol import Reply
from gem.aio import AsyncEnv
from gem.core import Env, termination
from gem.envs.games.guess_the_number import GuessTheNumberEnv
from gem.errors import ConfigError, EnvError
from gem.rollout import AsyncCollector, Collector, collect_async
from tests.aio.echo_envs import AsyncEcho, Echo, gem_threads
from tests.rollout.toy_envs import Fails, FailsToReset, ShortOrLong
from tests.vector.fault_envs import until


@pytest.fixture(autouse=True)
def no_thread_is_left_behind():
    yield
    until(lambda: not gem_threads(), what="the end of all threads")


def collected(make_env, count, agent=None, seed=0, concurrency=8, **options):
    with AsyncCollector(make_env, agent or RandomAgent(), concurrency=concurrency, seed=seed, **options) as collector:
        return collector.collect(count)


def plainly(make_env, count, agent=None, slots=3, seed=0):
    return Collector(make_env, agent or RandomAgent(), slots=slots, seed=seed).episodes(count)


def as_dicts(episodes):
    return [episode.to_dict() for episode in episodes]


class Blocking(ShortOrLong):
    step_cost = "blocking"


# -- the same episodes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("make_env", [ShortOrLong, Blocking, Fails, FailsToReset, GuessTheNumberEnv])
@pytest.mark.parametrize("concurrency", [1, 5, 40])
def test_they_are_the_episodes_that_the_collector_plays(make_env, concurrency):
    assert as_dicts(collected(make_env, 20, concurrency=concurrency)) == as_dicts(plainly(make_env, 20))


def test_an_env_that_awaits_plays_the_episodes_of_the_same_env_without_await():
    assert as_dicts(collected(AsyncEcho, 20)) == as_dicts(plainly(Echo, 20))


def test_batches_do_not_change_what_is_played():
    for options in ({"max_batch": 1}, {"max_batch": 3}, {"max_wait_ms": 0}):
        assert as_dicts(collected(AsyncEcho, 12, **options)) == as_dicts(plainly(Echo, 12))


def test_experts_see_the_env():
    episodes = collected(GuessTheNumberEnv, 6, SolverAgent())
    assert all(episode.success for episode in episodes)


def test_later_episodes_go_on_where_the_first_ended():
    with AsyncCollector(AsyncEcho, RandomAgent(), concurrency=4, seed=3) as collector:
        episodes = [*collector.collect(5), *collector.collect(7)]
        assert collector.next_index == 12
    assert as_dicts(episodes) == as_dicts(plainly(Echo, 12, seed=3))
    assert [episode.index for episode in episodes] == list(range(12))


def test_a_turn_limit_ends_episodes():
    assert {episode.end for episode in collected(AsyncEcho, 4, max_turns=2)} == {"turns"}


# -- in a coroutine --------------------------------------------------------------------------------------------


def test_in_a_coroutine_episodes_are_awaited_on_its_own_loop():
    async def run():
        async with AsyncCollector(AsyncEcho, RandomAgent(), concurrency=4, seed=0) as collector:
            episodes = await collector.episodes(9)
            assert "gem-event-loop" not in gem_threads()
        return episodes

    assert as_dicts(asyncio.run(run())) == as_dicts(plainly(Echo, 9))


class Race(AsyncEnv):
    """Its episodes wait until they are let go."""

    gates: dict[int, asyncio.Event]

    async def _reset(self):
        self.state = [0]
        return f"{self.rng.integers(10**9)}", {}

    async def _step(self, action):
        await self.gates[int(action)].wait()
        return termination("", 1.0)


class Numbering:
    """Says to each episode which one it is, in the order of their first requests."""

    renderer = None

    def __init__(self):
        self.count = 0

    async def act(self, requests):
        self.count += len(requests)
        return [Reply(str(self.count - len(requests) + k)) for k in range(len(requests))]


def test_episodes_are_streamed_as_they_end_and_a_slot_is_filled_again_at_once():
    async def run():
        Race.gates = {k: asyncio.Event() for k in range(4)}
        agent = Numbering()
        async with AsyncCollector(Race, agent, concurrency=2, seed=0, max_batch=1) as collector:
            stream, order = collector.stream(4), []
            for k in (1, 2, 0, 3):
                Race.gates[k].set()
                order.append((await anext(stream)).index)
                while agent.count < min(4, len(order) + 2):
                    await asyncio.sleep(0)
            with pytest.raises(StopAsyncIteration):
                await anext(stream)
        return order

    assert asyncio.run(run()) == [1, 2, 0, 3]


def test_an_episode_that_takes_long_holds_up_nobody():
    async def run():
        Race.gates = {k: asyncio.Event() for k in range(50)}
        for k in range(1, 50):
            Race.gates[k].set()
        async with AsyncCollector(Race, Numbering(), concurrency=2, seed=0, max_batch=1) as collector:
            stream = collector.stream(50)
            indices = [(await anext(stream)).index for _ in range(49)]
            Race.gates[0].set()
            return indices, (await anext(stream)).index

    assert asyncio.run(run()) == (list(range(1, 50)), 0)


def test_requests_are_answered_in_batches_of_all_who_are_ready():
    sizes = []

    class Counting(RandomAgent):
        def act(self, requests):
            sizes.append(len(requests))
            return super().act(requests)

    collected(lambda: AsyncEcho(length=3), 16, Counting(), concurrency=16, max_wait_ms=60_000)
    assert sizes == [16, 16, 16]


def test_two_collections_at_once_are_a_mistake_that_is_named():
    async def run():
        async with AsyncCollector(AsyncEcho, RandomAgent(), concurrency=2, seed=0) as collector:
            stream = collector.stream(3)
            await anext(stream)
            with pytest.raises(EnvError, match="collecting already"):
                await collector.episodes(1)
            await stream.aclose()
            assert len(await collector.episodes(2)) == 2

    asyncio.run(run())


class Careful(AsyncEcho):
    """Does its deed at each step, and cannot be used by two at a time, not even while it cleans up."""

    busy = False

    def __init__(self, deed="go on"):
        super().__init__()
        self.deed = deed

    async def _reset(self):
        async with self.alone():
            return await super()._reset()

    async def _step(self, action):
        async with self.alone():
            return await super()._step(self.deed)

    @asynccontextmanager
    async def alone(self):
        assert not self.busy
        self.busy = True
        try:
            yield
        finally:
            for _ in range(3):
                await asyncio.sleep(0)
            self.busy = False


# -- what goes wrong -------------------------------------------------------------------------------------------


def test_an_env_that_raises_ends_its_own_episode_only():
    class Sometimes(AsyncEcho):
        async def _step(self, action):
            if self.rng.random() < 0.2:
                raise RuntimeError("the world broke")
            if self.rng.random() < 0.2:
                raise asyncio.CancelledError("hung up")
            return await super()._step(action)

    episodes = collected(Sometimes, 40)
    errors = {episode.error for episode in episodes}
    assert errors == {None, "RuntimeError: the world broke", "CancelledError: hung up"}
    assert [episode.index for episode in episodes] == list(range(40))


class OutOfMemory(RandomAgent):
    """Cannot answer more than a few calls."""

    calls = 0

    def act(self, requests):
        self.calls += 1
        if self.calls > 3:
            raise RuntimeError("out of memory")
        return super().act(requests)


@pytest.mark.parametrize("make_env", [AsyncEcho, Echo, Blocking])
def test_what_the_agent_raises_is_raised_and_nobody_hangs(make_env):
    with pytest.raises(RuntimeError, match="out of memory"):
        collected(make_env, 30, OutOfMemory())


def test_a_mistake_in_the_use_of_an_env_is_raised():
    class Misused(AsyncEcho):
        async def _step(self, action):
            raise EnvError("not so")

    with pytest.raises(EnvError, match="not so"):
        collected(Misused, 3)


class Hangs(AsyncEcho):
    """Its second step never ends."""

    async def _step(self, action):
        return await super()._step("hang" if self.state.turn == 1 else action)


def test_leaving_a_stream_early_cancels_what_is_played():
    async def run():
        async with AsyncCollector(lambda: Hangs(length=1), RandomAgent(), concurrency=4, seed=0) as collector:
            async for episode in collector.stream(4):
                assert episode.end == "terminated"
                break
            await asyncio.sleep(0)

    asyncio.run(run())


@pytest.mark.parametrize("make_env", [Careful, Blocking])
def test_after_a_stream_was_left_early_the_next_collection_goes_on(make_env):
    async def run():
        async with AsyncCollector(make_env, RandomAgent(), concurrency=3, seed=0) as collector:
            async for _ in collector.stream(9):
                break
            begun = collector.next_index
            episodes = await collector.episodes(5)
            assert [episode.index for episode in episodes] == list(range(begun, begun + 5))
            assert {episode.error for episode in episodes} == {None}
            assert len(await collector.episodes(2)) == 2

    asyncio.run(run())


def test_one_collector_can_be_used_by_one_event_loop_after_the_other():
    with AsyncCollector(Echo, RandomAgent(), concurrency=3, seed=0) as collector:
        episodes = [*asyncio.run(collector.episodes(4)), *asyncio.run(collector.episodes(4))]
    assert as_dicts(episodes) == as_dicts(plainly(Echo, 8))
    with pytest.raises(EnvError, match="closed"):
        collector.collect(1)


def test_an_error_in_the_callers_code_closes_no_env_whose_step_is_under_way():
    closed_early = []

    class Watching(Careful):
        async def aclose(self):
            closed_early.append(self._step_under_way)

    async def run():
        async with AsyncCollector(lambda: Watching(deed="hang"), RandomAgent(), concurrency=4, seed=0) as collector:
            stream = collector.stream(9)
            waiting = asyncio.create_task(anext(stream))
            while AsyncEcho.hanging < 4:
                await asyncio.sleep(0)
            waiting.cancel()
            raise RuntimeError("the caller's")

    AsyncEcho.hanging = 0
    with pytest.raises(RuntimeError, match="the caller's"):
        asyncio.run(run())
    assert closed_early == [False] * 4


@pytest.mark.parametrize("waits", [False, True])
def test_a_stream_that_is_left_when_the_collector_closes_ends_with_an_error(waits):
    async def run():
        AsyncEcho.hanging = 0
        deeds = "hang" if waits else "go on"
        collector = AsyncCollector(lambda: Careful(deed=deeds), RandomAgent(), concurrency=3, seed=0)
        stream = collector.stream(30)
        if waits:
            waiting = asyncio.create_task(anext(stream))
            while AsyncEcho.hanging < 3:
                await asyncio.sleep(0)
        else:
            await anext(stream)
        await collector.aclose()
        with pytest.raises(EnvError, match="closed"):
            await (waiting if waits else anext(stream))
        with pytest.raises(EnvError, match="closed"):
            await collector.episodes(1)
        await collector.aclose()
        assert gem_threads() == []

    asyncio.run(run())


@pytest.mark.parametrize("kind", [Echo, AsyncEcho])
def test_when_an_env_cannot_be_made_those_made_before_it_are_closed(kind):
    made = []

    def make_env():
        if len(made) == 2:
            raise RuntimeError("no such world")
        made.append(kind())
        return made[-1]

    with pytest.raises(RuntimeError, match="no such world"):
        AsyncCollector(make_env, RandomAgent(), concurrency=3, seed=0)
    assert [env.closed for env in made] == [1, 1]


def test_closing_does_not_wait_for_ever_for_an_env_that_hangs_in_its_thread(monkeypatch, caplog):
    monkeypatch.setattr(collect_async, "CLOSING_S", 0.05)
    begun, gate, made = threading.Event(), threading.Event(), []

    class Stuck(Echo):
        step_cost = "blocking"

        def _step(self, action):
            begun.set()
            gate.wait(30)
            return super()._step(action)

    def make_env():
        made.append(Stuck())
        return made[-1]

    async def run():
        async with AsyncCollector(make_env, RandomAgent(), concurrency=1, seed=0) as collector:
            stream = collector.stream(1)
            waiting = asyncio.create_task(anext(stream))
            while not begun.is_set():
                await asyncio.sleep(0)
            waiting.cancel()
        assert "could not be closed" in caplog.text
        assert made[0].closed == 0

    asyncio.run(run())
    gate.set()
    until(lambda: made[0].closed == 1, what="closing the env once its step is over")


def test_cancellation_reaches_the_envs_and_leaves_no_task():
    AsyncEcho.hanging = AsyncEcho.cancelled = 0

    async def run():
        async with AsyncCollector(Hangs, RandomAgent(), concurrency=5, seed=0) as collector:
            task = asyncio.create_task(collector.episodes(10))
            while AsyncEcho.hanging < 5:
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())
    assert AsyncEcho.cancelled == 5


def test_ctrl_c_ends_a_collection_in_sync_code():
    AsyncEcho.hanging = AsyncEcho.cancelled = 0

    def interrupt():
        until(lambda: AsyncEcho.hanging == 5)
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            collected(Hangs, 10, concurrency=5)
    finally:
        thread.join()
        signal.signal(signal.SIGINT, before)
    assert AsyncEcho.cancelled == 5


def test_every_env_is_closed_and_one_that_fails_to_close_is_logged(caplog):
    envs = []

    class Fails(Env):
        def _reset(self):
            self.state = []
            return "", {}

        def close(self):
            envs.append(self)
            if len(envs) == 1:
                raise OSError("still busy")

    AsyncCollector(Fails, RandomAgent(), concurrency=3, seed=0).close()
    assert len(envs) == 3
    assert "could not close" in caplog.text


def test_no_episode_at_a_time_is_refused():
    with pytest.raises(ConfigError, match="concurrency"):
        AsyncCollector(Echo, RandomAgent(), concurrency=0, seed=0)


def test_no_episodes_are_no_episodes():
    assert collected(AsyncEcho, 0) == []


# -- many ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_four_thousand_episodes_go_on_at_a_time():
    count = 4096

    class Gathering(AsyncEcho):
        """Its first step waits until all are there."""

        present, all_present = 0, asyncio.Event()

        async def _step(self, action):
            Gathering.present += 1
            if Gathering.present == count:
                Gathering.all_present.set()
            await Gathering.all_present.wait()
            return self.next(action)

    assert len(collected(lambda: Gathering(length=2), count, concurrency=count)) == count
