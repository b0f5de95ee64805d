"""How many numbers of a range are divisible by some of several numbers."""

from __future__ import annotations

from math import lcm

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, several


def _until(limit: int, *divisors: int) -> int:
    """How many numbers from 1 to `limit` are divisible by each of the divisors."""
    return limit // lcm(*divisors)


def _range(rng: Rng, longest: int) -> tuple[int, int]:
    low = integer(rng, 20, 400)
    return low, low + integer(rng, longest // 4, longest)


def _easy(rng: Rng) -> Problem:
    (low, high), divisor = _range(rng, 800), integer(rng, 3, 19)
    return Problem(
        f"How many integers from {low} to {high}, both included, are divisible by {divisor}?",
        _until(high, divisor) - _until(low - 1, divisor),
    )


def _medium(rng: Rng) -> Problem:
    (low, high), (a, b) = _range(rng, 2000), sorted(several(rng, range(3, 20), 2))

    def hits(limit: int) -> int:
        return _until(limit, a) + _until(limit, b) - _until(limit, a, b)

    return Problem(
        f"How many integers from {low} to {high}, both included, are divisible by {a} or by {b} (or by both)?",
        hits(high) - hits(low - 1),
    )


def _hard(rng: Rng) -> Problem:
    (low, high), (a, b, c) = _range(rng, 5000), sorted(several(rng, range(3, 20), 3))

    def hits(limit: int) -> int:
        one = _until(limit, a) + _until(limit, b) + _until(limit, c)
        two = _until(limit, a, b) + _until(limit, a, c) + _until(limit, b, c)
        return one - 2 * two + 3 * _until(limit, a, b, c)

    return Problem(
        f"How many integers from {low} to {high}, both included, are divisible by exactly one of the three numbers "
        f"{a}, {b} and {c}?",
        hits(high) - hits(low - 1),
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
