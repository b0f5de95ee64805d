"""Codes of several digits under a condition."""

from __future__ import annotations

from math import perm

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, several


def _asked(length: int, digits: int, condition: str) -> str:
    return f"How many codes of {length} digits, each of them from 1 to {digits}, {condition}?"


def _easy(rng: Rng) -> Problem:
    length, digits = integer(rng, 2, 5), integer(rng, 5, 9)
    first, last = integer(rng, 1, digits - 1), integer(rng, 1, digits - 1)
    return Problem(
        _asked(length, digits, f"begin with a digit above {first} and do not end with the digit {last}"),
        (digits - first) * digits ** (length - 2) * (digits - 1),
    )


def _medium(rng: Rng) -> Problem:
    length, digits = integer(rng, 3, 5), integer(rng, 5, 9)
    if integer(rng, 0, 1):
        return Problem(
            _asked(length, digits, "contain some digit more than once"), digits**length - perm(digits, length)
        )
    wanted = integer(rng, 1, digits)
    return Problem(
        _asked(length, digits, f"contain the digit {wanted} at least once"), digits**length - (digits - 1) ** length
    )


def _hard(rng: Rng) -> Problem:
    length, digits = integer(rng, 3, 6), integer(rng, 4, 9)
    first, second = sorted(several(rng, range(1, digits + 1), 2))
    if integer(rng, 0, 1):
        return Problem(
            _asked(length, digits, f"contain both the digit {first} and the digit {second}"),
            digits**length - 2 * (digits - 1) ** length + (digits - 2) ** length,
        )
    return Problem(
        _asked(
            length, digits, "have no two equal digits next to each other and do not begin and end with the same digit"
        ),
        (digits - 1) ** length + (-1) ** length * (digits - 1),
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
