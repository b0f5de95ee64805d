"""The event loop beside the threads of this process: where sync code has its coroutines run.

There is one, so that what belongs to an event loop, such as a connection, can be used by whoever drives the
env that holds it. It starts with its first user and ends with its last.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import threading
import weakref
from asyncio import AbstractEventLoop, Task
from collections.abc import Coroutine
from concurrent import futures
from typing import Any, TypeVar

from gem.errors import EnvError

Result = TypeVar("Result")
ENDING_S = 5.0
"""How long an interrupted caller, or the end of the program, waits for coroutines to clean up."""


class LoopThread:
    """A daemon thread with an event loop: uvloop's where that is installed, asyncio's elsewhere."""

    def __init__(self) -> None:
        self.loop = _new_loop()
        self.is_open = True
        """Whether the loop takes coroutines: one that raises `SystemExit` ends it."""
        self._stopped = asyncio.Event()
        self._thread = threading.Thread(target=self._live, name="gem-event-loop", daemon=True)
        self._thread.start()

    def _live(self) -> None:
        with (
            contextlib.suppress(KeyboardInterrupt, SystemExit),  # raised by a coroutine; its caller gets it too
            asyncio.Runner(loop_factory=lambda: self.loop) as runner,  # at its end what still runs is cancelled
        ):
            try:
                runner.run(self._stopped.wait())
            finally:
                self.is_open = False

    def is_this_thread(self) -> bool:
        """Whether the caller runs on the loop."""
        return self._thread is threading.current_thread()

    def stop(self, timeout_s: float | None = None) -> None:
        """Cancel what runs, end the loop and the thread."""
        with contextlib.suppress(RuntimeError):  # it has ended
            self.loop.call_soon_threadsafe(self._stopped.set)
        if not self.is_this_thread():
            self._thread.join(timeout_s)


class Background:
    """The one `LoopThread` of this process, and those who use it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # garbage may be collected anywhere, also in here
        self._thread: LoopThread | None = None
        self._users: dict[int, weakref.finalize[Any, Any]] = {}
        """By identity, with what happens when one is dropped: it needs the loop no more."""
        self._stale: list[LoopThread] = []

    def loop_for(self, user: object) -> AbstractEventLoop:
        """The loop, which runs until `release(user)`, whoever else releases it."""
        return self._thread_for(user).loop

    def run(self, user: object, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine on the loop and wait for its result.

        An interrupt (Ctrl-C) cancels it. Raises `EnvError` on the loop's own thread, which would wait for itself.
        """
        thread = self._thread_for(user)
        if thread.is_this_thread():
            coroutine.close()
            raise EnvError("sync code on gem's event loop cannot wait for it; call it through suspendable()")
        return Call(thread.loop, coroutine).wait()

    def release(self, user: object) -> None:
        """This user needs the loop no more; the last one stops it. Any number of times is once."""
        self._leave(id(user), None)

    def _leave(self, identity: int, patience_s: float | None) -> None:
        with self._lock:
            dropped = self._users.pop(identity, None)
            thread = self._thread
            if dropped is not None:
                dropped.detach()
            if self._users or thread is None:
                return
            self._thread = None
        thread.stop(patience_s)

    def stop(self) -> None:
        """End the loop for all its users, as the program ends."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.stop(ENDING_S)

    def forget(self) -> None:
        """After a fork, in the child: the thread is the parent's.

        Its loop is kept as it is. To close it would take the parent's sockets off the poll that both share.
        """
        stale = [*self._stale, *([self._thread] if self._thread else [])]
        self.__init__()
        self._stale = stale

    def _thread_for(self, user: object) -> LoopThread:
        with self._lock:
            if id(user) not in self._users:
                dropped = self._users[id(user)] = weakref.finalize(user, self._leave, id(user), 0.0)
                dropped.atexit = False
            if self._thread is None or not self._thread.is_open:
                self._thread = LoopThread()
            return self._thread


background = Background()
atexit.register(background.stop)
os.register_at_fork(after_in_child=background.forget)


class Call:
    """A coroutine on a loop, and the thread that waits for it."""

    def __init__(self, loop: AbstractEventLoop, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._loop, self._coroutine = loop, coroutine
        self._task: Task[Any] | None = None
        self._done = threading.Event()
        loop.call_soon_threadsafe(self._begin)

    def wait(self) -> Any:
        """The result. An interrupt of this thread cancels the coroutine and leaves it time to clean up."""
        try:
            self._done.wait()
        except BaseException:
            self._loop.call_soon_threadsafe(self._cancel)
            self._done.wait(ENDING_S)
            raise
        assert self._task is not None
        try:
            return self._task.result()
        except asyncio.CancelledError as error:  # not by the interrupt: something of the coroutine's own has ended
            raise futures.CancelledError(*error.args) from None

    def _begin(self) -> None:
        self._task = self._loop.create_task(self._coroutine)
        self._task.add_done_callback(lambda _: self._done.set())

    def _cancel(self) -> None:
        assert self._task is not None
        self._task.cancel()


def _new_loop() -> AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
