"""Find two items of a list that weigh a given amount together."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers

TASK = """
An apothecary has a row of weights, some of them filled with gas, so that their weight is negative. To weigh out exactly
`target` grams he needs two different weights of the row (they may be equally heavy). Return their positions in the row,
counted from 0, the smaller position first, or an empty list if no two weights fit. If several pairs fit, return any of
them.

Bounds: 0 to 20000 weights from -1000000000 to 1000000000, -2000000000 <= target <= 2000000000.
"""

REFERENCE = """
def pair(weights, target):
    place = {}
    for i, weight in enumerate(weights):
        if target - weight in place:
            return [place[target - weight], i]
        place[weight] = i
    return []
"""

SLOW = """
def pair(weights, target):
    for i in range(len(weights)):
        for j in range(i):
            if weights[i] + weights[j] == target:
                return [j, i]
    return []
"""

WITH_ITSELF = """
def pair(weights, target):
    place = {weight: i for i, weight in enumerate(weights)}
    for i, weight in enumerate(weights):
        if target - weight in place:
            return sorted([i, place[target - weight]])
    return []
"""

ONCE = """
def pair(weights, target):
    place = {weight: i for i, weight in enumerate(weights)}
    for i, weight in enumerate(weights):
        if target - weight in place and target != 2 * weight:
            return sorted([i, place[target - weight]])
    return []
"""

SORTED = """
def pair(weights, target):
    row = sorted(weights)
    i, j = 0, len(row) - 1
    while i < j:
        if row[i] + row[j] == target:
            return [i, j]
        if row[i] + row[j] < target:
            i += 1
        else:
            j -= 1
    return []
"""


def _generate(rng: np.random.Generator) -> list[Any]:
    big = 10**9
    edges: list[Any] = [
        ([], 0),
        ([4], 8),
        ([4, 4], 8),
        ([4, 5], 8),
        ([0, 0], 0),
        ([3, -3], 0),
        ([9, 2, 5, 3], 8),
        ([5, 1, 4, 5], 10),
    ]
    edges += [([big, big], 2 * big), ([-big, 7, -big], -2 * big), ([1, 2, 3], 7), ([8, 0, 16], 16)]
    small = [(integers(rng, integer(rng, 4, 9), -9, 9), integer(rng, -9, 9)) for _ in range(5)]
    odd = [2 * number + 1 for number in integers(rng, 20_000, -(big // 2), big // 2 - 1)]
    row = integers(rng, 20_000, -big, big)
    return [*edges, *small, (odd, 77), (row, row[19_998] + row[19_999])]


def _answer(arguments: tuple[list[int], int]) -> list[int]:
    weights, target = arguments
    row = np.array(weights, np.int64)
    order = np.argsort(row, kind="stable")
    for i, weight in enumerate(weights):
        at = int(np.searchsorted(row, target - weight, sorter=order))
        for rank in range(at, min(at + 2, len(row))):
            j = int(order[rank])
            if j != i and weights[j] == target - weight:
                return sorted((i, j))
    return []


def _check(given: tuple[list[int], int], expected: list[int], got: Any) -> bool:
    weights, target = given
    if not isinstance(got, list):
        return False
    places = cast("list[Any]", got)
    if not expected:
        return not places
    if len(places) != 2 or not all(type(place) is int for place in places):
        return False
    i, j = (int(place) for place in places)
    return 0 <= i < j < len(weights) and weights[i] + weights[j] == target


def _valid(arguments: tuple[list[int], int]) -> bool:
    weights, target = arguments
    return len(weights) <= 20_000 and abs(target) <= 2 * 10**9 and all(abs(weight) <= 10**9 for weight in weights)


PROBLEM = Problem(
    name="two_weights",
    title="The Apothecary's Weights",
    difficulty="easy",
    signature="def pair(weights: list[int], target: int) -> list[int]",
    task=TASK,
    examples=((([7, -2, 5, 9], 3), [1, 2]), (([4, 1], 8), [])),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker=_check,
    reference=REFERENCE,
    wrong={
        "slow: tries every pair": SLOW,
        "uses a weight twice": WITH_ITSELF,
        "never uses two equal weights": ONCE,
        "gives positions in the sorted row": SORTED,
        "gives the weights": altered(REFERENCE, "[place[target - weight], i]", "[target - weight, weight]"),
        "counts from 1": altered(REFERENCE, "enumerate(weights)", "enumerate(weights, 1)"),
        "gives the larger position first": altered(
            REFERENCE, "[place[target - weight], i]", "[i, place[target - weight]]"
        ),
    },
)
