"""Prices that rise and fall by percentages."""

from __future__ import annotations

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, nonzero, pick

WARES = ("sofa", "bicycle", "camera", "guitar", "coat", "tent", "table", "watch")


def _step(percent: int) -> str:
    return f"{'raised' if percent > 0 else 'lowered'} by {abs(percent)}%"


def _changes(rng: Rng) -> tuple[int, int, int, int]:
    """A price, two changes of it, and the price after them, all of them whole."""
    while True:
        price, first, second = 10 * integer(rng, 5, 99), 5 * nonzero(rng, 10), 5 * nonzero(rng, 10)
        after, rest = divmod(price * (100 + first) * (100 + second), 10_000)
        if not rest and after != price:
            return price, first, second, after


def _easy(rng: Rng) -> Problem:
    price, percent = 20 * integer(rng, 3, 99), 5 * nonzero(rng, 12)
    return Problem(
        f"A {pick(rng, WARES)} costs {price} euros. Its price is {_step(percent)}. How many euros does it cost then?",
        price * (100 + percent) // 100,
    )


def _medium(rng: Rng) -> Problem:
    price, first, second, after = _changes(rng)
    return Problem(
        f"A {pick(rng, WARES)} costs {price} euros. Its price is {_step(first)}, and the new price is later "
        f"{_step(second)}. How many euros does it cost then?",
        after,
    )


def _hard(rng: Rng) -> Problem:
    price, first, second, after = _changes(rng)
    return Problem(
        f"The price of a {pick(rng, WARES)} was {_step(first)}, and the new price was later {_step(second)}. It costs "
        f"{after} euros now. How many euros did it cost at first?",
        price,
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
