"""Ages: what sums, differences and multiples of ages at several times say of today."""

from __future__ import annotations

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import NAMES, counted, integer, several


def _easy(rng: Rng) -> Problem:
    old, young = several(rng, NAMES, 2)
    age, older = integer(rng, 3, 50), integer(rng, 2, 30)
    return Problem(
        f"{old} is {older} years older than {young}. Together they are {2 * age + older} years old. How old is {old}?",
        age + older,
    )


def _medium(rng: Rng) -> Problem:
    old, young = several(rng, NAMES, 2)
    times, age, years = integer(rng, 2, 6), integer(rng, 3, 15), integer(rng, 1, 20)
    return Problem(
        f"{old} is {times} times as old as {young}. In {counted(years, 'year')}, the sum of their ages will be "
        f"{(times + 1) * age + 2 * years}. How old is {old} now?",
        times * age,
    )


def _hard(rng: Rng) -> Problem:
    old, young = several(rng, NAMES, 2)
    while True:
        once, then = sorted(several(rng, range(2, 9), 2), reverse=True)
        ago, child = integer(rng, 1, 12), integer(rng, 1, 14)
        years, odd = divmod(once * child + ago - then * (child + ago), then - 1)
        if not odd and 1 <= years <= 40 and once * child + ago <= 95:
            break
    return Problem(
        f"{counted(ago, 'year')} ago, {old} was {once} times as old as {young} was then. In {counted(years, 'year')}, "
        f"{old} will be {then} times as old as {young} will be then. How old is {old} now?",
        once * child + ago,
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
