"""AsyncEnv: the promises of Env, awaited."""

import asyncio
import inspect
import textwrap

import pytest

import gem
from gem.aio import AsyncEnv
from gem.core import termination, transition
from gem.errors import EnvError, ResetNeeded, SnapshotMismatch
from gem.snapshot import Snapshot
from tests.aio.echo_envs import AsyncEcho, Echo

ACTIONS = ["one", "two", "three", "four"]


async def played(env, actions=ACTIONS, seed=None):
    first = await env.reset(seed=seed)
    return [first, *[await env.step(action) for action in actions]]


def sync_played(env, actions=ACTIONS, seed=None):
    return [env.reset(seed=seed), *[env.step(action) for action in actions]]


def test_it_plays_what_the_same_env_without_await_plays():
    async def run():
        env, twin = AsyncEcho(), Echo()
        for seed in (3, None, -1, 2**70):
            assert await played(env, seed=seed) == sync_played(twin, seed=seed)

    asyncio.run(run())


def test_a_step_outside_an_episode_raises_reset_needed():
    async def run():
        env = AsyncEcho(length=1)
        with pytest.raises(ResetNeeded, match="no episode has begun"):
            await env.step("a")
        await env.reset()
        await env.step("a")
        with pytest.raises(ResetNeeded, match="the episode is over"):
            await env.step("a")

    asyncio.run(run())


def test_a_snapshot_is_a_moment_to_go_back_to():
    async def run():
        env = AsyncEcho()
        await env.reset(seed=1)
        await env.step("one")
        moment = Snapshot.from_json(env.snapshot()._replace(memory={}).to_json())._replace(memory=env.snapshot().memory)
        rest = [await env.step(action) for action in ("two", "three", "four")]
        env.restore(moment)
        assert [await env.step(action) for action in ("two", "three", "four")] == rest
        with pytest.raises(SnapshotMismatch):
            Echo().restore(moment)

    asyncio.run(run())


def test_forks_and_spawned_envs_share_no_state():
    async def run():
        env = AsyncEcho(name="parent")
        await env.reset(seed=1)
        fork, spawned = env.fork(), env.spawn(same_state=True, length=9)
        assert (spawned.length, spawned.name) == (9, "parent")
        results = [await each.step("one") for each in (env, fork, spawned)]
        assert results[0] == results[1]
        assert results[0].obs == results[2].obs
        await fork.step("two")
        assert env.state.turn == 1

    asyncio.run(run())


def test_two_steps_at_once_are_a_mistake_that_is_named():
    async def run():
        env = AsyncEcho()
        await env.reset()
        under_way = asyncio.create_task(env.step("hang"))
        await asyncio.sleep(0.001)
        with pytest.raises(EnvError, match=r"AsyncEcho\.step.*under way"):
            await env.step("a")
        twin = env.fork()
        assert (await twin.step("a")).info["event"] == "turn 1"
        under_way.cancel()
        await asyncio.wait([under_way])
        assert (await env.step("a")).info["event"] == "turn 1"

    asyncio.run(run())


def test_it_is_registered_and_made_like_any_env(registry_as_it_was):
    gem.register("test:Echo-v0", AsyncEcho, length=2)
    env = gem.make("test:Echo-v0", seed=5, name="made")
    assert isinstance(env, gem.AsyncEnv)
    assert (env.env_id, env.step_cost, env.length) == ("test:Echo-v0", "awaits", 2)
    assert asyncio.run(played(env, ["a"])) == sync_played(Echo("made", 2), ["a"], seed=5)


class Own(AsyncEnv):
    """Overrides `reset` and `step` themselves."""

    async def reset(self, seed=None):
        await super().reset(seed)
        self.count = 0
        return f"draw {self.rng.integers(1000)}", {}

    async def step(self, action):
        self.count += 1
        return transition(f"{self.count}") if self.count < 3 else termination("over", 1.0)


def test_a_subclass_may_override_reset_and_step_themselves():
    async def run():
        env = Own()
        first = await env.reset(seed=2)
        assert first == await Own().reset(seed=2)
        await env.step("a")
        fork = env.fork()
        assert [(await each.step("a")).obs for each in (env, fork, fork)] == ["2", "2", "over"]

    asyncio.run(run())


def test_what_is_not_implemented_is_named():
    class Empty(AsyncEnv):
        async def _reset(self):
            return "", {}

    async def run():
        env = Empty()
        await env.reset()
        with pytest.raises(NotImplementedError, match=r"Empty implements neither _step\(\) nor step\(\)"):
            await env.step("a")

    asyncio.run(run())


def test_leaving_the_context_closes_the_env():
    async def run():
        async with AsyncEcho() as env:
            await env.reset()
        return env.closed

    assert asyncio.run(run()) == 1
    with AsyncEcho() as env:
        pass
    assert env.closed == 1


def test_the_example_of_the_docstring_works():
    text = inspect.getdoc(AsyncEnv)
    start, end = text.index("    @dataclass"), text.index("    async with")
    names = {"gem": gem, "asyncio": asyncio, "transition": transition, "termination": termination}
    exec(  # it is our own
        "from collections.abc import Sequence\nfrom dataclasses import dataclass\nimport gem.parsing\n"
        + textwrap.dedent(text[start:end]),
        names,
    )

    async def directory(reader, writer):
        question = (await reader.readline()).decode()
        writer.write(b"555-0199\n" if question.startswith("number of") else b"no such person\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def run():
        server = await asyncio.start_server(directory, "localhost", 0)
        async with server, names["PhoneBook"](server.sockets[0].getsockname()[1]) as env:
            obs, _ = await env.reset(seed=0)
            said = await env.step("who is\nthere? \ud800")
            last = await env.step("\\boxed{555-0199}")
        return obs, said.obs, last.reward, last.terminated

    obs, said, reward, terminated = asyncio.run(run())
    assert "number, in \\boxed{}?" in obs
    assert (said, reward, terminated) == ("no such person", 1.0, True)
