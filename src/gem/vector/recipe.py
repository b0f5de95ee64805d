"""How to build one env of a vector, here or elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gem.aio import to_sync
from gem.core import Env
from gem.registry import EnvSpec

WrapperFn = Callable[[Env[Any, Any]], Env[Any, Any]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """An env and what goes around it; an `AsyncEnv` gets a face that sync wrappers understand.

    It holds the spec rather than the id, which a process elsewhere may not know.
    """

    spec: EnvSpec
    arguments: Mapping[str, Any]
    wrappers: Sequence[WrapperFn]
    """The innermost first."""

    def __call__(self) -> Env[Any, Any]:
        """Build it."""
        env = to_sync(self.spec.make(**self.arguments))
        for wrap in self.wrappers:
            env = wrap(env)
        return env


class Prebuilt:
    """A recipe of which one env is there already: the first call returns it."""

    def __init__(self, env: Env[Any, Any], recipe: Recipe) -> None:
        self.recipe = recipe
        self.step_cost: Any = env.step_cost
        self._env: Env[Any, Any] | None = env

    def __call__(self) -> Env[Any, Any]:
        """That env, then new ones."""
        env, self._env = self._env, None
        return self.recipe() if env is None else env

    def close(self) -> None:
        """Close that env, if nobody has taken it."""
        if self._env is not None:
            self._env.close()
