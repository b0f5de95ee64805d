"""Journeys: distance, average speed, and when two travellers meet."""

from __future__ import annotations

from fractions import Fraction

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import NAMES, counted, integer, pick, several

TOWNS = ("Ashby", "Birkdale", "Corran", "Dunmore", "Elsford", "Farnley", "Gilden", "Harrow Hill", "Ilston", "Kelby")


def _easy(rng: Rng) -> Problem:
    name, (first, second) = pick(rng, NAMES), (integer(rng, 2, 6), integer(rng, 2, 6))
    road, track = integer(rng, 60, 110), integer(rng, 12, 50)
    return Problem(
        f"{name} drives for {first} hours at {road} km per hour, and then for {second} hours at {track} km per hour. "
        f"How many kilometres does {name} drive in total?",
        first * road + second * track,
    )


def _medium(rng: Rng) -> Problem:
    name = pick(rng, NAMES)
    out, back = several(rng, range(6, 40), 2)
    distance = integer(rng, 2, 30) * 3
    return Problem(
        f"{name} cycles {distance} km to a lake at {out} km per hour, and takes the same way back at {back} km per "
        f"hour. What is {name}'s average speed over the whole way, in km per hour?",
        Fraction(2 * out * back, out + back),
    )


def _hard(rng: Rng) -> Problem:
    here, there = several(rng, TOWNS, 2)
    slow, fast, later = integer(rng, 30, 70), integer(rng, 71, 130), integer(rng, 2, 11) * 5
    distance = integer(rng, 90, 600)
    hours = (distance + fast * Fraction(later, 60)) / (slow + fast)
    return Problem(
        f"{here} and {there} lie {distance} km apart on a straight road. A lorry leaves {here} for {there} at {slow} "
        f"km per hour. {counted(later, 'minute')} later, a car leaves {there} for {here} at {fast} km per hour. How "
        "many minutes after the lorry has left do the two meet?",
        60 * hours,
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
