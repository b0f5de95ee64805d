"""What a figure is: the numbers that it shows, a question on them, and the exact answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction
from typing import Any, ClassVar, Self

import numpy as np

from gem.envs.figures.canvas import Canvas

EASY, MEDIUM, HARD = 0, 1, 2
"""Levels: one step, several, or several of which one is hidden."""


class Figure(ABC):
    """A figure with a question. Subclasses are frozen dataclasses, whose fields are all that it shows.

    The text of the question holds no number that the answer depends on: that is what the picture is for.
    """

    kind: ClassVar[str]
    """What `kinds=` calls it."""

    @classmethod
    @abstractmethod
    def new(cls, rng: np.random.Generator, level: int) -> Self:
        """Draw the numbers."""

    @property
    @abstractmethod
    def question(self) -> str:
        """What is asked: a few different texts for each kind, and many answers to each."""

    @property
    @abstractmethod
    def answer(self) -> Fraction:
        """The exact answer."""

    @abstractmethod
    def draw(self, canvas: Canvas) -> None:
        """Show every number."""

    def image(self) -> Any:
        """The picture, a `PIL.Image.Image`. Raises `MissingExtra` without Pillow."""
        canvas = Canvas()
        self.draw(canvas)
        return canvas.image()


def whole(rng: np.random.Generator, low: int, high: int) -> int:
    """A whole number from `low` to `high`, both included."""
    return int(rng.integers(low, high, endpoint=True))


def numbers(rng: np.random.Generator, count: int, low: int, high: int) -> tuple[int, ...]:
    """So many different whole numbers, in random order."""
    return tuple(int(value) for value in rng.permutation(np.arange(low, high + 1))[:count])
