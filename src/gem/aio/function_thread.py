"""A thread that calls functions on behalf of coroutines, one after the other."""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from asyncio import AbstractEventLoop, Future
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, TypeVar

Result = TypeVar("Result")


class Job(NamedTuple):
    """A function, and who wants to know what comes of it, in which event loop."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    loop: AbstractEventLoop
    tell: Callable[[Any, BaseException | None], None]


class FunctionThread:
    """Always the same thread, for what belongs to one; a daemon, started when it is first needed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._under_way = 0

    async def run(self, function: Callable[..., Result], *args: Any) -> Result:
        """Call the function in the thread. A cancelled caller leaves it running; the next call waits for its end."""
        if self._thread is None:
            self._thread = Thread(target=_serve, args=(self._jobs,), name=self.name, daemon=True)
            self._thread.start()
            self._end = weakref.finalize(self, self._jobs.put, None)
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._under_way += 1
        self._jobs.put(Job(function, args, loop, partial(self._settle, future)))
        return await future

    def close(self) -> None:
        """End the thread; one that is busy ends after what was asked of it, and is not waited for."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._end()
            self._jobs = SimpleQueue()
            if not self._under_way:
                thread.join()

    def _settle(self, future: Future[Any], value: Any, error: BaseException | None) -> None:
        self._under_way -= 1
        if future.done():
            return  # whoever waited was cancelled
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)


def _serve(jobs: SimpleQueue[Job | None]) -> None:
    """The thread's life."""
    while (job := jobs.get()) is not None:
        value, error = None, None
        try:
            value = job.function(*job.args)
        except StopIteration as stopped:  # which a future refuses; a coroutine that raises it does this
            error = RuntimeError("the function raised StopIteration")
            error.__cause__ = stopped
        except BaseException as raised:  # noqa: BLE001 - raised where the function is awaited
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            job.loop.call_soon_threadsafe(job.tell, value, error)
        del job, value, error
