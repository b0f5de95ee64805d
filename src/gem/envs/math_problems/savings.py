"""Savings: what is saved week by week, and when that is enough."""

from __future__ import annotations

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import NAMES, integer, pick, several


def _easy(rng: Rng) -> Problem:
    name = pick(rng, NAMES)
    first, weekly, weeks = integer(rng, 5, 90), integer(rng, 3, 25), integer(rng, 3, 20)
    return Problem(
        f"{name} has {first} euros, and saves {weekly} euros more every week. How many euros does {name} have after "
        f"{weeks} weeks?",
        first + weekly * weeks,
    )


def _medium(rng: Rng) -> Problem:
    name = pick(rng, NAMES)
    first, earns, spends = integer(rng, 5, 90), integer(rng, 20, 60), integer(rng, 3, 18)
    price = first + (earns - spends) * integer(rng, 3, 60) + integer(rng, 1, earns - spends - 1)
    return Problem(
        f"{name} has {first} euros. At the end of every week, {name} gets {earns} euros, of which {spends} euros are "
        f"spent at once and the rest is saved. After how many weeks does {name} first have enough for a boat that "
        f"costs {price} euros?",
        -((first - price) // (earns - spends)),
    )


def _hard(rng: Rng) -> Problem:
    ahead, behind = several(rng, NAMES, 2)
    first, second, slow = integer(rng, 200, 900), integer(rng, 5, 150), integer(rng, 5, 30)
    fast, late = slow + integer(rng, 2, 20), integer(rng, 2, 12)
    return Problem(
        f"{ahead} has {first} euros and {behind} has {second} euros. From now on, {ahead} saves {slow} euros at the "
        f"end of every week. {behind} saves nothing during the first {late} weeks, and {fast} euros at the end of "
        f"every week after that. How many weeks from now will {behind} have more than {ahead} for the first time?",
        late + (first + slow * late - second) // (fast - slow) + 1,
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
