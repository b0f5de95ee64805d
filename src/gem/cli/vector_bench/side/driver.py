"""What a measurement needs of a vector, whoever made it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np

from .work import ACTION

GUESSES = 50
"""The game of the kind `chat` hides one of the numbers up to this."""


@dataclass(frozen=True, slots=True)
class Task:
    """One vector to measure."""

    driver: str
    """The class that steps it, as `"module:class"` of this package."""
    kind: str
    num_envs: int
    executor: str = "auto"
    """How it is run, in the words of its own gym."""
    cpu_loops: int = 0


class Driver(ABC):
    """A vector of envs that is stepped on and on."""

    executor: str
    """How the envs are run."""

    @abstractmethod
    def begin(self, seed: int) -> None:
        """Reset every env."""

    @abstractmethod
    def advance(self) -> int:
        """Go on by one call, and say how many envs have made a step."""

    @abstractmethod
    def close(self) -> None:
        """Leave nothing behind."""


def rows_of_actions(task: Task) -> Iterator[list[Any]]:
    """An action for each env, without end; made beforehand, so that no time is spent on them."""
    if task.kind != "chat":
        return cycle([[ACTION] * task.num_envs])
    order = [np.random.default_rng(index).permutation(GUESSES) + 1 for index in range(task.num_envs)]
    return cycle([[f"\\boxed{{{guesses[turn]}}}" for guesses in order] for turn in range(GUESSES)])
