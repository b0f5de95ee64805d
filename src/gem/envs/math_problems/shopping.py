"""Shopping: the price of several things, the change from a note, a discount and a fee."""

from __future__ import annotations

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import NAMES, counted, integer, listed, pick, several

GOODS = ("pencil", "notebook", "candle", "mug", "scarf", "lamp", "basket", "brush", "kite", "puzzle", "blanket", "bowl")


def _basket(rng: Rng, sorts: int, dearest: int) -> tuple[str, int]:
    """What is bought, in words, and its price."""
    parts: list[str] = []
    total = 0
    for noun in several(rng, GOODS, sorts):
        number, price = integer(rng, 2, 9), integer(rng, 2, dearest)
        parts.append(f"{counted(number, noun)} at {price} euros each")
        total += number * price
    return listed(parts), total


def _easy(rng: Rng) -> Problem:
    goods, total = _basket(rng, 2, 15)
    name = pick(rng, NAMES)
    return Problem(f"{name} buys {goods}. How many euros does {name} pay in total?", total)


def _medium(rng: Rng) -> Problem:
    goods, total = _basket(rng, 3, 20)
    name, notes = pick(rng, NAMES), total // 50 + 1
    paid = counted(notes, "note") + " of 50 euros"
    return Problem(
        f"{name} buys {goods}, and pays with {paid}. How many euros does {name} get back?", notes * 50 - total
    )


def _hard(rng: Rng) -> Problem:
    while True:
        goods, total = _basket(rng, 3, 30)
        percent, fee = pick(rng, (5, 10, 15, 20, 25, 30, 40)), integer(rng, 3, 19)
        if total * percent % 100 == 0:
            break
    name = pick(rng, NAMES)
    return Problem(
        f"{name} orders {goods}. The shop takes {percent}% off the price of the goods, and then adds {fee} euros for "
        f"the delivery. How many euros does {name} pay in total?",
        total - total * percent // 100 + fee,
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
