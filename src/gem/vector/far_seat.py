"""The near end of an env that lives in a worker: what the vector knows of it, and a handle to reach it by."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from gem.core import Info, StepResult
from gem.vector.seat import AutoresetMode, Call, Called, Method, Start


class FarPlace:
    """What the vector must know of an env that lives elsewhere: see `gem.vector.seat.Place`."""

    __slots__ = ("between_episodes", "last_obs", "mode", "was_reset")

    def __init__(self, mode: AutoresetMode) -> None:
        self.mode = mode
        self.last_obs: Any = None
        self.between_episodes = True
        self.was_reset = False

    def begun(self, first: tuple[Any, Info]) -> None:
        """Take note of an episode's start."""
        self.last_obs, self.between_episodes, self.was_reset = first[0], False, True

    def advanced(self, result: StepResult[Any]) -> None:
        """Take note of a step."""
        self.last_obs = result[0]
        self.between_episodes = (result[2] or result[3]) and self.mode is not AutoresetMode.SAME_STEP

    def called(self, called: Called) -> None:
        """Take note of what a method, called by hand, has done."""
        _, self.last_obs, self.between_episodes, self.was_reset = called


class FarSeat:
    """The env, as `vec.envs[i]` shows it: attributes are copies, methods run in the worker."""

    __slots__ = ("_ask", "_index")

    def __init__(self, index: int, ask: Callable[[int, str, Any], Any]) -> None:
        self._index, self._ask = index, ask

    def reset(self, seed: int | None = None, **options: Any) -> tuple[Any, Info]:
        """Start an episode; what the env raises is the caller's."""
        return self._ask(self._index, "begin", Start(seed, options))

    def __getattr__(self, name: str) -> Any:
        """An attribute of the env, by a round trip to the worker."""
        if name.startswith("__"):
            raise AttributeError(name)
        found = self._ask(self._index, "look", name)
        return partial(self._call, name) if isinstance(found, Method) else found

    def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        return self._ask(self._index, "call", Call(name, args, kwargs))
