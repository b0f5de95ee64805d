"""What a grader says of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["correct", "wrong", "timeout", "unparsable"]


@dataclass(frozen=True, slots=True)
class MathVerdict:
    """Whether an answer equals the known one, or why that could not be found out."""

    verdict: Verdict
    """"unparsable": the answer is no mathematics, or beyond the caps of what is read at all."""
    by: Literal["exact", "math-verify", "caps"] = "exact"
    """What decided: the cheap comparison, the worker, or a cap on size and nesting."""

    @property
    def correct(self) -> bool:
        """Whether the answer is right; a timeout is not."""
        return self.verdict == "correct"
