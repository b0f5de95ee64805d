"""Dice: sums, the highest number, divisibility."""

from __future__ import annotations

from fractions import Fraction

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, pick

THROW = "fair dice are thrown. The faces of each are numbered from 1 to"


def _ways(dice: int, faces: int) -> dict[int, int]:
    """How many throws have each sum."""
    ways = {0: 1}
    for _ in range(dice):
        longer: dict[int, int] = {}
        for total, number in ways.items():
            for face in range(1, faces + 1):
                longer[total + face] = longer.get(total + face, 0) + number
        ways = longer
    return ways


def _easy(rng: Rng) -> Problem:
    faces = integer(rng, 4, 12)
    total, side = integer(rng, 3, 2 * faces - 1), pick(rng, ("exactly", "at least", "at most"))
    sums = {"exactly": range(total, total + 1), "at least": range(total, 2 * faces + 1), "at most": range(total + 1)}
    hits = sum(number for reached, number in _ways(2, faces).items() if reached in sums[side])
    return Problem(
        f"2 {THROW} {faces}. What is the probability that the sum of the numbers thrown is {side} {total}?",
        Fraction(hits, faces**2),
    )


def _medium(rng: Rng) -> Problem:
    faces, dice = integer(rng, 4, 10), integer(rng, 2, 5)
    highest = integer(rng, 2, faces)
    hits = highest**dice - (highest - 1) ** dice
    return Problem(
        f"{dice} {THROW} {faces}. What is the probability that the highest number thrown is exactly {highest}?",
        Fraction(hits, faces**dice),
    )


def _hard(rng: Rng) -> Problem:
    faces, dice, divisor = integer(rng, 4, 9), integer(rng, 3, 4), integer(rng, 3, 7)
    at_least = integer(rng, dice + 1, dice * faces - divisor + 1)
    hits = sum(number for total, number in _ways(dice, faces).items() if total >= at_least and total % divisor == 0)
    return Problem(
        f"{dice} {THROW} {faces}. What is the probability that the sum of the numbers thrown is at least {at_least} "
        f"and also divisible by {divisor}?",
        Fraction(hits, faces**dice),
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
