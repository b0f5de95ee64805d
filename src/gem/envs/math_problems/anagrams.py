"""Strings of letters, some of which occur several times."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, factorial, prod

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, listed, several

LETTERS = "ABDEHKLMNPRST"


def _strings(numbers: Sequence[int]) -> int:
    """How many strings have each letter so many times."""
    return factorial(sum(numbers)) // prod(map(factorial, numbers))


def _draw(rng: Rng, sorts: int, fewest: int, most: int) -> tuple[list[str], list[int], str]:
    """Letters, how often each occurs, and the question which strings do so."""
    letters = several(rng, LETTERS, sorts)
    numbers = [integer(rng, fewest, most) for _ in letters]
    told = listed([f"the letter {letter} {number} times" for letter, number in zip(letters, numbers, strict=True)])
    return letters, numbers, f"How many different strings of {sum(numbers)} letters contain {told}"


def _easy(rng: Rng) -> Problem:
    _, numbers, asked = _draw(rng, 2, 2, 9)
    return Problem(f"{asked}?", _strings(numbers))


def _medium(rng: Rng) -> Problem:
    _, numbers, asked = _draw(rng, 3, 1, 7)
    return Problem(f"{asked}?", _strings(numbers))


def _hard(rng: Rng) -> Problem:
    while True:
        letters, (first, *others), asked = _draw(rng, 3, 2, 7)
        if first <= sum(others):
            break
    return Problem(
        f"{asked}, and have no two {letters[0]}'s next to each other?", comb(sum(others) + 1, first) * _strings(others)
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
