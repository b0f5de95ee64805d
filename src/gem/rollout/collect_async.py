"""Collecting episodes that go on at the same time, each at its own pace.

No step is common to all: an episode whose env or whose reply is slow holds up nobody else. They are
the episodes that `Collector` plays, with the same seeds, whatever happens first.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any, Self

from gem.agents.batching import MAX_WAIT_MS, AsyncAgent, Batcher
from gem.agents.protocol import Agent, Reply, Request
from gem.aio import Runner, to_sync
from gem.aio.background import background
from gem.core import Env
from gem.errors import ConfigError, EnvError
from gem.rollout.collect import EpisodeGenerator
from gem.rollout.episode import play
from gem.rollout.trajectory import Episode
from gem.seeding import derive


class AsyncCollector:
    """Plays episode after episode of one kind of env, `concurrency` of them at a time.

        async with AsyncCollector(make_env, agent, concurrency=256, seed=0) as collector:
            async for episode in collector.stream(10_000):
                store.append(episode)

    `make_env` makes an `AsyncEnv`, or an env that is run as its `step_cost` asks for. The agent's `act` may be
    a coroutine function; it answers up to `max_batch` requests in one call, see `gem.agents.batching`.
    Episode number i has the seed `derive(seed, i)` for its instance and its sampling noise.

    From sync code use `collect` and `close`, which run everything on gem's own event loop; in a coroutine
    `episodes`, `stream` and `aclose`. Don't mix them, if the env holds something that belongs to an event loop.
    """

    def __init__(
        self,
        make_env: Callable[[], Env[Any, Any]],
        agent: Agent | AsyncAgent,
        *,
        concurrency: int,
        seed: int,
        max_turns: int | None = None,
        max_batch: int | None = None,
        max_wait_ms: float = MAX_WAIT_MS,
    ) -> None:
        if concurrency < 1:
            raise ConfigError(f"concurrency is at least 1, not {concurrency}")
        self.agent, self.seed, self.max_turns = agent, seed, max_turns
        self.next_index = 0
        """Number of the next episode to start: all that a resumed run needs to know."""
        self._batcher = Batcher(agent, max_batch, max_wait_ms)
        self._envs = [to_sync(make_env()) for _ in range(concurrency)]
        self._runners = [Runner(env) for env in self._envs]
        self._collecting = False

    async def episodes(self, count: int) -> list[Episode]:
        """Play `count` new episodes to their ends; in the order of their numbers."""
        return sorted([episode async for episode in self.stream(count)], key=lambda episode: episode.index)

    async def stream(self, count: int) -> AsyncIterator[Episode]:
        """Play `count` new episodes; each is delivered when it ends. To leave it early cancels what is being played.

        What the agent raises is raised here.
        """
        if self._collecting:
            raise EnvError("this collector is collecting already; await that, or make another collector")
        self._collecting = True
        ended: asyncio.Queue[Episode | BaseException] = asyncio.Queue()
        last = self.next_index + count
        players = [asyncio.create_task(self._occupy(slot, last, ended)) for slot in range(min(count, len(self._envs)))]
        try:
            for _ in range(count):
                episode = await ended.get()
                if isinstance(episode, BaseException):
                    raise episode
                yield episode
        finally:
            for player in players:
                player.cancel()
            await asyncio.gather(*players, return_exceptions=True)
            self._collecting = False

    def collect(self, count: int) -> list[Episode]:
        """The same as `episodes`, for sync code. Ctrl-C cancels it."""
        return background.run(self, self.episodes(count))

    async def aclose(self) -> None:
        """Close every env; one that fails to close is logged. Safe to call twice."""
        await asyncio.gather(*(_close(env, runner) for env, runner in zip(self._envs, self._runners, strict=True)))
        self._batcher.close()

    def close(self) -> None:
        """The same as `aclose`, for sync code."""
        try:
            background.run(self, self.aclose())
        finally:
            background.release(self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _occupy(self, slot: int, last: int, ended: asyncio.Queue[Episode | BaseException]) -> None:
        """Play one episode after the other in this slot, up to episode number `last`."""
        try:
            with self._batcher.playing():
                while self.next_index < last:
                    self.next_index += 1
                    ended.put_nowait(await self._played(slot, self.next_index - 1))
        except BaseException as error:  # noqa: BLE001 - raised where the episodes are awaited
            ended.put_nowait(error)

    async def _played(self, slot: int, index: int) -> Episode:
        env, run = self._envs[slot], self._runners[slot].run
        renderer, seed = self.agent.renderer, derive(self.seed, index)
        turns = play(env, seed=seed, renderer=renderer, max_turns=self.max_turns, slot=slot)
        happened = await run(_resume, turns, None)
        while isinstance(happened, Request):
            reply = await self._batcher.act(happened)
            happened = await run(_resume, turns, reply)
        happened.index = index
        return happened


def _resume(turns: EpisodeGenerator, reply: Reply | None) -> Request | Episode:
    """The next request, or the episode if this was its end."""
    try:
        return next(turns) if reply is None else turns.send(reply)
    except StopIteration as ended:
        return ended.value


async def _close(env: Env[Any, Any], runner: Runner) -> None:
    try:
        await runner.run(env.close)
    except Exception:
        logging.getLogger(__name__).warning("could not close %s", env.unwrapped, exc_info=True)
    finally:
        runner.close()
