"""What one env of the asynchronous executor does on the event loop, and how its results leave it."""

from __future__ import annotations

import asyncio
import logging
from asyncio import AbstractEventLoop, Future, Task, TimerHandle
from typing import Any

from gem.aio import AsyncEnv, Runner
from gem.aio.faces import SyncFace
from gem.aio.suspension import await_here, meant, suspendable
from gem.core import Env
from gem.vector.mailbox import Mailbox
from gem.vector.near import close_all
from gem.vector.seat import FIELDS, Loss, ProgramEnd, Seat, check_result, perform


class Outbox:
    """Collects what gets ready in one round of the event loop, so that the reader is woken once for it."""

    def __init__(self, loop: AbstractEventLoop, mailbox: Mailbox) -> None:
        self._loop, self._mailbox = loop, mailbox
        self._ready: list[tuple[int, Any]] = []

    def put(self, index: int, result: Any) -> None:
        """This has come of what env `index` was asked."""
        if not self._ready:
            self._loop.call_soon(self._flush)
        self._ready.append((index, result))

    def _flush(self) -> None:
        ready, self._ready = self._ready, []
        self._mailbox.put_all(ready)


class Life:
    """What one env does on the event loop: what it is asked to, one thing after the other.

    One task lasts as long as the env, and one greenlet where wrappers stand around what awaits. New ones for each
    step would cost more than the step, most of it in the garbage collector.

    How the seat's methods are run is chosen by `like`, an env of the kind that it has or will have.
    """

    def __init__(self, index: int, seat: Seat, like: Env[Any, Any], loop: AbstractEventLoop, outbox: Outbox) -> None:
        self.index, self.seat = index, seat
        self.runner = Runner(like, inline=False)
        self.timer: TimerHandle | None = None
        self._like, self._loop, self._outbox = like, loop, outbox
        self._ended = False

    def successor(self, seat: Seat) -> Life:
        """The same for a seat that takes the place of this one's; its env need not be there yet."""
        return Life(self.index, seat, self._like, self._loop, self._outbox)

    def begin(self) -> None:
        """Wait to be asked."""
        self._asked: Future[None] = self._loop.create_future()
        self._task: Task[None] = self._loop.create_task(self._live())
        self._task.add_done_callback(self._stopped)

    def ask(self, method: str, argument: Any) -> None:
        """Perform this method of the seat: see `gem.vector.seat.perform`."""
        self._method, self._argument = method, argument
        self._asked.set_result(None)

    def answer(self, result: Any) -> None:
        """This has come of what was asked; now the next can be asked."""
        if self._ended:
            return
        self._stop_timer()
        self._asked = self._loop.create_future()
        self._outbox.put(self.index, result)

    def end(self) -> None:
        """Break off what is under way, if that is possible; nothing will come of it."""
        if self._ended:
            return  # a second cancellation would hit the env as it cleans up after the first
        self._ended = True
        self._stop_timer()
        self._task.cancel()

    async def close(self) -> None:
        """End, and close the env, if there is one by then."""
        self.end()
        await asyncio.wait([self._task])
        try:
            await self.runner.run(_close, self.seat)
        finally:
            self.runner.close()

    def _stop_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    async def _live(self) -> None:
        if self.runner.run is suspendable and not isinstance(self._like, SyncFace):
            await suspendable(self._live_suspended)
        while not self._ended:
            await self._asked
            seat = self.seat
            try:
                if self._method == "advance" and not seat.between_episodes and isinstance(seat.env, SyncFace):
                    result = await self._advance(seat.env.env)
                else:
                    result = await self.runner.run(perform, seat, self._method, self._argument)
            except (KeyboardInterrupt, SystemExit) as error:
                result = ProgramEnd(error)
            self.answer(result)

    def _live_suspended(self) -> None:
        while not self._ended:
            await_here(self._asked)
            try:
                result = perform(self.seat, self._method, self._argument)
            except (KeyboardInterrupt, SystemExit) as error:
                result = ProgramEnd(error)
            self.answer(result)

    async def _advance(self, env: AsyncEnv[Any, Any]) -> Any:
        """`seat.advance`, awaited: of an env without wrappers only an episode's end needs a greenlet."""
        seat = self.seat
        try:
            result = await env.step(self._argument)
            over = result[2] or result[3]
            if over or type(result[1]) is not float or len(result) != FIELDS:
                check_result(result)
        except (Exception, asyncio.CancelledError) as raised:
            error = meant(raised) if isinstance(raised, asyncio.CancelledError) else raised
            if not isinstance(error, Exception):
                raise
            logging.getLogger(__name__).warning("step of %s failed", env, exc_info=error)
            return await suspendable(seat.lose, Loss(error, seat.last_obs))
        if over:
            return await suspendable(seat.finished, result)
        seat.last_obs = result[0]
        return result

    def _stopped(self, task: Task[None]) -> None:
        """Nothing that an env raises should end its life; if something does, nobody waits for it in vain."""
        if not self._ended and not task.cancelled():
            self._outbox.put(self.index, ProgramEnd(task.exception() or RuntimeError("an env's task ended")))


def _close(seat: Seat) -> None:
    close_all([seat.env] if seat.is_built else [])
