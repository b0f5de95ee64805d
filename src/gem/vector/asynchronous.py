"""The executor for envs that await: all on one event loop, and whichever is ready first is received first.

An env written without `async` gets a thread of its own beside the loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import weakref
from asyncio import AbstractEventLoop, Task
from collections.abc import Coroutine, Mapping
from typing import Any

from gem.aio.background import background
from gem.errors import StepTimeout
from gem.vector.interrupts import HeldBack
from gem.vector.life import Life, Outbox
from gem.vector.mailbox import Mailbox
from gem.vector.near import NearVectorEnv
from gem.vector.patience import CLOSING_S
from gem.vector.seat import Raised, crashed
from gem.vector.threads import ProgramEnd


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
        self._lives = [Life(index, seat, self._loop, self._outbox) for index, seat in enumerate(self._places)]
        self._replacing: set[Task[None]] = set()
        """Envs that are being put in the place of others, and those others being closed."""
        self._finalizer = weakref.finalize(self, _dismiss, self._loop, self._lives)
        self._loop.call_soon_threadsafe(_begin, self._lives)

    def _dispatch(self, method: str, arguments: Mapping[int, Any]) -> None:
        self._loop.call_soon_threadsafe(self._ask, method, arguments)

    def _ask(self, method: str, arguments: Mapping[int, Any]) -> None:
        lives, limit_s = self._lives, self.step_timeout_s
        for index, argument in arguments.items():
            life = lives[index]
            life.ask(method, argument)
            if limit_s is not None:
                life.timer = self._loop.call_later(limit_s, self._give_up, life, method)

    def _collect(self, min_ready: int, timeout_s: float | None) -> None:
        self._mailbox.wait(min_ready - len(self._ready), timeout_s)
        with HeldBack():
            for index, result in self._mailbox.take():
                self._ready[index] = result
                if type(result) is ProgramEnd:
                    self._end = result
        if self._end is not None:
            raise self._end.error

    def _give_up(self, life: Life, method: str) -> None:
        """The step took too long: another env is put in the place of this one."""
        life.end()
        self._keep(life.close())
        self._keep(self._renew(life, method))

    async def _renew(self, life: Life, method: str) -> None:
        error = StepTimeout(f"took longer than {self.step_timeout_s} s")
        new = self._lives[life.index] = Life(life.index, life.seat, self._loop, self._outbox)
        new.begin()
        try:
            async with asyncio.timeout(self.step_timeout_s):
                result = await new.runner.run(self._replace, life.index, method, error)
        except TimeoutError:  # the new env's reset; its next step tries it again
            result = Raised(error) if method == "begin" else crashed(life.seat.last_obs, error)
        new.seat = self._places[life.index]
        self._outbox.put(life.index, result)

    def _keep(self, doing: Coroutine[Any, Any, None]) -> None:
        """Do it, besides everything else."""
        task = self._loop.create_task(doing)
        self._replacing.add(task)
        task.add_done_callback(self._replacing.discard)

    def _shut(self) -> None:
        self._finalizer.detach()
        try:
            background.run(self, self._close_lives())
        finally:
            background.release(self)

    async def _close_lives(self) -> None:
        """Envs that are still busy after some seconds are left behind, with their threads."""
        stuck = await _done(self._replacing)
        stuck |= await _done({self._loop.create_task(life.close()) for life in self._lives})
        if stuck:
            logging.getLogger(__name__).warning("%d envs could not be closed in %s s", len(stuck), CLOSING_S)
            for task in stuck:
                task.cancel()
            await asyncio.wait(stuck)


async def _done(tasks: set[Task[None]]) -> set[Task[None]]:
    """Wait for these for some seconds; returns those that are not done."""
    return (await asyncio.wait(tasks, timeout=CLOSING_S))[1] if tasks else set()


def _begin(lives: list[Life]) -> None:
    for life in lives:
        life.begin()


def _dismiss(loop: AbstractEventLoop, lives: list[Life]) -> None:
    """The vector was dropped without being closed: nobody will ask its envs any more."""
    with contextlib.suppress(RuntimeError):  # the loop has ended before
        loop.call_soon_threadsafe(lambda: [life.end() for life in lives])
