"""Arrange all numbers of n bits in a ring so that neighbours differ in one bit."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer

TASK = """
A lighthouse has n lamps and shows the numbers from 0 to 2 ** n - 1 in binary. It is to show each of these numbers
exactly once a night, and from each number to the next exactly one lamp may go on or off. It begins with the number
`first`, which is also shown again when the next night begins: so also from the last number to `first`, exactly one
lamp changes. Return the numbers in such an order. If there are several orders, return any of them.

Bounds: 2 <= n <= 14, 0 <= first < 2 ** n.
"""

REFERENCE = """
def ring(n, first):
    return [i ^ (i >> 1) ^ first for i in range(1 << n)]
"""

SLOW = """
def ring(n, first):
    size = 1 << n
    order, used = [first], {first}

    def extend():
        if len(order) == size:
            return bin(order[-1] ^ first).count("1") == 1
        for number in range(size):
            if number not in used and bin(order[-1] ^ number).count("1") == 1:
                order.append(number)
                used.add(number)
                if extend():
                    return True
                used.discard(order.pop())
        return False

    import sys
    sys.setrecursionlimit(100000)
    extend()
    return order
"""

LEAST_FIRST = """
def ring(n, first):
    order, used = [first], {first}
    while True:
        free = [order[-1] ^ 1 << bit for bit in range(n) if order[-1] ^ 1 << bit not in used]
        if not free:
            return order
        order.append(min(free))
        used.add(min(free))
"""


def _generate(rng: np.random.Generator) -> list[Any]:
    edges = [(2, 0), (2, 3), (3, 0), (3, 5), (4, 0), (5, 31)]
    drawn = [(n, integer(rng, 0, 2**n - 1)) for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 14)]
    return [*edges, *drawn, (14, 0)]


def _answer(arguments: tuple[int, int]) -> list[int]:
    """The order of one lamp less, then the same backwards with the new lamp on; turned so that it begins well."""
    n, first = arguments
    order = [0]
    for bit in range(n):
        order += [number + (1 << bit) for number in reversed(order)]
    place = order.index(first)
    return order[place:] + order[:place]


def _check(given: tuple[int, int], expected: list[int], got: Any) -> bool:
    n, first = given
    if not isinstance(got, list):
        return False
    order = cast("list[Any]", got)
    if len(order) != 1 << n or not all(type(number) is int for number in order) or order[0] != first:
        return False
    changes = [a ^ b for a, b in zip(order, [*order[1:], first], strict=True)]
    return sorted(order) == sorted(expected) and all(change.bit_count() == 1 for change in changes)


def _valid(arguments: tuple[int, int]) -> bool:
    n, first = arguments
    return 2 <= n <= 14 and 0 <= first < 2**n


PROBLEM = Problem(
    name="signal_ring",
    title="The Signal Lamps",
    difficulty="medium",
    signature="def ring(n: int, first: int) -> list[int]",
    task=TASK,
    examples=(((2, 1), [1, 3, 2, 0]),),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker=_check,
    reference=REFERENCE,
    wrong={
        "counts in binary": altered(REFERENCE, "i ^ (i >> 1) ^ first", "(i + first) % (1 << n)"),
        "always begins with 0": altered(REFERENCE, " ^ first", ""),
        "turns the order by places": altered(
            REFERENCE,
            "i ^ (i >> 1) ^ first for i in range(1 << n)",
            "(i + first) % (1 << n) ^ ((i + first) % (1 << n) >> 1) for i in range(1 << n)",
        ),
        "repeats the first number": altered(REFERENCE, "range(1 << n)", "range((1 << n) + 1)"),
        "leaves the last number out": altered(REFERENCE, "range(1 << n)", "range((1 << n) - 1)"),
        "slow: tries orders until one closes": SLOW,
        "goes to the least number in reach and gets stuck": LEAST_FIRST,
    },
)
