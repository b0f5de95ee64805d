"""Find the cheapest route when one toll may be halved."""

from __future__ import annotations

import heapq
from itertools import pairwise

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, lines, rows_of, shuffled

TASK = """
Between n towns run m one-way roads; road i leads from town u_i to town v_i and costs a toll of w_i coins. You travel
from town 1 to town n and own one voucher: on one road of your choice, you pay only half the toll, rounded down. How
many coins do you need at least?

Input: the first line holds n and m (2 <= n <= 2000, 0 <= m <= 6000); m lines follow with u_i, v_i and w_i
(1 <= u_i, v_i <= n, 0 <= w_i <= 1000000000). There may be several roads between two towns.
Output: the least number of coins, or -1 if town n cannot be reached.
"""

REFERENCE = """
import heapq
import sys

data = list(map(int, sys.stdin.read().split()))
n, m = data[0], data[1]
roads = [[] for _ in range(n + 1)]
for i in range(2, 2 + 3 * m, 3):
    roads[data[i]].append((data[i + 1], data[i + 2]))
cost = {}
heap = [(0, 1, 1)]
while heap:
    paid, town, vouchers = heapq.heappop(heap)
    if (town, vouchers) in cost:
        continue
    cost[town, vouchers] = paid
    for other, toll in roads[town]:
        heapq.heappush(heap, (paid + toll, other, vouchers))
        if vouchers:
            heapq.heappush(heap, (paid + toll // 2, other, 0))
print(min(cost.get((n, 0), 10**18), cost.get((n, 1), 10**18)) if (n, 0) in cost else -1)
"""

VOUCHER_AFTERWARDS = """
import heapq
import sys

data = list(map(int, sys.stdin.read().split()))
n, m = data[0], data[1]
roads = [[] for _ in range(n + 1)]
for i in range(2, 2 + 3 * m, 3):
    roads[data[i]].append((data[i + 1], data[i + 2]))
done = set()
heap = [(0, 1, 0)]
answer = -1
while heap:
    paid, town, highest = heapq.heappop(heap)
    if town == n:
        answer = paid - (highest - highest // 2)
        break
    if town not in done:
        done.add(town)
        for other, toll in roads[town]:
            heapq.heappush(heap, (paid + toll, other, max(highest, toll)))
print(answer)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def network(n: int, m: int, toll: int, chain: bool) -> str:
        order = [1, *(town + 1 for town in shuffled(rng, n - 2)), n]
        spine = [[a, b, integer(rng, 0, toll)] for a, b in pairwise(order)] if chain else []
        ends = zip(integers(rng, m - len(spine), 1, n), integers(rng, m - len(spine), 1, n), strict=True)
        roads = spine + [[a, b, integer(rng, 0, toll)] for a, b in ends]
        return lines([n, m], *roads)

    edges = [lines([2, 0]), lines([2, 1], [1, 2, 7]), lines([2, 1], [2, 1, 7]), lines([2, 2], [1, 2, 9], [1, 2, 8])]
    edges += [
        lines([3, 3], [1, 2, 5], [2, 3, 5], [1, 3, 14]),
        lines([3, 2], [1, 2, 1], [2, 2, 0]),
        lines([3, 3], [1, 2, 6], [2, 3, 6], [1, 3, 20]),
    ]
    edges += [lines([4, 4], [1, 2, 3], [2, 4, 3], [1, 3, 1], [3, 4, 7]), lines([3, 2], [1, 2, 10**9], [2, 3, 10**9])]
    edges += [lines([3, 3], [1, 3, 10], [1, 2, 4], [2, 3, 4]), lines([2, 1], [1, 2, 0])]
    small = [network(integer(rng, 4, 7), integer(rng, 9, 14), 20, chain=bool(index % 2)) for index in range(6)]
    return [*edges, *small, network(2000, 6_000, 10**9, chain=True), network(2000, 6_000, 10**9, chain=False)]


def _answer(text: str) -> str:
    """Over every road for the voucher: the way to it, half its toll, and the way from it."""
    (n, _), *roads = rows_of(text)
    start = _costs(n, 1, [(u, v, w) for u, v, w in roads])
    goal = _costs(n, n, [(v, u, w) for u, v, w in roads])
    totals = [start[u] + w // 2 + goal[v] for u, v, w in roads if u in start and v in goal]
    return str(min(totals, default=-1))


def _costs(n: int, source: int, roads: list[tuple[int, int, int]]) -> dict[int, int]:
    leading: list[list[tuple[int, int]]] = [[] for _ in range(n + 1)]
    for u, v, w in roads:
        leading[u].append((v, w))
    costs: dict[int, int] = {}
    heap = [(0, source)]
    while heap:
        cost, town = heapq.heappop(heap)
        if town not in costs:
            costs[town] = cost
            for other, toll in leading[town]:
                heapq.heappush(heap, (cost + toll, other))
    return costs


def _valid(text: str) -> bool:
    (n, m), *roads = rows_of(text)
    inside = all(min(u, v) >= 1 and max(u, v) <= n and 0 <= w <= 10**9 for u, v, w in roads)
    return 2 <= n <= 2000 and m == len(roads) <= 6_000 and inside


PROBLEM = Problem(
    name="toll_voucher",
    title="One Voucher",
    difficulty="hard",
    task=TASK,
    examples=((lines([4, 4], [1, 2, 3], [2, 4, 3], [1, 3, 1], [3, 4, 7]), "4"), (lines([3, 1], [3, 1, 5]), "-1")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "halves the dearest toll of the cheapest route": VOUCHER_AFTERWARDS,
        "has no voucher": altered(REFERENCE, "toll // 2, other", "toll, other"),
        "rounds half a toll up": altered(REFERENCE, "toll // 2", "(toll + 1) // 2"),
        "drives roads both ways": altered(
            REFERENCE, "data[i + 2]))", "data[i + 2]))\n    roads[data[i + 1]].append((data[i], data[i + 2]))"
        ),
        "uses the voucher on every road": altered(
            REFERENCE, "toll // 2, other, 0)", "toll // 2, other, vouchers)"
        ).replace("(n, 0) in cost", "(n, 1) in cost"),
    },
)
