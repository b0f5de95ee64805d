"""Biased coins: how often heads come up."""

from __future__ import annotations

from fractions import Fraction
from math import comb, gcd

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import counted, integer, pick, several


def _coin(rng: Rng) -> Fraction:
    while True:
        part, whole = sorted(several(rng, range(1, 13), 2))
        if gcd(part, whole) == 1:
            return Fraction(part, whole)


def _tossed(heads: Fraction, tosses: int) -> str:
    return f"A coin comes up heads with probability {heads}. It is tossed {tosses} times."


def _exactly(heads: Fraction, tosses: int, number: int) -> Fraction:
    return comb(tosses, number) * heads**number * (1 - heads) ** (tosses - number)


def _easy(rng: Rng) -> Problem:
    heads, tosses = _coin(rng), integer(rng, 2, 4)
    number = integer(rng, 1, tosses)
    return Problem(
        f"{_tossed(heads, tosses)} What is the probability of exactly {counted(number, 'head')}?",
        _exactly(heads, tosses, number),
    )


def _medium(rng: Rng) -> Problem:
    heads, tosses = _coin(rng), integer(rng, 3, 5)
    number, side = integer(rng, 1, tosses - 1), pick(rng, ("at least", "at most"))
    wanted = range(number, tosses + 1) if side == "at least" else range(number + 1)
    return Problem(
        f"{_tossed(heads, tosses)} What is the probability of {side} {counted(number, 'head')}?",
        sum((_exactly(heads, tosses, heads_seen) for heads_seen in wanted), Fraction(0)),
    )


def _hard(rng: Rng) -> Problem:
    heads, tosses = _coin(rng), integer(rng, 3, 5)
    number = integer(rng, 2, tosses)
    known = sum((_exactly(heads, tosses, seen) for seen in range(1, tosses + 1)), Fraction(0))
    wanted = sum((_exactly(heads, tosses, seen) for seen in range(number, tosses + 1)), Fraction(0))
    return Problem(
        f"{_tossed(heads, tosses)} Given that it came up heads at least once, what is the probability that it came up "
        f"heads at least {number} times?",
        wanted / known,
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
