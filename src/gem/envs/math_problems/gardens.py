"""Gardens: the lengths and areas of rectangles."""

from __future__ import annotations

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import NAMES, integer, pick, several


def _easy(rng: Rng) -> Problem:
    width, length = sorted(several(rng, range(3, 60), 2))
    return Problem(
        f"A rectangular garden is {length} m long, and the fence around it has a length of {2 * (length + width)} m. "
        "What is the area of the garden in square metres?",
        length * width,
    )


def _medium(rng: Rng) -> Problem:
    width, length = sorted(several(rng, range(8, 60), 2))
    gate, price = integer(rng, 2, 6), integer(rng, 3, 19)
    name = pick(rng, NAMES)
    return Problem(
        f"{name}'s rectangular garden is {length} m long and has an area of {length * width} square metres. {name} "
        f"fences in the whole garden, but for a gate of {gate} m. A metre of fence costs {price} euros. How many euros "
        "does the fence cost?",
        (2 * (length + width) - gate) * price,
    )


def _hard(rng: Rng) -> Problem:
    width, length = sorted(several(rng, range(5, 50), 2))
    path = integer(rng, 1, 6)
    around = (length + 2 * path) * (width + 2 * path) - length * width
    return Problem(
        f"A rectangular pool is {length} m long. A path that is {path} m wide runs all around it, so that pool and "
        f"path together form a larger rectangle. The path has an area of {around} square metres. What is the area of "
        "the pool in square metres?",
        length * width,
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
