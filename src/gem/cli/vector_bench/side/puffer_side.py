"""PufferLib's vectors. They carry arrays of one shape only, so a text goes in its first bytes and comes as a number.

An ended env is reset by its next step, as PufferLib does it; that counts as a step here.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import numpy as np

from .driver import Driver, Task
from .work import ACTION, Work, kind_of

LONGEST_TEXT = 128


class WorkEnv(Work):
    """The same work between arrays."""

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012 - as Gymnasium's base class has it
    render_mode = None

    def __init__(self, kind: Any, cpu_loops: int, seed: int) -> None:
        super().__init__(kind, cpu_loops, seed)
        spaces: Any = import_module("gymnasium").spaces
        self.observation_space = spaces.Box(0, 255, (LONGEST_TEXT,), np.uint8)
        self.action_space = spaces.Discrete(2)

    def reset(self, seed: int | None = None, **options: Any) -> tuple[Any, dict[str, Any]]:
        """Start an episode."""
        text, info = super().reset(seed, **options)
        return _bytes(text), info

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Do the work of one turn."""
        del action
        text, reward, terminated, truncated, info = super().step(ACTION)
        return _bytes(text), reward, terminated, truncated, info


class Barrier(Driver):
    """`Serial`, or `Multiprocessing` with a process for each core, as PufferLib advises."""

    def __init__(self, task: Task) -> None:
        emulation: Any = import_module("pufferlib.emulation")
        vector: Any = import_module("pufferlib.vector")
        arguments = [[kind_of(task.kind, index), task.cpu_loops, index] for index in range(task.num_envs)]
        options: dict[str, Any] = {"env_args": [[]] * task.num_envs}
        options["env_kwargs"] = [{"env_creator": WorkEnv, "env_args": each} for each in arguments]
        if task.executor == "processes":
            backend, options["num_workers"] = vector.Multiprocessing, min(task.num_envs, os.cpu_count() or 1)
        else:
            backend = vector.Serial
        makers = [emulation.GymnasiumPufferEnv] * task.num_envs
        self._vec: Any = vector.make(makers, backend=backend, num_envs=task.num_envs, **options)
        self.executor = task.executor
        self._actions = np.zeros(task.num_envs, dtype=np.int32)

    def begin(self, seed: int) -> None:
        """Reset every env."""
        self._vec.reset(seed=seed)

    def advance(self) -> int:
        """One step of all."""
        self._vec.step(self._actions)
        return len(self._actions)

    def close(self) -> None:
        """End the processes."""
        self._vec.close()


def _bytes(text: str) -> Any:
    """The text's first bytes, with zeros behind them."""
    return np.frombuffer(text.encode()[:LONGEST_TEXT].ljust(LONGEST_TEXT, b"\0"), dtype=np.uint8)
