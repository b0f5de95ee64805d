"""Mixtures: parts of a whole, the strength of a blend, and what must be added."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import COLOURS, integer, several


def _easy(rng: Rng) -> Problem:
    first, second = several(rng, COLOURS, 2)
    while True:
        parts, others = several(rng, range(1, 10), 2)
        if gcd(parts, others) == 1:
            break
    litre = integer(rng, 2, 15)
    return Problem(
        f"A painter mixes {first} and {second} paint in the ratio {parts}:{others}, and gets {litre * (parts + others)}"
        f" litres. How many litres of {first} paint are in the mixture?",
        litre * parts,
    )


def _medium(rng: Rng) -> Problem:
    weak, strong = sorted(several(rng, range(5, 80), 2))
    litres, others = integer(rng, 2, 20), integer(rng, 2, 20)
    return Problem(
        f"{litres} litres of a juice drink of which {weak}% is fruit are mixed with {others} litres of one of which "
        f"{strong}% is fruit. How many litres of fruit are in the mixture?",
        Fraction(litres * weak + others * strong, 100),
    )


def _hard(rng: Rng) -> Problem:
    weak, goal, strong = sorted(several(rng, range(5, 80), 3))
    litres = integer(rng, 3, 30)
    return Problem(
        f"A chemist has {litres} litres of a solution of which {strong}% of the volume is alcohol. How many litres of "
        f"another solution, of which {weak}% of the volume is alcohol, must be added to get a solution of which {goal}%"
        " of the volume is alcohol? Volumes add up.",
        Fraction(litres * (strong - goal), goal - weak),
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
