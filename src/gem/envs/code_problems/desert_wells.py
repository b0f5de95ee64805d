"""Cross a desert with as few stops at wells as possible."""

from __future__ import annotations

from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers

TASK = """
A caravan must cross a desert of `length` kilometres and sets out with `water` litres; it needs one litre for each
kilometre and can carry any amount. On the way lie wells; well [d, w] lies d kilometres from the start and gives up to w
litres. A stop at a well costs time, so the caravan wants as few stops as possible. It may reach a well, or the end,
with its last drop. Return the least number of stops, or -1 if it cannot cross.

Bounds: 1 <= length <= 1000000000, 0 <= water <= 1000000000, 0 to 5000 wells with 0 <= d <= length and
1 <= w <= 1000000000, in the order of d, no two at the same d.
"""

REFERENCE = """
import heapq

def stops(length, water, wells):
    passed = []
    count = i = 0
    while water < length:
        while i < len(wells) and wells[i][0] <= water:
            heapq.heappush(passed, -wells[i][1])
            i += 1
        if not passed:
            return -1
        water -= heapq.heappop(passed)
        count += 1
    return count
"""

SLOW = """
from itertools import combinations

def stops(length, water, wells):
    for count in range(len(wells) + 1):
        for chosen in combinations(wells, count):
            reach = water
            for d, w in chosen:
                reach = reach + w if d <= reach else -10**18
            if reach >= length:
                return count
    return -1
"""

LAST_REACHABLE = """
def stops(length, water, wells):
    count = i = 0
    while water < length:
        reachable = [j for j in range(i, len(wells)) if wells[j][0] <= water]
        if not reachable:
            return -1
        i = reachable[-1] + 1
        water += wells[i - 1][1]
        count += 1
    return count
"""

EVERY_WELL = """
def stops(length, water, wells):
    count = 0
    for d, w in wells:
        if water >= length:
            break
        if d > water:
            return -1
        water += w
        count += 1
    return count if water >= length else -1
"""


def _generate(rng: np.random.Generator) -> list[Any]:
    def desert(length: int, water: int, n: int, most: int) -> tuple[int, int, list[list[int]]]:
        places = sorted(set(integers(rng, n, 0, length)))
        return length, water, [[place, integer(rng, 1, most)] for place in places]

    edges: list[Any] = [
        (5, 5, []),
        (5, 4, []),
        (1, 0, [[0, 1]]),
        (10, 4, [[4, 6]]),
        (10, 4, [[5, 9]]),
        (10, 3, [[2, 2], [3, 7]]),
    ]
    edges += [
        (20, 10, [[2, 9], [5, 3], [9, 4], [10, 1]]),
        (9, 3, [[1, 5], [2, 1], [3, 1]]),
        (4, 3, [[4, 1]]),
        (10**9, 0, [[0, 10**9]]),
    ]
    small = [desert(30, integer(rng, 5, 12), integer(rng, 4, 9), 12) for _ in range(6)]
    far = 10**9
    large = [desert(far, 3 * 10**6, 5000, 10**6), desert(far, 10**7, 2000, 2 * 10**6), desert(far, 10**7, 2000, 10**5)]
    return [*edges, *small, *large]


def _answer(arguments: tuple[int, int, list[list[int]]]) -> int:
    """The farthest reach with each number of stops, well by well."""
    length, water, wells = arguments
    reach = np.full(len(wells) + 1, -1, np.int64)
    reach[0] = water
    for place, gives in wells:
        possible = np.where(reach[:-1] >= place, reach[:-1] + gives, -1)
        reach[1:] = np.maximum(reach[1:], possible)
    enough = np.flatnonzero(reach >= length)
    return int(enough[0]) if enough.size else -1


def _valid(arguments: tuple[int, int, list[list[int]]]) -> bool:
    length, water, wells = arguments
    places = [place for place, _ in wells]
    ordered = places == sorted(set(places)) and all(0 <= place <= length for place in places)
    return (
        1 <= length <= 10**9
        and 0 <= water <= 10**9
        and len(wells) <= 5000
        and ordered
        and all(1 <= w <= 10**9 for _, w in wells)
    )


PROBLEM = Problem(
    name="desert_wells",
    title="Wells in the Desert",
    difficulty="hard",
    signature="def stops(length: int, water: int, wells: list[list[int]]) -> int",
    task=TASK,
    examples=(((20, 10, [[2, 9], [5, 3], [9, 4]]), 2), ((10, 3, [[4, 9]]), -1), ((5, 6, []), 0)),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker="exact",
    reference=REFERENCE,
    wrong={
        "slow: tries every choice of wells": SLOW,
        "goes to the last well within reach": LAST_REACHABLE,
        "stops at every well": EVERY_WELL,
        "wants a drop left on arrival": altered(REFERENCE, "wells[i][0] <= water", "wells[i][0] < water"),
        "takes the smallest well": altered(REFERENCE, "-wells[i][1])", "wells[i][1])").replace("water -=", "water +="),
        "crash: does not see that it cannot cross": altered(
            REFERENCE, "if not passed:\n            return -1", "if False:\n            return -1"
        ),
    },
)
