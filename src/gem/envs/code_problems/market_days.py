"""Choose one job a day, each before its deadline, so that they pay the most."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, lines, rows_of

TASK = """
A carpenter is offered n jobs. Each takes exactly one day, and she does one a day, from day 1 on. Job i pays p_i coins
if it is done on day d_i or before, and nothing later. She may refuse jobs. How much can she earn at most?

Input: the first line holds n (1 <= n <= 15000); n lines follow with d_i and p_i (1 <= d_i <= 1000000000,
0 <= p_i <= 1000000000).
Output: the largest sum of coins.
"""

REFERENCE = """
import heapq
import sys

data = list(map(int, sys.stdin.read().split()))
chosen = []
for d, p in sorted(zip(data[1::2], data[2::2])):
    heapq.heappush(chosen, p)
    if len(chosen) > d:
        heapq.heappop(chosen)
print(sum(chosen))
"""

SLOW = """
import sys

data = list(map(int, sys.stdin.read().split()))
n = data[0]
busy = [False] * (n + 1)
earned = 0
for p, d in sorted(zip(data[2::2], data[1::2]), reverse=True):
    day = min(d, n)
    while day > 0 and busy[day]:
        day -= 1
    if day:
        busy[day] = True
        earned += p
print(earned)
"""

LAST_DAY_ONLY = """
import sys

data = list(map(int, sys.stdin.read().split()))
best = {}
for d, p in zip(data[1::2], data[2::2]):
    best[d] = max(best.get(d, 0), p)
print(sum(best.values()))
"""

DAY_BY_DAY = """
import sys

data = list(map(int, sys.stdin.read().split()))
day = earned = 0
for d, p in sorted(zip(data[1::2], data[2::2]), key=lambda job: (job[0], -job[1])):
    if d > day:
        day += 1
        earned += p
print(earned)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def jobs(n: int, last: int, pay: int) -> list[list[int]]:
        return [list(job) for job in zip(integers(rng, n, 1, last), integers(rng, n, 0, pay), strict=True)]

    big = 10**9
    edges = [
        [[1, 0]],
        [[1, 5], [1, 7]],
        [[2, 5], [2, 7]],
        [[1, 5], [2, 8], [2, 9]],
        [[big, big]],
        [[3, 1], [3, 2], [3, 3], [3, 4]],
    ]
    edges += [[[2, 1], [1, 9], [2, 9], [3, 1]], [[1, 1], [2, 10], [3, 10], [3, 10]]]
    small = [jobs(integer(rng, 4, 10), 6, 20) for _ in range(5)]
    crowded = [[15_000 - day % 20, pay] for day, pay in enumerate(integers(rng, 15_000, 1, big))]
    return [
        lines(len(offers), *offers)
        for offers in [*edges, *small, jobs(15_000, 12_000, big), jobs(15_000, big, big), crowded]
    ]


def _answer(text: str) -> str:
    """The best paid first, each on the last free day before its deadline."""
    (n,), *offers = rows_of(text)
    free = list(range(n + 1))  # a day's own number, or a day before it, nearer to the last free one
    earned = 0
    for d, p in sorted(offers, key=lambda job: job[1], reverse=True):
        day = min(d, n)
        while free[day] != day:
            free[day] = free[free[day]]
            day = free[day]
        if day:
            free[day] = day - 1
            earned += p
    return str(earned)


def _valid(text: str) -> bool:
    (n,), *offers = rows_of(text)
    return 1 <= n == len(offers) <= 15_000 and all(1 <= d <= 10**9 and 0 <= p <= 10**9 for d, p in offers)


PROBLEM = Problem(
    name="market_days",
    title="The Carpenter's Jobs",
    difficulty="medium",
    task=TASK,
    examples=((lines(4, [1, 3], [2, 10], [2, 9], [4, 2]), "21"), (lines(2, [1, 4], [1, 6]), "6")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: looks for a free day step by step": SLOW,
        "does each job on its last day": LAST_DAY_ONLY,
        "goes by the deadline and then by the pay": DAY_BY_DAY,
        "takes every job": altered(REFERENCE, "len(chosen) > d", "False"),
        "begins on day 0": altered(REFERENCE, "len(chosen) > d", "len(chosen) > d + 1"),
    },
)
