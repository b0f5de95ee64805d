"""Like things handed out to different people."""

from __future__ import annotations

from math import comb

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, pick, plural

THINGS = ("apple", "coin", "balloon", "pen", "plum", "ticket")


def _asked(rng: Rng, things: int, children: int) -> str:
    noun = plural(pick(rng, THINGS))
    return f"In how many ways can {things} {noun}, which are all alike, be given to {children} different children"


def _easy(rng: Rng) -> Problem:
    things, children = integer(rng, 4, 30), integer(rng, 2, 4)
    return Problem(f"{_asked(rng, things, children)}? A child may get none.", comb(things + children - 1, children - 1))


def _medium(rng: Rng) -> Problem:
    children, least = integer(rng, 3, 5), integer(rng, 1, 3)
    things = children * least + integer(rng, 2, 15)
    return Problem(
        f"{_asked(rng, things, children)}, if each child gets at least {least}?",
        comb(things - children * least + children - 1, children - 1),
    )


def _hard(rng: Rng) -> Problem:
    children, most = integer(rng, 3, 5), integer(rng, 3, 9)
    things = integer(rng, most + 1, children * most - 2)
    ways = sum(
        (-1) ** full * comb(children, full) * comb(things - full * (most + 1) + children - 1, children - 1)
        for full in range(things // (most + 1) + 1)
    )
    return Problem(f"{_asked(rng, things, children)}, if each child gets at most {most}? A child may get none.", ways)


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
