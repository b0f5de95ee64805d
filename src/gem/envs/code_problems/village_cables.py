"""Connect all villages by cables as cheaply as possible."""

from __future__ import annotations

import heapq

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, lines, rows_of

TASK = """
A valley has n villages, numbered from 1 to n. For m pairs of villages it is known what a cable between them costs:
cable i joins the villages a_i and b_i and costs w_i coins. Choose cables so that every village is connected with every
other, directly or through other villages, and so that the total cost is as small as possible.

Input: the first line holds n and m (1 <= n <= 2000, 0 <= m <= 6000); m lines follow with a_i, b_i and w_i
(1 <= a_i, b_i <= n, 0 <= w_i <= 1000000000). A pair may come more than once, and a_i may equal b_i.
Output: the least total cost, or -1 if the villages cannot all be connected.
"""

REFERENCE = """
import sys

data = list(map(int, sys.stdin.read().split()))
n = data[0]
cables = sorted(zip(data[4::3], data[2::3], data[3::3]))
parent = list(range(n + 1))

def find(village):
    while parent[village] != village:
        parent[village] = parent[parent[village]]
        village = parent[village]
    return village

total, groups = 0, n
for w, a, b in cables:
    a, b = find(a), find(b)
    if a != b:
        parent[a] = b
        total += w
        groups -= 1
print(total if groups == 1 else -1)
"""

CHEAPEST_OF_EACH = """
import sys

data = list(map(int, sys.stdin.read().split()))
n = data[0]
best = {}
for w, a, b in sorted(zip(data[4::3], data[2::3], data[3::3])):
    if a != b:
        best.setdefault(a, (w, min(a, b), max(a, b)))
        best.setdefault(b, (w, min(a, b), max(a, b)))
print(sum(w for w, _, _ in set(best.values())) if len(best) == n or n == 1 else -1)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def valley(n: int, m: int, price: int) -> str:
        return lines(
            [n, m], *zip(integers(rng, m, 1, n), integers(rng, m, 1, n), integers(rng, m, 0, price), strict=True)
        )

    edges = [lines([1, 0]), lines([2, 0]), lines([1, 1], [1, 1, 5]), lines([2, 2], [1, 2, 9], [2, 1, 4])]
    edges += [lines([3, 3], [1, 2, 1], [2, 3, 1], [1, 3, 1]), lines([4, 3], [1, 2, 1], [1, 2, 1], [3, 4, 1])]
    edges += [lines([4, 3], [1, 2, 1], [3, 4, 1], [2, 3, 7]), lines([2, 3], [1, 1, 0], [2, 2, 0], [1, 2, 10**9])]
    edges += [lines([4, 5], [1, 2, 1], [2, 3, 2], [1, 3, 3], [3, 4, 9], [4, 4, 1])]
    small = [valley(integer(rng, 3, 7), integer(rng, 6, 16), 12) for _ in range(5)]
    star = [[1, village, integer(rng, 0, 10**9)] for village in range(2, 2001)]
    others = zip(integers(rng, 4000, 1, 2000), integers(rng, 4000, 1, 2000), integers(rng, 4000, 0, 10**9), strict=True)
    return [*edges, *small, valley(2000, 6_000, 10**9), lines([2000, 5_999], *star, *others)]


def _answer(text: str) -> str:
    """The connected part grows from village 1 by the cheapest cable that leads out of it."""
    (n, _), *cables = rows_of(text)
    leading: list[list[tuple[int, int]]] = [[] for _ in range(n + 1)]
    for a, b, w in cables:
        leading[a].append((w, b))
        leading[b].append((w, a))
    connected: set[int] = set()
    heap, total = [(0, 1)], 0
    while heap:
        cost, village = heapq.heappop(heap)
        if village not in connected:
            connected.add(village)
            total += cost
            for cable in leading[village]:
                heapq.heappush(heap, cable)
    return str(total if len(connected) == n else -1)


def _valid(text: str) -> bool:
    (n, m), *cables = rows_of(text)
    inside = all(1 <= min(a, b) <= max(a, b) <= n and 0 <= w <= 10**9 for a, b, w in cables)
    return 1 <= n <= 2000 and m == len(cables) <= 6_000 and inside


PROBLEM = Problem(
    name="village_cables",
    title="Cables in the Valley",
    difficulty="medium",
    task=TASK,
    examples=(
        (lines([4, 5], [1, 2, 3], [2, 3, 5], [1, 3, 4], [3, 4, 2], [4, 1, 6]), "9"),
        (lines([3, 1], [1, 2, 8]), "-1"),
    ),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "takes the n - 1 cheapest cables": altered(REFERENCE, "if a != b:", "if groups > 1:"),
        "takes the cheapest cable of each village": CHEAPEST_OF_EACH,
        "does not notice villages that stay alone": altered(REFERENCE, "if groups == 1 else -1", ""),
        "takes the cables as they come": altered(
            REFERENCE, "sorted(zip(data[4::3], data[2::3], data[3::3]))", "zip(data[4::3], data[2::3], data[3::3])"
        ),
        "forgets that a village alone needs no cable": altered(REFERENCE, "groups == 1", "total > 0"),
    },
)
