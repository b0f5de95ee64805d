"""Find the number that stands in a list once, while all others stand there three times."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer

TASK = """
In a lottery every ticket number was printed on exactly three tickets, except for one number that was printed on a
single ticket by mistake. Given the numbers of all tickets, in any order, return the number of the single ticket.

Bounds: 1 to 30001 tickets, and their count is 3 * m + 1 for a whole number m >= 0; the numbers lie from -1000000 to
1000000.
"""

REFERENCE = """
def single(tickets):
    ones = twos = 0
    for ticket in tickets:
        ones = (ones ^ ticket) & ~twos
        twos = (twos ^ ticket) & ~ones
    return ones
"""

SLOW = """
def single(tickets):
    for ticket in tickets[::-1]:
        if tickets.count(ticket) == 1:
            return ticket
"""

BITS = """
def single(tickets):
    result = 0
    for bit in range(31):
        if sum(ticket >> bit & 1 for ticket in tickets) % 3:
            result |= 1 << bit
    return result
"""

PAIRS = """
def single(tickets):
    rest = 0
    for ticket in tickets:
        rest ^= ticket
    return rest
"""

ENDS = """
def single(tickets):
    row = sorted(tickets)
    return row[0] if len(row) == 1 or row[0] != row[1] else row[-1]
"""


def _generate(rng: np.random.Generator) -> list[Any]:
    def tickets(triples: list[int], alone: int) -> tuple[list[int]]:
        row = [*triples, *triples, *triples, alone]
        return ([int(number) for number in rng.permutation(row)],)

    def draw(m: int, low: int, high: int) -> tuple[list[int]]:
        numbers = list(dict.fromkeys(rng.integers(low, high, m + 1, endpoint=True).tolist()))
        return tickets(numbers[1:], numbers[0])

    big = 10**6
    edges = [
        ([0],),
        ([-7],),
        ([big],),
        tickets([5], 0),
        tickets([0], 5),
        tickets([-1], 1),
        tickets([1], -1),
        ([2, 2, 2, 9],),
    ]
    edges += [tickets([-big, big], -3), ([9, 2, 2, 2],), tickets([3, 5, 6], 7)]
    small = [draw(integer(rng, 1, 6), -20, 20) for _ in range(5)]
    last = list(range(10_000))
    return [*edges, *small, draw(9_990, -big, big), ([-big, *last, *last, *last],)]


def _answer(arguments: tuple[list[int]]) -> int:
    counts = Counter(arguments[0])
    return next(number for number, count in counts.items() if count == 1)


def _valid(arguments: tuple[list[int]]) -> bool:
    (tickets,) = arguments
    counts = sorted(Counter(tickets).values())
    return len(tickets) <= 30_001 and counts[0] == 1 and set(counts[1:]) <= {3} and max(map(abs, tickets)) <= 10**6


PROBLEM = Problem(
    name="lonely_ticket",
    title="The Lonely Ticket",
    difficulty="easy",
    signature="def single(tickets: list[int]) -> int",
    task=TASK,
    examples=((([4, -2, 4, 7, -2, 4, -2],), 7), (([5],), 5)),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker="exact",
    reference=REFERENCE,
    wrong={
        "slow: counts every number anew": SLOW,
        "loses the sign": BITS,
        "thinks of pairs": PAIRS,
        "expects it at an end of the sorted row": ENDS,
        "loses large numbers": altered(BITS, "range(31)", "range(16)").replace(
            "return result", "return result - 65536 * (result >> 15)"
        ),
    },
)
