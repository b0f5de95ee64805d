"""Split people into two groups so that no quarrel stays inside a group."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, lines, rows_of, shuffled

TASK = """
A choir of n singers, numbered from 1 to n, has m quarrels, each between two different singers. It is to be split into
choir A and choir B so that the two singers of every quarrel sing in different choirs. A choir may be empty.

Input: the first line holds n and m (1 <= n <= 5000, 0 <= m <= 10000); m lines follow with two different singers each.
The same quarrel may be told twice.
Output: one line of n letters, A or B, the i-th for singer i; or NO if no such split exists. If there are several
splits, print any of them.
"""

REFERENCE = """
import sys

data = list(map(int, sys.stdin.read().split()))
n, m = data[0], data[1]
quarrels = [[] for _ in range(n + 1)]
for i in range(2, 2 + 2 * m, 2):
    quarrels[data[i]].append(data[i + 1])
    quarrels[data[i + 1]].append(data[i])
side = [None] * (n + 1)
possible = True
for first in range(1, n + 1):
    if side[first] is None:
        side[first] = 0
        waiting = [first]
        while waiting:
            singer = waiting.pop()
            for other in quarrels[singer]:
                if side[other] is None:
                    side[other] = 1 - side[singer]
                    waiting.append(other)
                elif side[other] == side[singer]:
                    possible = False
print("".join("AB"[s] for s in side[1:]) if possible else "NO")
"""

RECURSIVE = """
import sys

data = list(map(int, sys.stdin.read().split()))
n, m = data[0], data[1]
quarrels = [[] for _ in range(n + 1)]
for i in range(2, 2 + 2 * m, 2):
    quarrels[data[i]].append(data[i + 1])
    quarrels[data[i + 1]].append(data[i])
side = [None] * (n + 1)

def place(singer, choir):
    if side[singer] is not None:
        return side[singer] == choir
    side[singer] = choir
    return all([place(other, 1 - choir) for other in quarrels[singer]])

possible = all([side[s] is not None or place(s, 0) for s in range(1, n + 1)])
print("".join("AB"[s] for s in side[1:]) if possible else "NO")
"""

IN_ORDER = """
import sys

data = list(map(int, sys.stdin.read().split()))
n, m = data[0], data[1]
quarrels = [set() for _ in range(n + 1)]
for i in range(2, 2 + 2 * m, 2):
    quarrels[data[i]].add(data[i + 1])
    quarrels[data[i + 1]].add(data[i])
choir = {}
for singer in range(1, n + 1):
    taken = {choir[other] for other in quarrels[singer] if other in choir}
    choir[singer] = "B" if "A" in taken else "A"
fine = all(choir[s] != choir[o] for s in choir for o in quarrels[s])
print("".join(choir.values()) if fine else "NO")
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def choir(n: int, m: int, odd: bool) -> str:
        order = shuffled(rng, n)
        half = max(1, n // 2)
        pairs = [[order[integer(rng, 0, half - 1)], order[integer(rng, half, n - 1)]] for _ in range(m)]
        if odd:  # a ring of three singers who quarrel
            pairs += [order[:2], order[1:3], [order[2], order[0]]]
        return lines([n, len(pairs)], *pairs)

    edges = [lines([1, 0]), lines([2, 1], [1, 2]), lines([3, 3], [1, 2], [2, 3], [3, 1]), lines([4, 2], [1, 4], [3, 2])]
    edges += [
        lines([5, 3], [3, 4], [4, 5], [5, 3]),
        lines([4, 3], [1, 3], [4, 2], [3, 4]),
        lines([3, 2], [2, 3], [3, 2]),
    ]
    small = [choir(integer(rng, 4, 9), integer(rng, 3, 9), odd=index % 3 == 0) for index in range(5)]
    order = shuffled(rng, 5000)
    chain = list(pairwise(order))
    ring = lines([4999, 4999], *((i, i % 4999 + 1) for i in range(1, 5000)))
    return [*edges, *small, choir(5000, 9990, odd=False), lines([5000, 4999], *chain), ring]


def _answer(text: str) -> str:
    """Each singer points to another and says whether they sing together; quarrels join such trees."""
    (n, _), *quarrels = rows_of(text)
    parent, differs = list(range(n + 1)), [0] * (n + 1)

    def root(singer: int) -> tuple[int, int]:
        parity = 0
        while parent[singer] != singer:
            parity ^= differs[singer]
            singer = parent[singer]
        return singer, parity

    size = [1] * (n + 1)
    for a, b in quarrels:
        (x, of_a), (y, of_b) = root(a), root(b)
        if x == y and of_a == of_b:
            return "NO"
        if x != y:
            small, large = (x, y) if size[x] < size[y] else (y, x)
            parent[small], differs[small] = large, 1 ^ of_a ^ of_b
            size[large] += size[small]
    return "".join("AB"[root(singer)[1]] for singer in range(1, n + 1))


def _check(given: str, expected: str, got: Any) -> bool:
    (n, _), *quarrels = rows_of(given)
    split = str(got).strip()
    if expected == "NO":
        return split == "NO"
    return len(split) == n and set(split) <= {"A", "B"} and all(split[a - 1] != split[b - 1] for a, b in quarrels)


def _valid(text: str) -> bool:
    (n, m), *quarrels = rows_of(text)
    return 1 <= n <= 5000 and m == len(quarrels) <= 10_000 and all(1 <= min(a, b) < max(a, b) <= n for a, b in quarrels)


PROBLEM = Problem(
    name="two_choirs",
    title="Two Choirs",
    difficulty="medium",
    task=TASK,
    examples=((lines([4, 3], [1, 2], [2, 3], [2, 4]), "ABAA"), (lines([3, 3], [1, 2], [2, 3], [1, 3]), "NO")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker=_check,
    reference=REFERENCE,
    wrong={
        "crash: calls itself along a long chain": RECURSIVE,
        "places the singers by number": IN_ORDER,
        "looks only at singer 1 and those connected": altered(REFERENCE, "range(1, n + 1):", "(1,):").replace(
            "side[1:]", "[s or 0 for s in side[1:]]"
        ),
        "does not notice a quarrel within a choir": altered(REFERENCE, "possible = False", "pass"),
        "lists the choirs and not the singers": altered(
            REFERENCE, '"".join("AB"[s] for s in side[1:])', '" ".join(str(i) for i in range(1, n + 1) if side[i] == 0)'
        ),
    },
)
