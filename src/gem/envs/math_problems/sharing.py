"""Sharing: equal parts, what is left over, and parts of what others leave."""

from __future__ import annotations

from fractions import Fraction

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import NAMES, integer, pick, plural, several

THINGS = ("sweet", "marble", "sticker", "walnut", "card", "bead", "shell", "strawberry")


def _easy(rng: Rng) -> Problem:
    things, name = plural(pick(rng, THINGS)), pick(rng, NAMES)
    while True:
        bags, each, children = integer(rng, 2, 12), integer(rng, 6, 40), integer(rng, 2, 9)
        if bags * each % children == 0 and bags != children:
            break
    return Problem(
        f"{name} has {bags} bags with {each} {things} each, and shares all the {things} equally among {children} "
        f"children. How many {things} does each child get?",
        bags * each // children,
    )


def _medium(rng: Rng) -> Problem:
    things, name = plural(pick(rng, THINGS)), pick(rng, NAMES)
    boxes, bags = integer(rng, 3, 19), integer(rng, 3, 19)
    in_box, in_bag, in_tin = integer(rng, 11, 40), integer(rng, 11, 40), integer(rng, 41, 99)
    return Problem(
        f"{name} has {boxes} boxes with {in_box} {things} each and {bags} bags with {in_bag} {things} each. {name} "
        f"puts all of them into tins that hold {in_tin} {things} each, and fills as many tins as possible. How many "
        f"{things} are left over?",
        (boxes * in_box + bags * in_bag) % in_tin,
    )


def _hard(rng: Rng) -> Problem:
    things = plural(pick(rng, THINGS))
    first, second, third = several(rng, NAMES, 3)
    taken, of_rest = (Fraction(integer(rng, 1, below - 1), below) for below in (integer(rng, 3, 7), integer(rng, 3, 7)))
    per_thing = (1 - taken) * (1 - of_rest)
    least = per_thing.numerator * taken.denominator
    left = least * integer(rng, 2, max(3, 120 // least))
    return Problem(
        f"{first}, {second} and {third} share a heap of {things}. {first} takes {taken} of the heap, {second} takes "
        f"{of_rest} of what is then left, and the remaining {left} {things} go to {third}. How many {things} were in "
        "the heap at first?",
        int(left / per_thing),
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
