"""What a programming problem consists of, and how its text reads. Judges nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Checker = Callable[[Any, Any, Any], bool]
"""`checker(input, expected, got)`: whether `got` is right. It never raises, whatever `got` is: the program's whole
stdout, or what its function returned after a trip through JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A task with an endless supply of tests, a solution that passes them and wrong ones that do not.

    An input is the text on stdin, or the tuple of arguments (JSON values) of a function.
    """

    name: str
    title: str
    difficulty: Literal["easy", "medium", "hard"]
    task: str
    """What is asked, with the format of input and output and the bounds."""
    examples: tuple[tuple[Any, Any], ...]
    """Inputs with their answers, as `statement` shows them."""
    generate: Callable[[np.random.Generator], list[Any]]
    """About a dozen inputs: always the edge cases, then small ones, then some at the bounds."""
    answer: Callable[[Any], Any]
    """The expected stdout or value of an input, found by another way than the reference's."""
    valid: Callable[[Any], bool]
    """Whether an input lies within the bounds that the task names; it may also raise `ValueError`."""
    reference: str
    """A whole program, or the text of the function, that passes every test."""
    wrong: Mapping[str, str]
    """Programs that look right and are not, by what is wrong with them. Those whose name begins with "slow" run
    into the time limit, those with "crash" end with an exception; the others give a wrong answer."""
    checker: Literal["tokens", "exact", "float"] | Checker = "tokens"
    """How stdout or the value is compared: token by token, as a whole, with a tolerance of 1e-6, or by a function."""
    signature: str = ""
    """For a function: its first line without the colon, such as "def area(sides: list[int]) -> float"."""
    timeout_s: float = 2.0
    """What the reference needs at the bounds lies far below; what a slow program needs, far above."""

    @property
    def kind(self) -> Literal["stdin", "call"]:
        """A program that reads stdin and prints, or a function."""
        return "call" if self.signature else "stdin"

    @property
    def function(self) -> str | None:
        """The name of the function that is asked for."""
        return self.signature.removeprefix("def ").partition("(")[0] or None

    @property
    def statement(self) -> str:
        """The text for the agent."""
        parts = [self.title, self.task.strip()]
        if self.signature:
            parts.append(f"Write this function:\n{self.signature}")
        return "\n\n".join([*parts, *map(self._example, self.examples)]) + "\n"

    def _example(self, example: tuple[Any, Any]) -> str:
        given, answer = example
        if self.signature:
            return f"Example: {self.function}({', '.join(map(repr, given))}) returns {answer!r}"
        return f"Example input:\n{given.rstrip()}\nExample output:\n{answer.rstrip()}"
