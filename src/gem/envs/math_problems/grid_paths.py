"""Ways through a grid that only lead right and up."""

from __future__ import annotations

from math import comb

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer

WALK = "A robot walks from {start} to {end}. Each step adds 1 to its first coordinate or 1 to its second."


def _paths(x: int, y: int) -> int:
    return comb(x + y, x)


def _easy(rng: Rng) -> Problem:
    (left, low), (x, y) = ((integer(rng, 1, 20), integer(rng, 1, 20)), (integer(rng, 2, 9), integer(rng, 2, 9)))
    walk = WALK.format(start=(left, low), end=(left + x, low + y))
    return Problem(f"{walk} How many different ways can it take?", _paths(x, y))


def _through(rng: Rng) -> tuple[int, int, int, int, int]:
    """The end, a point on the way, and how many ways from (0, 0) lead through it."""
    x, y = integer(rng, 4, 9), integer(rng, 4, 9)
    a, b = integer(rng, 1, x - 1), integer(rng, 1, y - 1)
    return x, y, a, b, _paths(a, b) * _paths(x - a, y - b)


def _medium(rng: Rng) -> Problem:
    x, y, a, b, ways = _through(rng)
    walk = WALK.format(start=(0, 0), end=(x, y))
    return Problem(f"{walk} How many different ways lead through ({a}, {b})?", ways)


def _hard(rng: Rng) -> Problem:
    x, y, a, b, ways = _through(rng)
    while True:
        c, d = integer(rng, a, x), integer(rng, b, y)
        if (c, d) not in ((a, b), (x, y)):
            break
    walk = WALK.format(start=(0, 0), end=(x, y))
    both = _paths(a, b) * _paths(c - a, d - b) * _paths(x - c, y - d)
    return Problem(
        f"{walk} It must pass neither through ({a}, {b}) nor through ({c}, {d}). How many different ways can it take?",
        _paths(x, y) - ways - _paths(c, d) * _paths(x - c, y - d) + both,
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
