"""Urns: balls drawn at random, without putting any back."""

from __future__ import annotations

from fractions import Fraction
from math import comb

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import COLOURS, counted, integer, listed, pick, several


def _urn(rng: Rng, sorts: int, most: int) -> tuple[list[str], list[int], str]:
    """The colours, how many balls there are of each, and that in words."""
    colours, numbers = several(rng, COLOURS, sorts), [integer(rng, 2, most) for _ in range(sorts)]
    parts = [counted(number, f"{colour} ball") for colour, number in zip(colours, numbers, strict=True)]
    return colours, numbers, f"An urn holds {listed(parts)}."


def _easy(rng: Rng) -> Problem:
    (colour, *_), (first, *others), urn = _urn(rng, 3, 20)
    is_asked = bool(integer(rng, 0, 1))
    hits, total = first if is_asked else sum(others), first + sum(others)
    return Problem(
        f"{urn} One ball is drawn at random. What is the probability that it is {'' if is_asked else 'not '}{colour}?",
        Fraction(hits, total),
    )


def _medium(rng: Rng) -> Problem:
    _, numbers, urn = _urn(rng, 3, 12)
    same = Fraction(sum(comb(number, 2) for number in numbers), comb(sum(numbers), 2))
    asked = pick(rng, ("the same colour", "different colours"))
    return Problem(
        f"{urn} Two balls are drawn at random, without putting the first back. What is the probability that they have "
        f"{asked}?",
        same if asked == "the same colour" else 1 - same,
    )


def _hard(rng: Rng) -> Problem:
    (colour, *_), (first, *others), urn = _urn(rng, 3, 7)
    drawn, rest = integer(rng, 3, 5), sum(others)
    low = max(1, drawn - rest)
    hit = integer(rng, low, min(first, drawn))
    exactly = Fraction(comb(first, hit) * comb(rest, drawn - hit), comb(first + rest, drawn))
    return Problem(
        f"{urn} {drawn} balls are drawn at random, without putting any back. What is the probability that exactly "
        f"{hit} of the {drawn} balls {'is' if hit == 1 else 'are'} {colour}?",
        exactly,
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
