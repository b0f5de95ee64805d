"""to_sync and to_async: an env with the face of the other kind is the same env."""

import asyncio
import threading
import time

import pytest

from gem.agents import RandomAgent
from gem.aio import AsyncEnv, to_async, to_sync
from gem.core import Env, transition
from gem.errors import EnvError, ResetNeeded
from gem.rollout import Collector
from gem.wrappers.episode_stats import EpisodeTrackingWrapper
from gem.wrappers.history import ObservationWrapper
from gem.wrappers.limits import TimeLimit, TurnLimit
from gem.wrappers.presets import get_wrapper_fns
from tests.aio.echo_envs import AsyncEcho, Echo, gem_threads
from tests.wrappers.chat_templates import TOKENIZERS

ACTIONS = ["one", "\\boxed{2}", "\ud800 \x00", "four"]
STACKS = ["concat", "concat_with_action", "concat_chat", "concat_chat,episode_tracking"]


def wrapped(env, stack):
    for wrap in get_wrapper_fns(stack, TOKENIZERS["chatml"]):
        env = wrap(env)
    return env


def played(env, seed=7):
    return [env.reset(seed=seed), *[env.step(action) for action in ACTIONS], env.reset(), env.step("again")]


async def played_async(env, seed=7):
    first = await env.reset(seed=seed)
    steps = [await env.step(action) for action in ACTIONS]
    return [first, *steps, await env.reset(), await env.step("again")]


@pytest.fixture
def face():
    with to_sync(AsyncEcho()) as face:
        yield face


# -- wrappers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stack", STACKS)
def test_wrappers_around_an_async_env_tell_what_they_tell_around_a_sync_one(stack):
    with wrapped(to_sync(AsyncEcho()), stack) as env:
        assert repr(played(env)) == repr(played(wrapped(Echo(), stack)))


@pytest.mark.parametrize("stack", STACKS)
def test_wrapped_and_made_async_again_it_tells_the_same_without_a_thread(stack):
    async def run():
        async with to_async(wrapped(to_sync(AsyncEcho()), stack)) as env:
            told = await played_async(env)
            assert gem_threads() == []
        return told

    assert repr(asyncio.run(run())) == repr(played(wrapped(Echo(), stack)))


def test_wrapped_async_envs_wait_at_the_same_time():
    async def run():
        envs = [to_async(ObservationWrapper(to_sync(AsyncEcho()), include_chat_template=False)) for _ in range(20)]
        await asyncio.gather(*(env.reset() for env in envs))
        tasks = [asyncio.create_task(env.step("hang")) for env in envs]
        await asyncio.sleep(0.005)
        AsyncEcho.cancelled = 0
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assert AsyncEcho.cancelled == 20
        assert [(await env.step("a")).info["event"] for env in envs] == ["turn 1"] * 20

    asyncio.run(run())


def test_limits_and_the_episode_generator_see_an_ordinary_env():
    def limited(env):
        return TimeLimit(TurnLimit(env, 3), limit_s=3600)

    def episodes(make):
        collector = Collector(lambda: limited(make()), RandomAgent(), slots=2, seed=0)
        try:
            return [episode.to_dict() for episode in collector.episodes(5)]
        finally:
            collector.close()

    told = episodes(lambda: to_sync(AsyncEcho()))
    assert told == episodes(Echo)
    assert [len(episode["turns"]) for episode in told] == [3] * 5


# -- one env, two faces --------------------------------------------------------------------------------------


def test_what_has_the_face_already_is_returned():
    sync, awaiting = Echo(), AsyncEcho()
    assert to_sync(sync) is sync
    assert to_async(awaiting) is awaiting
    assert to_sync(to_async(sync)) is sync
    assert to_async(to_sync(awaiting)) is awaiting


@pytest.mark.parametrize("face", [to_sync(AsyncEcho("inner")), to_async(Echo("inner"))])
def test_attributes_pass_through_live(face):
    inner = face.unwrapped
    inner.env_id = "test:Echo-v0"
    assert (face.name, face.env_id, face.step_cost) == ("inner", "test:Echo-v0", "awaits")
    inner.name = "renamed"
    assert face.name == "renamed"
    assert face.sample_random_action().isdigit()
    assert isinstance(to_async(Echo()), AsyncEnv)
    assert isinstance(to_sync(AsyncEcho()), Env)


