"""A stock that grows and shrinks step by step: what is there at the end, or was there at first."""

from __future__ import annotations

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, pick, plural

PLACES = (("library", "book"), ("shop", "lamp"), ("farm", "pumpkin"), ("museum", "coin"), ("bakery", "pretzel"))
MOST = 900


def _history(rng: Rng, steps: int) -> tuple[int, list[str], int]:
    """What is there at first, what happens, and what is there at the end."""
    start = stock = integer(rng, 30, 200)
    told: list[str] = []
    while len(told) < steps:
        match integer(rng, 0, 3):
            case 0:
                change = integer(rng, 11, 99)
                stock += change
                told.append(f"{change} are added")
            case 1:
                change = integer(rng, 11, 99)
                if stock - change < 20:
                    continue
                stock -= change
                told.append(f"{change} are given away")
            case 2:
                if stock > MOST // 2:
                    continue
                stock *= 2
                told.append("the whole stock is doubled")
            case _:
                part = pick(rng, (2, 3, 4, 5))
                if stock % part or stock < 40:
                    continue
                stock -= stock // part
                told.append(f"1/{part} of the whole stock is given away")
    return start, told, stock


def _ask(rng: Rng, steps: int, backwards: bool = False) -> Problem:
    place, noun = pick(rng, PLACES)
    things = plural(noun)
    start, told, stock = _history(rng, steps)
    story = ". Then ".join(told)
    if backwards:
        return Problem(
            f"A {place} has some {things}. First {story}. In the end the {place} has {stock} {things}. "
            f"How many {things} did the {place} have at the beginning?",
            start,
        )
    return Problem(
        f"A {place} has {start} {things}. First {story}. How many {things} does the {place} have in the end?", stock
    )


def _easy(rng: Rng) -> Problem:
    return _ask(rng, 2)


def _medium(rng: Rng) -> Problem:
    return _ask(rng, 4)


def _hard(rng: Rng) -> Problem:
    return _ask(rng, 5, backwards=True)


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
