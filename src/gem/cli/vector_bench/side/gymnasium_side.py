"""Gymnasium's vectors. They are called with texts as they stand, and reset an ended env within its step, as ours do."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from string import printable
from typing import Any

from .driver import Driver, Task
from .work import ACTION, Work, kind_of

LONGEST_TEXT = 400


class WorkEnv(Work):
    """The same work with what Gymnasium asks of an env; its vectors do not insist on the base class."""

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012 - as Gymnasium's base class has it
    render_mode = None
    spec = None

    def __init__(self, kind: Any, cpu_loops: int, seed: int) -> None:
        super().__init__(kind, cpu_loops, seed)
        text: Any = import_module("gymnasium").spaces.Text
        self.observation_space = text(LONGEST_TEXT, charset=printable)
        self.action_space = text(LONGEST_TEXT, charset=printable)

    @property
    def unwrapped(self) -> WorkEnv:
        """Nothing is around it."""
        return self


class Barrier(Driver):
    """`SyncVectorEnv`, or `AsyncVectorEnv` with its process for each env.

    Without shared memory, in which Gymnasium writes texts letter by letter: that is slower.
    """

    def __init__(self, task: Task) -> None:
        vector: Any = import_module("gymnasium").vector
        make = [
            partial(WorkEnv, kind_of(task.kind, index), task.cpu_loops, seed=index) for index in range(task.num_envs)
        ]
        options: dict[str, Any] = {"autoreset_mode": vector.AutoresetMode.SAME_STEP}
        if task.executor == "async":
            self._vec: Any = vector.AsyncVectorEnv(make, shared_memory=False, **options)
        else:
            self._vec = vector.SyncVectorEnv(make, **options)
        self.executor = task.executor
        self._actions = (ACTION,) * task.num_envs

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
