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
from itertools import chain
from typing import Any, NamedTuple, Protocol

from gem.agents.protocol import Agent, Renderer, Reply, Request
from gem.aio.function_thread import FunctionThread
from gem.errors import ConfigError, EnvError

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
    """A request, and since when it waits."""

    request: Request
    since_s: float


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
        self._closed = False
        self._waiting: dict[Future[Reply], Waiting] = {}
        """By where the reply is awaited, in the order of asking."""
        self._timer: Any = None
        self._answering = 0
        """Requests of the calls under way."""
        self._calls: dict[Task[None], list[Future[Reply]]] = {}
        """Those under way, with the replies that will come of them."""

    async def act(self, request: Request) -> Reply:
        """The agent's reply. Raises what the agent raised."""
        if self._closed:
            raise EnvError("this batcher is closed; make another one")
        loop = asyncio.get_running_loop()
        reply: Future[Reply] = loop.create_future()
        self._waiting[reply] = Waiting(request, (self._clock or loop).time())
        self._review()
        try:
            return await reply
        finally:
            if self._waiting.pop(reply, None):  # cancelled before its turn came
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
        self._closed = True
        for call in self._calls:
            call.cancel()
        for reply in chain(self._waiting, *self._calls.values()):  # a call that has not begun cancels none
            reply.cancel()
        self._waiting.clear()
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
            due_s = next(iter(self._waiting.values())).since_s + self.max_wait_ms / 1000
            if not (full or complete or time_is_up or clock.time() >= due_s):
                self._timer = clock.call_at(due_s, partial(self._review, time_is_up=True))
                break
            self._ask_next()
            time_is_up = False

    def _ask_next(self) -> None:
        waiting = list(self._waiting.items())
        size = self.max_batch or len(waiting)
        batch, self._waiting = dict(waiting[:size]), dict(waiting[size:])
        self._answering += len(batch)
        call = asyncio.get_running_loop().create_task(self._answer(batch))
        self._calls[call] = list(batch)
        call.add_done_callback(self._calls.pop)

    async def _answer(self, batch: dict[Future[Reply], Waiting]) -> None:
        """Let the agent answer these requests; whatever comes of it, nobody is left waiting."""
        asked = {reply: waiting.request for reply, waiting in batch.items() if not reply.done()}
        try:
            said = await self._agent_says(list(asked.values())) if asked else []
            for reply, each in list(zip(asked, said, strict=True)):
                if not reply.done():
                    reply.set_result(each)
        except asyncio.CancelledError:
            for reply in asked:
                reply.cancel()
            raise
        except BaseException as error:  # noqa: BLE001 - raised where the replies are awaited
            for reply in asked:
                if not reply.done():
                    reply.set_exception(error)
        finally:
            self._answering -= len(batch)
            self._review()

    async def _agent_says(self, requests: list[Request]) -> list[Reply]:
        act: Any = self.agent.act
        return await (act(requests) if self._thread is None else self._thread.run(act, requests))
