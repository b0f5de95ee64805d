"""Numbers whose product with a given one leaves the remainder 1."""

from __future__ import annotations

from math import gcd

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer


def _ask(rng: Rng, low: int, high: int) -> Problem:
    modulus = integer(rng, low, high)
    while True:
        number = integer(rng, 2, modulus - 2)
        if gcd(number, modulus) == 1:
            break
    return Problem(
        f"What is the smallest positive integer x for which {number} * x leaves the remainder 1 when it is divided by "
        f"{modulus}?",
        pow(number, -1, modulus),
    )


def _easy(rng: Rng) -> Problem:
    return _ask(rng, 13, 50)


def _medium(rng: Rng) -> Problem:
    return _ask(rng, 51, 250)


def _hard(rng: Rng) -> Problem:
    return _ask(rng, 251, 2500)


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
