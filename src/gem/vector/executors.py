"""The executors by name, and which of them suits which envs."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from gem.build import closest
from gem.core import StepCost
from gem.errors import VectorError
from gem.vector.base import VectorEnv

EXECUTORS = {
    "loop": "gem.vector.loop:SyncVectorEnv",
    "threads": "gem.vector.threads:ThreadVectorEnv",
    "processes": "gem.vector.processes:ProcessVectorEnv",
    "asynchronous": "gem.vector.asynchronous:AsyncioVectorEnv",
    "ray": "gem.vector.ray:RayVectorEnv",
}
"""Each executor's class, imported when it is asked for."""


def load(name: str) -> Callable[..., VectorEnv]:
    """The executor of that name. Raises `VectorError` with the closest names."""
    if name not in EXECUTORS:
        known = ["auto", *EXECUTORS]
        raise VectorError(f"there is no executor {name!r}.{closest(name, known)} They are: {', '.join(known)}.")
    module, _, cls = EXECUTORS[name].partition(":")
    return getattr(import_module(module), cls)


SUITED: dict[StepCost, str] = {
    "cheap": "loop",
    "blocking": "threads",
    "awaits": "asynchronous",
    "cpu-heavy": "processes",
}
"""The executor for envs whose steps are of that kind."""


def suited_to(cost: Any, env_id: str) -> str:
    """The executor for an env that says that of its steps. Raises `VectorError` for what no env should say."""
    if cost not in SUITED:
        raise VectorError(f"{env_id}: there is no step_cost {cost!r}; the costs are {', '.join(SUITED)}")
    return SUITED[cost]
