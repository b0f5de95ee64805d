"""Sync code that waits for coroutines without a thread: `suspendable` runs it, `await_here` waits within it.

The function runs in a greenlet, a second stack of the same thread. To wait, it switches to the event loop's
stack and hands over what is to be awaited; what comes of that is switched back in, a result, an error or a
cancellation. SQLAlchemy drives its sync core over asynchronous drivers in this way.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent import futures
from typing import Any, TypeVar

from gem._extras import need
from gem.errors import EnvError

greenlet = need("greenlet", extra="vector")
getcurrent = greenlet.getcurrent

Result = TypeVar("Result")
MAX_IDLE = 256
"""Greenlets that a thread keeps for functions to come, some 10 kB each."""


class Carrier(greenlet.greenlet):  # pyright: ignore[reportUntypedBaseClass]
    """A greenlet that runs one function after another: a new stack for each would cost more than most steps do."""

    def run(self) -> None:
        """Live until the thread ends: take a job, hand back its outcome."""
        outcome: Outcome | None = None
        while True:
            function, args = self.parent.switch(outcome)
            try:
                outcome = Outcome(function(*args), None)
            except greenlet.GreenletExit:
                raise
            except BaseException as error:  # noqa: BLE001 - raised where the function is awaited
                outcome = Outcome(None, error)
            del function, args  # nothing of the last job is kept alive while there is no next one


class Outcome:
    """What came of a function. Whoever reads it empties it."""

    __slots__ = ("error", "value")

    def __init__(self, value: Any, error: BaseException | None) -> None:
        self.value, self.error = value, error

    def take(self) -> Any:
        """The value. Raises the error."""
        value, error = self.value, self.error
        self.value = self.error = None
        try:
            if error is not None:
                raise error
            return value
        finally:
            del error  # it refers to this frame


class _Idle(threading.local):
    """The carriers of this thread that have nothing to do."""

    def __init__(self) -> None:
        self.carriers: list[Any] = []


_idle = _Idle()


async def suspendable(function: Callable[..., Result], *args: Any) -> Result:
    """Call a sync function that may wait by `await_here`, and await what it waits for.

    What is awaited fails where the function waits, and is cancelled there. Where it ends by `CancelledError` though
    nobody has cancelled the caller, the error is that of `concurrent.futures`, an ordinary `Exception`.
    """
    idle, driver = _idle.carriers, getcurrent()
    if idle:
        carrier = idle.pop()
        carrier.parent = driver
    else:
        carrier = Carrier()
        carrier.switch()
    carrier.gr_context = driver.gr_context
    happened = carrier.switch((function, args))
    while type(happened) is not Outcome:
        try:
            result = await happened
        except asyncio.CancelledError as error:
            happened = carrier.throw(meant(error))
        except BaseException as error:  # noqa: BLE001 - it is the function's
            happened = carrier.throw(error)
        else:
            happened = carrier.switch(result)
    carrier.gr_context = None
    if len(idle) < MAX_IDLE:
        idle.append(carrier)
    return happened.take()


def meant(cancelled: asyncio.CancelledError) -> BaseException:
    """What an env's `CancelledError` means: that this task is to end, or just that something of the env's did."""
    task = asyncio.current_task()
    return cancelled if task is not None and task.cancelling() else futures.CancelledError(*cancelled.args)


def can_suspend() -> bool:
    """Whether this code runs within `suspendable`."""
    return type(getcurrent()) is Carrier


def await_here(awaitable: Awaitable[Result]) -> Result:
    """Suspend the sync function that runs within `suspendable` until this is done; its result.

    Raises `EnvError` anywhere else.
    """
    current = getcurrent()
    if type(current) is not Carrier:
        raise EnvError("await_here() waits within a function that suspendable() runs; elsewhere, await")
    return current.parent.switch(awaitable)
