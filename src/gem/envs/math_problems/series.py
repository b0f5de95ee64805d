"""Sums of many terms: arithmetic, geometric, and endless ones."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, nonzero, several


def _easy(rng: Rng) -> Problem:
    first, step, terms = integer(rng, 1, 40), integer(rng, 2, 12), integer(rng, 8, 40)
    last = first + (terms - 1) * step
    return Problem(
        f"What is the sum {first} + {first + step} + {first + 2 * step} + ... + {last}, in which every term is {step} "
        "more than the one before it?",
        terms * (first + last) // 2,
    )


def _medium(rng: Rng) -> Problem:
    first, ratio, terms = nonzero(rng, 20), integer(rng, 2, 5), integer(rng, 5, 8)
    return Problem(
        f"The first term of a sequence is {first}, and every later term is {ratio} times the one before it. What is "
        f"the sum of the first {terms} terms?",
        first * (ratio**terms - 1) // (ratio - 1),
    )


def _hard(rng: Rng) -> Problem:
    first = nonzero(rng, 20)
    while True:
        part, whole = sorted(several(rng, range(1, 12), 2))
        if gcd(part, whole) == 1:
            break
    ratio = Fraction(part, whole) * (1 if integer(rng, 0, 1) else -1)
    return Problem(
        f"The first term of an infinite sequence is {first}, and every later term is {ratio} times the one before it. "
        "What is the sum of all its terms?",
        first / (1 - ratio),
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
