"""Machines and pipes: what several of them do together, and how long that takes."""

from __future__ import annotations

from fractions import Fraction

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, pick, plural, several

WARES = ("bottle", "label", "tile", "screw", "carton", "jar")


def _easy(rng: Rng) -> Problem:
    wares = plural(pick(rng, WARES))
    known, per_machine, hours = integer(rng, 2, 6), integer(rng, 3, 19), integer(rng, 2, 9)
    number = known + integer(rng, 1, 9)
    return Problem(
        f"{known} machines of one model make {known * per_machine} {wares} per hour in total. How many {wares} do "
        f"{number} machines of this model make in {hours} hours?",
        number * per_machine * hours,
    )


def _medium(rng: Rng) -> Problem:
    first, second = several(rng, range(2, 30), 2)
    return Problem(
        f"One tap alone fills an empty tank in {first} hours, another alone in {second} hours. How many hours do the "
        "two taps together need to fill the empty tank?",
        Fraction(first * second, first + second),
    )


def _hard(rng: Rng) -> Problem:
    while True:
        first, second, drain = several(rng, range(3, 25), 3)
        rate = Fraction(1, first) + Fraction(1, second) - Fraction(1, drain)
        if rate > 0:
            break
    alone = integer(rng, 2, first - 1)
    return Problem(
        f"The first tap alone fills an empty tank in {first} hours, the second alone in {second} hours, and a drain "
        f"alone empties the full tank in {drain} hours. The tank is empty when the first tap is opened. {alone} hours "
        "later, the second tap and the drain are opened as well. How many hours after the first tap was opened is the "
        "tank full?",
        alone + (1 - Fraction(alone, first)) / rate,
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