def test_snapshots_and_forks_of_a_face_are_those_of_its_env(face):
    face.reset(seed=1)
    face.step("one")
    moment = face.snapshot()
    fork, spawned = face.fork(), face.spawn(length=9)
    rest = [face.step(action) for action in ("two", "three", "four")]
    assert fork.unwrapped is not face.unwrapped
    assert [fork.step(action) for action in ("two", "three", "four")] == rest
    with pytest.raises(ResetNeeded):
        face.step("five")
    face.restore(moment)
    assert [face.step(action) for action in ("two", "three", "four")] == rest
    assert spawned.reset(seed=1) == Echo().reset(seed=1)
    for env in (fork, spawned):
        env.close()


def test_snapshots_and_forks_of_an_async_face_are_those_of_its_env():
    async def run():
        face = to_async(EpisodeTrackingWrapper(Echo()))
        await face.reset(seed=1)
        await face.step("one")
        moment, fork = face.snapshot(), face.fork()
        rest = [await face.step(action) for action in ("two", "three", "four")]
        assert [await fork.step(action) for action in ("two", "three", "four")] == rest
        face.restore(moment)
        assert [await face.step(action) for action in ("two", "three", "four")] == rest

    asyncio.run(run())


# -- where things run ----------------------------------------------------------------------------------------


def test_sync_code_waits_for_gems_own_loop_until_close():
    face = to_sync(AsyncEcho())
    assert gem_threads() == []
    face.reset()
    assert gem_threads() == ["gem-event-loop"]
    other = to_sync(AsyncEcho())
    other.reset()
    assert face.unwrapped.loop is other.unwrapped.loop
    face.close()
    assert gem_threads() == ["gem-event-loop"]
    other.close()
    assert gem_threads() == []
    assert (face.unwrapped.closed, other.unwrapped.closed) == (1, 1)


def test_a_face_works_in_any_thread(face):
    face.reset()
    events = []
    for _ in range(3):
        thread = threading.Thread(target=lambda: events.append(face.step("a").info["event"]))
        thread.start()
        thread.join()
    assert events == ["turn 1", "turn 2", "turn 3"]


def test_sync_code_that_blocks_gems_loop_is_told_to_be_suspendable(face):
    class Careless(AsyncEnv):
        async def _reset(self):
            return face.reset()

    careless = to_sync(Careless())
    with pytest.raises(EnvError, match="suspendable"):
        careless.reset()
    careless.close()


def test_an_error_passes_and_the_env_can_be_used_again(face):
    face.reset()
    with pytest.raises(RuntimeError, match="the world broke"):
        face.step("raise")
    assert face.step("a").info["event"] == "turn 1"


class Blocks(Env):
    """Says in which thread it is; sleeps, as its `step_cost` says."""

    step_cost = "blocking"

    def _reset(self):
        self.state = [threading.get_ident()]
        return "", {}

    def _step(self, action):
        time.sleep(0.001)
        self.state.append(threading.get_ident())
        return transition("", threads=set(self.state))

    def close(self):
        self.closed_in = threading.get_ident()


def test_an_env_that_blocks_has_a_thread_of_its_own_while_the_loop_goes_on():
    async def run():
        env = to_async(Blocks())
        await env.reset()
        step, rounds = asyncio.create_task(env.step("a")), 0
        while not step.done():
            rounds += 1
            await asyncio.sleep(0)
        assert rounds > 3
        threads = (await env.step("b")).info["threads"]
        assert gem_threads() == ["gem-env"]
        await env.aclose()
        assert len(threads) == 1
        assert threads == {env.env.closed_in}
        assert threading.get_ident() not in threads

    asyncio.run(run())


def test_an_async_face_can_be_closed_from_sync_code():
    async def run(env):
        await env.reset()

    env = to_async(Blocks())
    asyncio.run(run(env))
    env.close()
    assert env.env.closed_in == threading.get_ident()


def test_reset_options_reach_the_env():
    async def run():
        with pytest.raises(TypeError, match="wrong"):
            await to_async(Echo()).reset(wrong=1)

    asyncio.run(run())
    with to_sync(AsyncEcho()) as face, pytest.raises(TypeError, match="wrong"):
        face.reset(wrong=1)


@pytest.mark.slow
def test_without_greenlet_async_envs_work_and_a_sync_face_says_what_to_install(run_python):
    code = """
import asyncio, sys
sys.modules["greenlet"] = None
import gem
from gem.errors import MissingExtra
from tests.aio.echo_envs import AsyncEcho, Echo
env = AsyncEcho()
asyncio.run(env.reset())
asyncio.run(gem.to_async(Echo()).reset())
try:
    gem.to_sync(env)
except MissingExtra as error:
    print(error)
"""
    assert "pip install 'gem-gym[vector]'" in run_python(code)
