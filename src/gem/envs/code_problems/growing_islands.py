"""Tell after each new bridge how many groups of islands there are."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, lines, rows_of, shuffled

TASK = """
There are n islands, numbered from 1 to n, and at first no bridges. One after the other, m bridges are built; bridge i
joins the islands a_i and b_i. Islands belong to the same group if one can walk from one to the other over bridges. An
island alone is a group too. How many groups are there after each bridge?

Input: the first line holds n and m (1 <= n <= 20000, 1 <= m <= 20000); m lines follow with a_i and b_i
(1 <= a_i, b_i <= n). A bridge may lead from an island to itself, and the same bridge may be built again.
Output: m numbers, one per line.
"""

REFERENCE = """
import sys

data = list(map(int, sys.stdin.read().split()))
n, m = data[0], data[1]
parent = list(range(n + 1))

def find(island):
    while parent[island] != island:
        parent[island] = parent[parent[island]]
        island = parent[island]
    return island

groups = n
for i in range(2, 2 + 2 * m, 2):
    a, b = find(data[i]), find(data[i + 1])
    if a != b:
        parent[a] = b
        groups -= 1
    print(groups)
"""

SLOW = """
n, m = map(int, input().split())
group = list(range(n + 1))
groups = n
for _ in range(m):
    a, b = map(int, input().split())
    old, new = group[a], group[b]
    if old != new:
        group = [new if g == old else g for g in group]
        groups -= 1
    print(groups)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def sea(n: int, m: int) -> str:
        return lines([n, m], *zip(integers(rng, m, 1, n), integers(rng, m, 1, n), strict=True))

    edges = [lines([1, 1], [1, 1]), lines([2, 2], [1, 2], [2, 1]), lines([3, 3], [1, 2], [1, 2], [3, 3])]
    edges += [
        lines([4, 4], [1, 2], [3, 4], [2, 3], [1, 4]),
        lines([4, 3], [2, 1], [3, 1], [2, 3]),
        lines([20_000, 1], [1, 20_000]),
    ]
    small = [sea(integer(rng, 3, 9), integer(rng, 4, 14)) for _ in range(5)]
    order = shuffled(rng, 20_000)
    chain = lines([20_000, 19_999], *pairwise(order))
    return [*edges, *small, sea(20_000, 20_000), chain]


def _answer(text: str) -> str:
    """Each group is a list of its islands; the shorter list is poured into the longer."""
    (n, _), *bridges = rows_of(text)
    members = [[island] for island in range(n + 1)]
    said: list[int] = []
    groups = n
    for a, b in bridges:
        small, large = sorted((members[a], members[b]), key=len)
        if small is not large:
            groups -= 1
            large += small
            for island in small:
                members[island] = large
        said.append(groups)
    return "\n".join(map(str, said))


def _valid(text: str) -> bool:
    (n, m), *bridges = rows_of(text)
    return (
        1 <= n <= 20_000
        and 1 <= m == len(bridges) <= 20_000
        and all(1 <= min(bridge) <= max(bridge) <= n for bridge in bridges)
    )


PROBLEM = Problem(
    name="growing_islands",
    title="Bridges Between Islands",
    difficulty="medium",
    task=TASK,
    examples=((lines([4, 4], [1, 2], [3, 3], [4, 1], [2, 4]), "3\n3\n2\n2"),),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: renames every island of a group": SLOW,
        "takes every bridge for a new link": altered(REFERENCE, "if a != b:", "if True:"),
        "joins islands and not their groups": altered(REFERENCE, "parent[a] = b", "parent[data[i]] = b"),
        "does not see bridges to the same island": altered(REFERENCE, "if a != b:", "if data[i] != data[i + 1]:"),
        "tells only the end": altered(REFERENCE, "    print(groups)", "print(groups)"),
    },
)
