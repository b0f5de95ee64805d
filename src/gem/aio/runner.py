"""How an event loop calls sync code that steps an env."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from gem.aio.function_thread import FunctionThread
from gem.build import closest
from gem.core import Env
from gem.errors import ConfigError

COSTS = ["cheap", "blocking", "awaits", "cpu-heavy"]


class Runner:
    """Calls sync functions that step `env`, in the way that its `step_cost` asks for.

    Cheap ones are just called; those that await are suspended meanwhile; those that block or compute have a
    thread of this env's own, always the same, until `close`. With `inline=False` cheap ones have one too: then
    an env that is not as cheap as it says holds up nobody else.
    """

    run: Callable[..., Awaitable[Any]]
    """`await run(function, *args)`. At most one at a time."""

    def __init__(self, env: Env[Any, Any], *, inline: bool = True) -> None:
        self._thread: FunctionThread | None = None
        if env.step_cost == "cheap" and inline:
            self.run = _inline
        elif env.step_cost == "awaits":
            from gem.aio.suspension import suspendable

            self.run = suspendable
        elif env.step_cost in COSTS:
            self._thread = FunctionThread("gem-env")
            self.run = self._thread.run
        else:
            cost = str(env.step_cost)
            raise ConfigError(f"{env.unwrapped} has step_cost {cost!r}.{closest(cost, COSTS)} There are: {COSTS}.")

    def close(self) -> None:
        """End the thread, if there is one; one that is busy ends later, and is not waited for."""
        if self._thread is not None:
            self._thread.close()


async def _inline(function: Callable[..., Any], *args: Any) -> Any:
    return function(*args)
