"""What a generated problem consists of, and how it says which form its answer has. Judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Literal, NamedTuple

import numpy as np

Level = Literal["easy", "medium", "hard"]
Rng = np.random.Generator

WHOLE = "Answer with an integer."
BROKEN = "Answer with a fraction in lowest terms, or with an integer if it is one."


class Problem(NamedTuple):
    """A question that has one right answer, and says all that is needed to find it."""

    question: str
    answer: int | Fraction
    """An int where every answer to such a question is one; a `Fraction` where only some are, or none."""

    @property
    def text(self) -> str:
        """The question, with the form of its answer."""
        return f"{self.question} {WHOLE if isinstance(self.answer, int) else BROKEN}"


Levels = Mapping[Level, Callable[[Rng], Problem]]
"""What the module of each kind calls `LEVELS`: how to draw a problem of that kind and level."""
