"""Find how many ferries lie in a harbour at the same time."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, lines, rows_of, spans

TASK = """
Ferry i arrives at second a_i and leaves at second d_i; in between it occupies one dock. A dock that is left at some
second can be used by a ferry that arrives at the same second. How many docks does the harbour need so that no ferry
ever waits?

Input: the first line holds the number of ferries n (1 <= n <= 12000); n lines follow with a_i and d_i
(0 <= a_i < d_i <= 1000000000).
Output: the least number of docks.
"""

REFERENCE = """
import sys

data = list(map(int, sys.stdin.read().split()))
events = [(a, 1) for a in data[1::2]] + [(d, -1) for d in data[2::2]]
now = most = 0
for _, change in sorted(events):
    now += change
    most = max(most, now)
print(most)
"""

SLOW = """
n = int(input())
ferries = [tuple(map(int, input().split())) for _ in range(n)]
print(max(sum(a <= moment < d for a, d in ferries) for moment, _ in ferries))
"""

NEIGHBOURS = """
import sys
data = list(map(int, sys.stdin.read().split()))
ferries = sorted(zip(data[1::2], data[2::2]))
docks = now = 1
for before, after in zip(ferries, ferries[1:]):
    now = now + 1 if after[0] < before[1] else 1
    docks = max(docks, now)
print(docks)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def harbour(n: int, last: int, stay: int) -> list[list[int]]:
        return spans(rng, n, 0, last, stay, shortest=1)

    edges = [[[0, 1]], [[0, 5], [5, 9]], [[0, 5], [4, 9]], [[2, 8], [0, 10], [3, 4]], [[1, 3], [1, 3], [1, 3]]]
    edges += [[[0, 10**9]], [[0, 4], [3, 6], [5, 8], [7, 9]], [[0, 9], [1, 2], [2, 3], [3, 4]]]
    small = [harbour(integer(rng, 3, 12), 20, integer(rng, 2, 9)) for _ in range(5)]
    large = [harbour(12_000, 10**9, 10**6), harbour(12_000, 10**9, 5 * 10**8)]
    return [lines(len(ferries), *ferries) for ferries in [*edges, *small, *large]]


def _answer(text: str) -> str:
    """At each arrival: those that have come, less those that have gone."""
    ferries = np.array(rows_of(text)[1:])
    arrivals, departures = np.sort(ferries[:, 0]), np.sort(ferries[:, 1])
    come = np.searchsorted(arrivals, arrivals, side="right")
    gone = np.searchsorted(departures, arrivals, side="right")
    return str(int((come - gone).max()))


def _valid(text: str) -> bool:
    (n,), *ferries = rows_of(text)
    return 1 <= n == len(ferries) <= 12_000 and all(0 <= a < d <= 10**9 for a, d in ferries)


PROBLEM = Problem(
    name="ferry_docks",
    title="Ferries in the Harbour",
    difficulty="easy",
    task=TASK,
    examples=((lines(4, [1, 6], [2, 4], [4, 7], [6, 8]), "2"), (lines(2, [0, 3], [3, 5]), "1")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: asks every ferry at every arrival": SLOW,
        "keeps the dock for the second of leaving": altered(
            REFERENCE, "sorted(events)", "sorted(events, key=lambda e: (e[0], -e[1]))"
        ),
        "compares neighbours only": NEIGHBOURS,
        "counts the docks in use at the end": altered(REFERENCE, "print(most)", "print(now)"),
    },
)
