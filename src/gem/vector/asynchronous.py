"""The executor for envs that await: all on one event loop, and whichever is ready first is received first.

An env written without `async` gets a thread of its own beside the loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import weakref
from asyncio import AbstractEventLoop, Task
from collections.abc import Mapping
from typing import Any

from gem.aio.background import background
from gem.errors import StepTimeout
from gem.vector.interrupts import HeldBack
from gem.vector.life import Life, Outbox
from gem.vector.mailbox import Mailbox
from gem.vector.near import NearVectorEnv
from gem.vector.patience import CLOSING_S
from gem.vector.seat import Loss, ProgramEnd, Raised, broken_off


class AsyncioVectorEnv(NearVectorEnv):
    """Steps its envs on gem's event loop, which all vectors of the process share; any number of `workers` is one.

    A step that outlasts `step_timeout_s` is cancelled. Where it runs in a thread it can't be: the thread and
    the env are abandoned, and end when that step does.
    """

    def _ready_executor(self) -> None:
        self._mailbox = Mailbox()
        self._end: ProgramEnd | None = None
        self._loop = background.loop_for(self)
        self._outbox = Outbox(self._loop, self._mailbox)
        self._lives = [Life(index, seat, seat.env, self._loop, self._outbox) for index, seat in enumerate(self._places)]
        self._closing: set[Task[None]] = set()
        """Of envs whose place another one has taken."""
        self._finalizer = weakref.finalize(self, _dismiss, self._loop, self._lives)
        self._loop.call_soon_threadsafe(_begin, self._lives)

    def _dispatch(self, method: str, arguments: Mapping[int, Any]) -> None:
        self._loop.call_soon_threadsafe(self._ask, method, arguments)

    def _ask(self, method: str, arguments: Mapping[int, Any]) -> None:
        lives = self._lives
        for index, argument in arguments.items():
            self._ask_one(lives[index], method, argument)

    def _ask_one(self, life: Life, method: str, argument: Any) -> None:
        if self.step_timeout_s is not None:
            life.timer = self._loop.call_later(self.step_timeout_s, self._give_up, life, method, life.seat.last_obs)
        life.ask(method, argument)

    def _collect(self, min_ready: int, timeout_s: float | None) -> None:
        self._mailbox.wait(min_ready - len(self._ready), timeout_s)
        with HeldBack():
            for index, result in self._mailbox.take():
                self._ready[index] = result
                if type(result) is ProgramEnd:
                    self._end = result
        if self._end is not None:
            raise self._end.error

    def _give_up(self, life: Life, method: str, last_obs: Any) -> None:
        """It took too long: another env takes the place of this one, which is closed besides everything else.

        The other one is built and reset as part of the same step, for which it has as much time again. If that is
        too long as well, the next step tries it once more.
        """
        life.end()
        closing = self._loop.create_task(life.close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        seat = self._succeed(life.index)
        seat.last_obs = last_obs  # whatever the lost one has seen since
        new = self._lives[life.index] = life.successor(seat)
        new.begin()
        error = StepTimeout(f"took longer than {self.step_timeout_s} s")
        if method == "advance":
            self._ask_one(new, "lose", Loss(error, last_obs))
        elif method == "lose":
            self._outbox.put(life.index, broken_off(seat.mode, last_obs, error))
        else:
            self._outbox.put(life.index, Raised(error))

    def _shut(self) -> None:
        self._finalizer.detach()
        try:
            background.run(self, self._close_lives())
        finally:
            background.release(self)

    async def _close_lives(self) -> None:
        """Envs that are still busy after some seconds are left behind, with their threads."""
        for life in self._lives:
            life.end()
        closing = {*self._closing, *(self._loop.create_task(life.close()) for life in self._lives)}
        _, stuck = await asyncio.wait(closing, timeout=CLOSING_S)
        if stuck:
            logging.getLogger(__name__).warning("%d envs could not be closed in %s s", len(stuck), CLOSING_S)
            for task in stuck:
                task.cancel()
            await asyncio.wait(stuck, timeout=CLOSING_S)


def _begin(lives: list[Life]) -> None:
    for life in lives:
        life.begin()


def _dismiss(loop: AbstractEventLoop, lives: list[Life]) -> None:
    """The vector was dropped without being closed: nobody will ask its envs any more."""
    with contextlib.suppress(RuntimeError):  # the loop has ended before
        loop.call_soon_threadsafe(lambda: [life.end() for life in lives])
