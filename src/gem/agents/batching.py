"""Answering requests that come one by one in batches, as a model wants them.

Each episode asks when it is ready; whatever waits is answered in one call of the agent.
"""

from __future__ import annotations

import asyncio
import inspect
from asyncio import Future, Task
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple, Protocol

from gem.agents.protocol import Agent, Renderer, Reply, Request
from gem.aio.function_thread import FunctionThread
from gem.errors import ConfigError

MAX_WAIT_MS = 5.0


class AsyncAgent(Protocol):
    """An agent whose replies are awaited, such as one behind a server. See `Agent`."""

    @property
    def renderer(self) -> Renderer | None:
        """How this agent's prompts become tokens; None for agents that read text."""
        ...

    async def act(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply for each request, in order."""
        ...


class Clock(Protocol):
    """Tells the time and calls back, as an event loop does."""

    def time(self) -> float:
        """Seconds since some moment."""
        ...

    def call_at(self, when: float, callback: Callable[[], None], /) -> Any:
        """Call at that time; what is returned has a `cancel()`."""
        ...


class Waiting(NamedTuple):
    """A request, since when it waits, and where its reply is awaited."""

    request: Request
    since_s: float
    reply: Future[Reply]


class Batcher:
    """An agent that is asked by many coroutines, each for itself: `reply = await batcher.act(request)`.

    A batch is answered when it has `max_batch` requests, when its oldest has waited for `max_wait_ms`, or when
    nobody is left who could ask: all that are `playing()` wait.

    The agent's `act` runs in a thread of its own, a call at a time, while the event loop goes on. If it is a
    coroutine function it is awaited, and calls overlap. What it raises is raised where its replies are awaited.
    `clock` is the running event loop, unless another is given.
    """

    def __init__(
        self,
        agent: Agent | AsyncAgent,
        max_batch: int | None = None,
        max_wait_ms: float = MAX_WAIT_MS,
        clock: Clock | None = None,
    ) -> None:
        if max_batch is not None and max_batch < 1:
            raise ConfigError(f"max_batch is at least 1, not {max_batch}")
        if max_wait_ms < 0:
            raise ConfigError(f"max_wait_ms is at least 0, not {max_wait_ms}")
        self.agent, self.max_batch, self.max_wait_ms = agent, max_batch, max_wait_ms
        self._clock = clock
        self._thread = None if inspect.iscoroutinefunction(agent.act) else FunctionThread("gem-agent")
        self._playing = 0
        self._waiting: list[Waiting] = []
        self._timer: Any = None
        self._answering = 0
        """Requests of the calls under way."""
        self._calls: set[Task[None]] = set()

    async def act(self, request: Request) -> Reply:
        """The agent's reply. Raises what the agent raised."""
        loop = asyncio.get_running_loop()
        waiting = Waiting(request, (self._clock or loop).time(), loop.create_future())
        self._waiting.append(waiting)
        self._review()
        try:
            return await waiting.reply
        finally:
            if waiting in self._waiting:  # cancelled before its turn came
                self._waiting.remove(waiting)
                self._review()

    @contextmanager
    def playing(self) -> Generator[None]:
        """Announce one more player: a batch waits for those who play and have not asked."""
        self._playing += 1
        try:
            yield
        finally:
            self._playing -= 1
            self._review()

    def close(self) -> None:
        """Cancel those who wait, and end the agent's thread; a call under way is not waited for."""
        for call in self._calls:
            call.cancel()
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            each.reply.cancel()
        self._review()
        if self._thread is not None:
            self._thread.close()

    def _review(self, time_is_up: bool = False) -> None:
        """Ask the agent, if nothing is gained by waiting for more requests; else look again when the time is up."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting and (self._thread is None or not self._answering):
            clock: Clock = self._clock or asyncio.get_running_loop()
            full = self.max_batch is not None and len(self._waiting) >= self.max_batch
            complete = 0 < self._playing <= len(self._waiting) + self._answering
            due_s = self._waiting[0].since_s + self.max_wait_ms / 1000
            if not (full or complete or time_is_up or clock.time() >= due_s):
                self._timer = clock.call_at(due_s, partial(self._review, time_is_up=True))
                break
            self._ask_next()
            time_is_up = False

    def _ask_next(self) -> None:
        size = self.max_batch or len(self._waiting)
        batch, self._waiting = self._waiting[:size], self._waiting[size:]
        self._answering += len(batch)
        call = asyncio.get_running_loop().create_task(self._answer(batch))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _answer(self, batch: list[Waiting]) -> None:
        """Let the agent answer these requests; whatever comes of it, nobody is left waiting."""
        requests = [waiting.request for waiting in batch]
        act: Any = self.agent.act
        try:
            replies = await (act(requests) if self._thread is None else self._thread.run(act, requests))
            for waiting, reply in list(zip(batch, replies, strict=True)):
                if not waiting.reply.done():
                    waiting.reply.set_result(reply)
        except asyncio.CancelledError:
            for waiting in batch:
                waiting.reply.cancel()
            raise
        except BaseException as error:  # noqa: BLE001 - raised where the replies are awaited
            for waiting in batch:
                if not waiting.reply.done():
                    waiting.reply.set_exception(error)
        finally:
            self._answering -= len(batch)
            self._review()
