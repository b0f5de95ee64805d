"""Cards of several colours and numbers, drawn from a shuffled deck."""

from __future__ import annotations

from fractions import Fraction
from math import comb

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import COLOURS, integer, listed, pick, several


def _deck(rng: Rng, longest: int) -> tuple[list[str], int, str]:
    """Colours, the highest number, and the deck in words."""
    colours, highest = several(rng, COLOURS, integer(rng, 3, 5)), integer(rng, 5, longest)
    deck = f"A deck has {len(colours) * highest} cards: the numbers 1 to {highest}, each once in {listed(colours)}."
    return colours, highest, deck


def _easy(rng: Rng) -> Problem:
    colours, highest, deck = _deck(rng, 20)
    above, colour = integer(rng, 2, highest - 1), pick(rng, colours)
    hits = highest + (len(colours) - 1) * (highest - above)
    return Problem(
        f"{deck} One card is drawn at random. What is the probability that it is {colour} or has a number above {above}"
        " (or both)?",
        Fraction(hits, len(colours) * highest),
    )


def _medium(rng: Rng) -> Problem:
    colours, highest, deck = _deck(rng, 20)
    sorts, cards = len(colours), len(colours) * highest
    hits = {
        "have the same colour": sorts * comb(highest, 2),
        "have the same number": highest * comb(sorts, 2),
        "have different colours and different numbers": comb(sorts, 2) * highest * (highest - 1),
        "have numbers that differ by exactly 1": (highest - 1) * sorts**2,
    }
    event = pick(rng, list(hits))
    return Problem(
        f"{deck} Two cards are drawn at random, without putting the first back. What is the probability that they "
        f"{event}?",
        Fraction(hits[event], comb(cards, 2)),
    )


def _hard(rng: Rng) -> Problem:
    colours, highest, deck = _deck(rng, 10)
    sorts, cards = len(colours), len(colours) * highest
    hits = {
        "have three different colours": comb(sorts, 3) * highest**3,
        "have three different numbers": comb(highest, 3) * sorts**3,
        "have three consecutive numbers": (highest - 2) * sorts**3,
        "include exactly two cards with the same number": highest * comb(sorts, 2) * (cards - sorts),
        f"include at least one {colours[0]} card": comb(cards, 3) - comb(cards - highest, 3),
    }
    event = pick(rng, list(hits))
    return Problem(
        f"{deck} Three cards are drawn at random, without putting any back. What is the probability that they {event}?",
        Fraction(hits[event], comb(cards, 3)),
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
