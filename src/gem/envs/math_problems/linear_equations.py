"""Linear equations in one unknown, with brackets and fractions at the hard level."""

from __future__ import annotations

from fractions import Fraction

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import combination, integer, nonzero


def _easy(rng: Rng) -> Problem:
    x, factor, shift = nonzero(rng, 40), integer(rng, 2, 12), nonzero(rng, 40)
    return Problem(f"Solve {combination({'x': factor, '': shift})} = {factor * x + shift} for x.", x)


def _medium(rng: Rng) -> Problem:
    x, left, right, shift = nonzero(rng, 40), nonzero(rng, 12), nonzero(rng, 12), nonzero(rng, 60)
    right += left == right
    sides = combination({"x": left, "": shift}), combination({"x": right, "": (left - right) * x + shift})
    return Problem(f"Solve {sides[0]} = {sides[1]} for x.", x)


def _hard(rng: Rng) -> Problem:
    while True:
        a, b, c, d, e, f, g = (nonzero(rng, 12) for _ in range(7))
        slope = a * b - d - f
        if slope and abs(a) != 1 and abs(d) != 1:
            break
    first, second = combination({"x": b, "": c}), combination({"x": 1, "": e})
    left = combination({f"({first})": a, f"({second})": -d})
    return Problem(f"Solve {left} = {combination({'x': f, '': g})} for x.", Fraction(g - a * c + d * e, slope))


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
