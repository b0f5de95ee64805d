"""Linear congruences: the smallest solution, or the number of solutions in a range."""

from __future__ import annotations

from math import gcd

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer


def _draw(rng: Rng, low: int, high: int, largest_divisor: int) -> tuple[int, int, int]:
    """A factor, a remainder and a modulus: a solvable congruence."""
    while True:
        modulus = integer(rng, low, high)
        factor, solution = integer(rng, 3, modulus - 1), integer(rng, 1, modulus - 1)
        if 1 < gcd(factor, modulus) <= largest_divisor or largest_divisor == gcd(factor, modulus) == 1:
            return factor, factor * solution % modulus, modulus


def _smallest(factor: int, remainder: int, modulus: int) -> int:
    divisor = gcd(factor, modulus)
    return pow(factor // divisor, -1, modulus // divisor) * (remainder // divisor) % (modulus // divisor)


def _ask(factor: int, remainder: int, modulus: int) -> Problem:
    return Problem(
        f"What is the smallest integer x, 0 or larger, for which {factor} * x leaves the remainder {remainder} when it "
        f"is divided by {modulus}?",
        _smallest(factor, remainder, modulus),
    )


def _easy(rng: Rng) -> Problem:
    return _ask(*_draw(rng, 23, 70, 1))


def _medium(rng: Rng) -> Problem:
    return _ask(*_draw(rng, 80, 400, 4))


def _hard(rng: Rng) -> Problem:
    factor, remainder, modulus = _draw(rng, 20, 120, 12)
    limit = integer(rng, 1000, 9999)
    step = modulus // gcd(factor, modulus)
    return Problem(
        f"For how many integers x from 0 to {limit} does {factor} * x leave the remainder {remainder} when it is "
        f"divided by {modulus}?",
        (limit - _smallest(factor, remainder, modulus)) // step + 1,
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
