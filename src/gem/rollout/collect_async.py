"""Collecting episodes that go on at the same time, each at its own pace.

No step is common to all: an episode whose env or whose reply is slow holds up nobody else. They are
the episodes that `Collector` plays, with the same seeds, whatever happens first.
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from asyncio import Task
from collections.abc import AsyncGenerator, Callable, Iterable
from types import AsyncGeneratorType
from typing import Any, Self, cast

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
from gem.vector.near import close_all
from gem.vector.patience import CLOSING_S


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
        self._envs: list[Env[Any, Any]] = []
        try:
            for _ in range(concurrency):
                self._envs.append(to_sync(make_env()))
            self._runners = [Runner(env) for env in self._envs]
        except BaseException:
            close_all(self._envs)
            raise
        self._players: dict[int, Task[None]] = {}
        """By slot; those of the last stream, also where nobody reads it any more."""
        self._stream: Callable[[], AsyncGeneratorType[Episode, None] | None] = lambda: None
        """The last one, as long as somebody has it."""
        self._closed = False

    async def episodes(self, count: int) -> list[Episode]:
        """Play `count` new episodes to their ends; in the order of their numbers."""
        return sorted([episode async for episode in self.stream(count)], key=lambda episode: episode.index)

    def stream(self, count: int) -> AsyncGenerator[Episode]:
        """Play `count` new episodes; each is delivered when it ends. To leave it early cancels what is being played.

        What the agent raises is raised here.
        """
        self._check_open()
        before = self._stream()
        if before is not None and before.ag_frame is not None:  # it is not at its end
            raise EnvError("this collector is collecting already; await that, or make another collector")
        stream = self._streamed(count)
        self._stream = weakref.ref(cast("AsyncGeneratorType[Episode, None]", stream))
        return stream

    async def _streamed(self, count: int) -> AsyncGenerator[Episode]:
        await _end(self._players.values())  # of a stream that was left, and has not been told yet
        self._check_open()
        ended: asyncio.Queue[Episode | BaseException] = asyncio.Queue()
        last = self.next_index + count
        slots = range(min(count, len(self._envs)))
        players = self._players = {slot: asyncio.create_task(self._occupy(slot, last, ended)) for slot in slots}
        try:
            for _ in range(count):
                episode = await ended.get()
                self._check_open()
                if isinstance(episode, BaseException):
                    raise episode
                yield episode
        finally:
            await _end(players.values())

    def collect(self, count: int) -> list[Episode]:
        """The same as `episodes`, for sync code. Ctrl-C cancels it."""
        self._check_open()
        return background.run(self, self.episodes(count))

    async def aclose(self) -> None:
        """Cancel what is played, and close every env; one that fails to close is logged. Safe to call twice.

        Envs that are still busy after some seconds are left behind, with their threads.
        """
        if self._closed:
            return
        self._closed = True
        self._batcher.close()
        closing = [asyncio.create_task(self._vacate(slot)) for slot in range(len(self._envs))]
        _, stuck = await asyncio.wait(closing, timeout=CLOSING_S)
        if stuck:
            logging.getLogger(__name__).warning("%d envs could not be closed in %s s", len(stuck), CLOSING_S)
            for task in stuck:
                task.cancel()
            await asyncio.wait(stuck, timeout=CLOSING_S)

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

    def _check_open(self) -> None:
        if self._closed:
            raise EnvError("this collector is closed; make another one")

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
        happened.index = happened.group = index
        return happened

    async def _vacate(self, slot: int) -> None:
        """Cancel what is played in this slot; once its env is idle, close it."""
        env, runner = self._envs[slot], self._runners[slot]
        try:
            await _end([self._players[slot]] if slot in self._players else [])
            await runner.run(env.close)
        except Exception:
            logging.getLogger(__name__).warning("could not close %s", env.unwrapped, exc_info=True)
        finally:
            runner.close()


def _resume(turns: EpisodeGenerator, reply: Reply | None) -> Request | Episode:
    """The next request, or the episode if this was its end."""
    try:
        return next(turns) if reply is None else turns.send(reply)
    except StopIteration as ended:
        return ended.value


async def _end(players: Iterable[Task[None]]) -> None:
    """Cancel these, and wait until they have cleaned up."""
    playing = [player for player in players if not player.done()]
    for player in playing:
        if not player.cancelling():  # a second cancellation would hit the env as it cleans up
            player.cancel()
    if playing:
        await asyncio.wait(playing)
