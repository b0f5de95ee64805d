"""Committees chosen from several groups."""

from __future__ import annotations

from math import comb

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import counted, integer, plural, several

PEOPLE = ("teacher", "painter", "baker", "pilot", "nurse", "farmer", "singer", "lawyer")


def _easy(rng: Rng) -> Problem:
    first, second = several(rng, PEOPLE, 2)
    a, b = integer(rng, 4, 12), integer(rng, 4, 12)
    c, d = integer(rng, 2, 3), integer(rng, 1, 3)
    return Problem(
        f"A club has {counted(a, first)} and {counted(b, second)}. In how many ways can a committee of "
        f"{counted(c, first)} and {counted(d, second)} be chosen from them?",
        comb(a, c) * comb(b, d),
    )


def _medium(rng: Rng) -> Problem:
    first, second = several(rng, PEOPLE, 2)
    a, b, size = integer(rng, 3, 9), integer(rng, 3, 9), integer(rng, 3, 5)
    return Problem(
        f"A club has {counted(a, first)} and {counted(b, second)}. In how many ways can a committee of {size} be "
        f"chosen from them that has at least one {first} and at least one {second}?",
        comb(a + b, size) - comb(a, size) - comb(b, size),
    )


def _hard(rng: Rng) -> Problem:
    first, second, third = several(rng, PEOPLE, 3)
    a, b, c, size = integer(rng, 3, 6), integer(rng, 3, 6), integer(rng, 3, 6), integer(rng, 4, 6)
    least = integer(rng, 2, min(3, a))
    ways = sum(
        comb(a, i) * comb(b, j) * comb(c, size - i - j) for i in range(least, size + 1) for j in range(1, size - i + 1)
    )
    return Problem(
        f"A club has {counted(a, first)}, {counted(b, second)} and {counted(c, third)}. In how many ways can a "
        f"committee of {size} be chosen from them that has at least {least} {plural(first)} and at least one {second}?",
        ways,
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
