"""Digits of numbers: their sums, and how many numbers have a given one."""

from __future__ import annotations

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, pick

BASES = [base for base in range(2, 31) if base % 10]


def _digit_sum(number: int) -> int:
    return sum(map(int, str(number)))


def _easy(rng: Rng) -> Problem:
    low = integer(rng, 10, 900)
    high = low + integer(rng, 5, 15)
    return Problem(
        f"Add up all the digits of all integers from {low} to {high}, both included. What is the sum?",
        sum(map(_digit_sum, range(low, high + 1))),
    )


def _medium(rng: Rng) -> Problem:
    base, exponent = pick(rng, BASES), integer(rng, 12, 40)
    return Problem(f"What is the sum of the digits of {base}^{exponent}?", _digit_sum(base**exponent))


def _hard(rng: Rng) -> Problem:
    digits, total = integer(rng, 4, 8), integer(rng, 5, 30)
    ways = [1] + [0] * total
    for _ in range(digits):
        ways = [sum(ways[max(0, reached - 9) : reached + 1]) for reached in range(total + 1)]
    return Problem(
        f"How many integers from 0 to {10**digits - 1} have digits whose sum is exactly {total}?", ways[total]
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
