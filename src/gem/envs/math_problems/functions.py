"""Functions of functions, at a given place."""

from __future__ import annotations

from fractions import Fraction

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import combination, integer, nonzero, polynomial


def _easy(rng: Rng) -> Problem:
    slope, shift, constant, x = integer(rng, 2, 9), nonzero(rng, 20), nonzero(rng, 20), nonzero(rng, 9)
    f, g = polynomial([slope, shift]), polynomial([1, 0, constant])
    return Problem(f"Let f(x) = {f} and g(x) = {g}. What is f(g({x}))?", slope * (x * x + constant) + shift)


def _medium(rng: Rng) -> Problem:
    slope, shift, x = integer(rng, 2, 9), nonzero(rng, 12), nonzero(rng, 9)
    square, line, constant = nonzero(rng, 4), nonzero(rng, 9), nonzero(rng, 20)

    def f(x: int) -> int:
        return slope * x + shift

    def g(x: int) -> int:
        return square * x * x + line * x + constant

    rules = f"f(x) = {polynomial([slope, shift])} and g(x) = {polynomial([square, line, constant])}"
    return Problem(f"Let {rules}. What is f(g({x})) - g(f({x}))?", f(g(x)) - g(f(x)))


def _hard(rng: Rng) -> Problem:
    while True:
        a, b, c, d = (nonzero(rng, 9) for _ in range(4))
        start = value = Fraction(nonzero(rng, 9))
        for _ in range(3):
            below = c * value + d
            if not below:
                break
            value = (a * value + b) / below
        else:
            if a * d != b * c:
                break
    rule = f"({combination({'x': a, '': b})}) / ({combination({'x': c, '': d})})"
    return Problem(f"Let f(x) = {rule}. What is f(f(f({start})))?", value)


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
