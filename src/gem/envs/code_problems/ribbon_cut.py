"""Cut ribbons into equal pieces that are as long as possible."""

from __future__ import annotations

import heapq

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, lines, rows_of

TASK = """
A tailor has n ribbons and needs k pieces of the same whole length, in millimetres. A ribbon may be cut into several
pieces and what remains of it is thrown away; pieces cannot be sewn together. How long can the pieces be at most?

Input: the first line holds n and k (1 <= n <= 10000, 1 <= k <= 50000), the second the n lengths of the ribbons,
each from 1 to 1000000000.
Output: the largest whole length, or 0 if even pieces of length 1 are too few.
"""

REFERENCE = """
n, k = map(int, input().split())
ribbons = list(map(int, input().split()))
low, high = 0, max(ribbons)
while low < high:
    middle = (low + high + 1) // 2
    if sum(length // middle for length in ribbons) >= k:
        low = middle
    else:
        high = middle - 1
print(low)
"""

SLOW = """
n, k = map(int, input().split())
ribbons = list(map(int, input().split()))
length = min(max(ribbons), sum(ribbons) // k)
while length > 0 and sum(r // length for r in ribbons) < k:
    length -= 1
print(length)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def cut(k: int, ribbons: list[int]) -> str:
        return lines([len(ribbons), k], ribbons)

    edges = [cut(1, [1]), cut(2, [1]), cut(1, [9]), cut(3, [1, 1, 1]), cut(4, [1, 1, 1]), cut(1, [3, 10**9])]
    edges += [cut(50_000, [10**9]), cut(2, [7, 7]), cut(3, [5, 9])]
    small = [cut(integer(rng, 1, 20), integers(rng, integer(rng, 1, 6), 1, 60)) for _ in range(5)]
    large = [cut(50_000, integers(rng, 10_000, 1, 10**9)), cut(9_000, integers(rng, 10_000, 1, 10**9))]
    return [*edges, *small, *large]


def _answer(text: str) -> str:
    """The k-th largest of all ribbon // parts, for parts = 1, 2, 3 and so on."""
    (_, k), ribbons = rows_of(text)
    heap = [(-ribbon, 1, ribbon) for ribbon in ribbons]
    heapq.heapify(heap)
    for _ in range(k - 1):
        _, parts, ribbon = heap[0]
        heapq.heapreplace(heap, (-(ribbon // (parts + 1)), parts + 1, ribbon))
    return str(-heap[0][0])


def _valid(text: str) -> bool:
    (n, k), ribbons = rows_of(text)
    return 1 <= n == len(ribbons) <= 10_000 and 1 <= k <= 50_000 and all(1 <= r <= 10**9 for r in ribbons)


PROBLEM = Problem(
    name="ribbon_cut",
    title="The Tailor's Ribbons",
    difficulty="medium",
    task=TASK,
    examples=((lines([3, 5], [10, 7, 12]), "5"), (lines([2, 4], [1, 2]), "0")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: shortens the pieces by 1 each time": SLOW,
        "shares the whole length": altered(SLOW, "sum(r // length for r in ribbons)", "sum(ribbons) // length"),
        "wants more pieces than needed": altered(REFERENCE, ">= k", "> k"),
        "gives up at length 1": altered(REFERENCE, "low, high = 0", "low, high = 1"),
        "uses only the longest ribbon whole": altered(REFERENCE, "max(ribbons)", "min(ribbons)"),
    },
)
