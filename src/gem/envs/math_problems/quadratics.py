"""Quadratic equations: a solution, or what both solutions give together."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, nonzero, pick, polynomial


def _easy(rng: Rng) -> Problem:
    first = nonzero(rng, 25)
    second = first + nonzero(rng, 25)
    equation = polynomial([1, -first - second, first * second])
    return Problem(f"The equation {equation} = 0 has two solutions. What is the larger one?", max(first, second))


def _medium(rng: Rng) -> Problem:
    while True:
        a, b, c, d = integer(rng, 1, 9), nonzero(rng, 20), integer(rng, 2, 9), nonzero(rng, 20)
        first, second = Fraction(-b, a), Fraction(-d, c)
        if first != second:
            break
    equation, which = polynomial([a * c, a * d + b * c, b * d]), pick(rng, ("larger", "smaller"))
    return Problem(
        f"The equation {equation} = 0 has two solutions. What is the {which} one?",
        max(first, second) if which == "larger" else min(first, second),
    )


def _hard(rng: Rng) -> Problem:
    while True:
        a, b, c = integer(rng, 1, 6), nonzero(rng, 15), nonzero(rng, 15)
        square = b * b - 4 * a * c
        if square > 0 and isqrt(square) ** 2 != square:
            break
    total, product = Fraction(-b, a), Fraction(c, a)
    wanted, answer = pick(
        rng,
        (
            ("r^2 + s^2", total**2 - 2 * product),
            ("r^3 + s^3", total**3 - 3 * total * product),
            ("1/r + 1/s", total / product),
            ("r/s + s/r", total**2 / product - 2),
            ("(r - s)^2", total**2 - 4 * product),
        ),
    )
    return Problem(f"Let r and s be the two solutions of {polynomial([a, b, c])} = 0. What is {wanted}?", answer)


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
