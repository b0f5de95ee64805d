"""Heads and legs: how many animals of each sort there are."""

from __future__ import annotations

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import counted, integer, pick, plural

BIRDS = ("hen", "duck", "goose", "turkey")
BEASTS = ("goat", "pig", "horse", "rabbit", "donkey")
LEGS = "A {bird} has 2 legs, a {beast} has 4."


def _sorts(rng: Rng) -> tuple[str, str]:
    return pick(rng, BIRDS), pick(rng, BEASTS)


def _easy(rng: Rng) -> Problem:
    bird, beast = _sorts(rng)
    birds, beasts = integer(rng, 2, 40), integer(rng, 2, 40)
    return Problem(
        f"{LEGS.format(bird=bird, beast=beast)} How many legs do {counted(birds, bird)} and {counted(beasts, beast)} "
        "have in total?",
        2 * birds + 4 * beasts,
    )


def _medium(rng: Rng) -> Problem:
    bird, beast = _sorts(rng)
    birds, beasts = integer(rng, 5, 80), integer(rng, 5, 80)
    return Problem(
        f"{LEGS.format(bird=bird, beast=beast)} On a farm there are only {plural(bird)} and {plural(beast)}. They have "
        f"{birds + beasts} heads and {2 * birds + 4 * beasts} legs in total. How many {plural(beast)} are there?",
        beasts,
    )


def _hard(rng: Rng) -> Problem:
    bird, beast = _sorts(rng)
    birds, times, spiders = integer(rng, 3, 25), integer(rng, 2, 6), integer(rng, 3, 60)
    beasts = times * birds
    return Problem(
        f"{LEGS.format(bird=bird, beast=beast)} A spider has 8. In a barn there are only {plural(bird)}, "
        f"{plural(beast)} and spiders: {birds + beasts + spiders} animals with "
        f"{2 * birds + 4 * beasts + 8 * spiders} legs in total. There are {times} times as many {plural(beast)} as "
        f"{plural(bird)}. How many spiders are there?",
        spiders,
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
