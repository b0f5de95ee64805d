"""Equations in whole numbers: their solutions, and what cannot be paid with given coins."""

from __future__ import annotations

from math import gcd

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, several


def _easy(rng: Rng) -> Problem:
    while True:
        small, large = sorted(several(rng, range(3, 24), 2))
        if gcd(small, large) == 1:
            break
    return Problem(
        f"A land has coins of {small} and {large} crowns only, and nobody gives change. What is the largest whole "
        "number of crowns that cannot be paid exactly?",
        small * large - small - large,
    )


def _medium(rng: Rng) -> Problem:
    small, large = sorted(several(rng, range(2, 16), 2))
    total = small * integer(rng, 10, 60) + large * integer(rng, 10, 60)
    ways = sum((total - large * y) % small == 0 for y in range(total // large + 1))
    return Problem(f"How many pairs (x, y) of integers, each 0 or larger, satisfy {small}x + {large}y = {total}?", ways)


def _hard(rng: Rng) -> Problem:
    while True:
        a, b, c = sorted(several(rng, range(2, 12), 3))
        if gcd(a, b, c) == 1:
            break
    total = integer(rng, 60, 250)
    ways = [1] + [0] * total
    for coin in (a, b, c):
        for reached in range(coin, total + 1):
            ways[reached] += ways[reached - coin]
    return Problem(
        f"How many triples (x, y, z) of integers, each 0 or larger, satisfy {a}x + {b}y + {c}z = {total}?", ways[total]
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
