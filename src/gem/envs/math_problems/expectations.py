"""Expected values: lotteries, the higher of two dice, and how long one must wait."""

from __future__ import annotations

from fractions import Fraction

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import COLOURS, counted, integer, several


def _easy(rng: Rng) -> Problem:
    tickets = integer(rng, 8, 60)
    small, large = sorted(several(rng, range(2, 50), 2))
    many = integer(rng, 2, 5)
    total = many * small + large
    return Problem(
        f"Of the {tickets} tickets of a lottery, 1 wins {large} euros, {many} win {small} euros each, and the others "
        "win nothing. What is the expected value, in euros, of what one ticket drawn at random wins?",
        Fraction(total, tickets),
    )


def _medium(rng: Rng) -> Problem:
    first, second = sorted(several(rng, range(3, 31), 2))
    higher = sum(max(a, b) for a in range(1, first + 1) for b in range(1, second + 1))
    return Problem(
        f"Two fair dice are thrown. The faces of one are numbered from 1 to {first}, those of the other from 1 to "
        f"{second}. What is the expected value of the higher of the two numbers? (If they are equal, that number is "
        "the higher one.)",
        Fraction(higher, first * second),
    )


def _hard(rng: Rng) -> Problem:
    wanted, other = several(rng, COLOURS, 2)
    good, bad = integer(rng, 2, 7), integer(rng, 2, 9)
    place = integer(rng, 1, good)
    end = counted(place, f"{wanted} ball")
    return Problem(
        f"An urn holds {counted(good, f'{wanted} ball')} and {counted(bad, f'{other} ball')}. Balls are drawn at "
        f"random one by one, without putting any back, until {end} {'has' if place == 1 else 'have'} been drawn. What "
        "is the expected number of balls drawn?",
        Fraction(place * (good + bad + 1), good + 1),
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
