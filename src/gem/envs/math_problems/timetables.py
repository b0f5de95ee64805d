"""Timetables: minutes between two times of day, and departures that fall together."""

from __future__ import annotations

from math import lcm

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import clock, integer, several


def _easy(rng: Rng) -> Problem:
    begin, lasts = integer(rng, 300, 720), integer(rng, 61, 599)
    return Problem(
        f"A boat trip begins at {clock(begin)} and ends at {clock(begin + lasts)} on the same day. How many minutes "
        "does it last?",
        lasts,
    )


def _medium(rng: Rng) -> Problem:
    leaves, arrives = integer(rng, 1080, 1400), integer(rng, 1500, 2000)
    stops, stands = integer(rng, 2, 9), integer(rng, 2, 12)
    return Problem(
        f"A night train leaves at {clock(leaves)} and arrives at {clock(arrives)} on the next day. On the way it "
        f"stands still at {stops} stations, for {stands} minutes at each. For how many minutes does it move?",
        arrives - leaves - stops * stands,
    )


def _hard(rng: Rng) -> Problem:
    first, second, third = sorted(several(rng, range(4, 31), 3))
    begin, hours = integer(rng, 5, 8), integer(rng, 8, 14)
    pairs = ((first, second), (first, third), (second, third))
    last = 60 * hours
    three = last // lcm(first, second, third)
    together = sum(last // lcm(*pair) for pair in pairs) - 2 * three + 1  # and once at the beginning
    return Problem(
        f"Three buses leave a stop together at {begin}:00. One of them leaves again every {first} minutes, "
        f"one every {second} minutes and one every {third} minutes. At how many times from {begin}:00 to "
        f"{begin + hours}:00, both included, do at least two of the three buses leave together?",
        together,
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
