"""Remainders of powers."""

from __future__ import annotations

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer


def _easy(rng: Rng) -> Problem:
    base, exponent, modulus = integer(rng, 3, 30), integer(rng, 3, 9), integer(rng, 31, 97)
    return Problem(
        f"What is the remainder when {base}^{exponent} is divided by {modulus}?", pow(base, exponent, modulus)
    )


def _medium(rng: Rng) -> Problem:
    base, exponent, modulus = integer(rng, 3, 99), integer(rng, 30, 500), integer(rng, 51, 199)
    return Problem(
        f"What is the remainder when {base}^{exponent} is divided by {modulus}?", pow(base, exponent, modulus)
    )


def _hard(rng: Rng) -> Problem:
    (a, m), (b, n) = ((integer(rng, 3, 199), integer(rng, 200, 5000)) for _ in range(2))
    modulus = integer(rng, 101, 999)
    answer = (pow(a, m, modulus) + pow(b, n, modulus)) % modulus
    return Problem(f"What is the remainder when {a}^{m} + {b}^{n} is divided by {modulus}?", answer)


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
