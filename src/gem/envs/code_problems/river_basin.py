"""Find the longest way between two places of a river system."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, lines, rows_of, shuffled

TASK = """
A river system has n landing places and n - 1 stretches of water; stretch i joins the places a_i and b_i and is w_i
metres long. From every place one can go by boat to every other, upstream as well as downstream. What is the length of
the longest trip between two places that passes no stretch twice?

Input: the first line holds n (1 <= n <= 5000); n - 1 lines follow with a_i, b_i and w_i
(1 <= a_i, b_i <= n, 0 <= w_i <= 1000000).
Output: the length of the longest trip in metres; 0 if there is only one place.
"""

REFERENCE = """
import sys

data = list(map(int, sys.stdin.read().split()))
n = data[0]
water = [[] for _ in range(n + 1)]
for i in range(1, 3 * n - 2, 3):
    water[data[i]].append((data[i + 1], data[i + 2]))
    water[data[i + 1]].append((data[i], data[i + 2]))

def farthest(start):
    distance = {start: 0}
    waiting = [start]
    while waiting:
        place = waiting.pop()
        for other, metres in water[place]:
            if other not in distance:
                distance[other] = distance[place] + metres
                waiting.append(other)
    place = max(distance, key=distance.get)
    return place, distance[place]

print(farthest(farthest(1)[0])[1])
"""

SLOW = altered(REFERENCE, "farthest(farthest(1)[0])[1]", "max(farthest(place)[1] for place in range(1, n + 1))")

RECURSIVE = """
import sys

data = list(map(int, sys.stdin.read().split()))
n = data[0]
water = [[] for _ in range(n + 1)]
for i in range(1, 3 * n - 2, 3):
    water[data[i]].append((data[i + 1], data[i + 2]))
    water[data[i + 1]].append((data[i], data[i + 2]))
best = 0

def depth(place, source):
    global best
    depths = sorted(metres + depth(other, place) for other, metres in water[place] if other != source)
    best = max(best, sum(depths[-2:]))
    return depths[-1] if depths else 0

depth(1, 0)
print(best)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def system(n: int, reach: int, metres: int) -> str:
        """Place i hangs at one of the `reach` places before it; then all are renamed."""
        name = shuffled(rng, n)
        parents = [integer(rng, max(0, place - reach), place - 1) for place in range(1, n)]
        stretches = [
            [name[i + 1], name[p], w]
            for i, (p, w) in enumerate(zip(parents, integers(rng, n - 1, 0, metres), strict=True))
        ]
        return lines(n, *stretches)

    edges = [
        lines(1),
        lines(2, [2, 1, 0]),
        lines(2, [1, 2, 7]),
        lines(3, [1, 2, 5], [1, 3, 6]),
        lines(3, [2, 1, 1], [2, 3, 1]),
    ]
    edges += [lines(5, [1, 2, 1], [2, 3, 9], [2, 4, 8], [4, 5, 2]), lines(4, [1, 2, 9], [2, 3, 0], [3, 4, 0])]
    small = [system(integer(rng, 4, 12), integer(rng, 1, 9), 9) for _ in range(5)]
    return [*edges, *small, system(5_000, 5_000, 10**6), system(5_000, 1, 10**6), system(5_000, 3, 10**6)]


def _answer(text: str) -> str:
    """The two deepest arms that meet at each place, found from the leaves inwards."""
    (n,), *stretches = rows_of(text)
    around: list[dict[int, int]] = [{} for _ in range(n + 1)]
    for a, b, w in stretches:
        around[a][b] = around[b][a] = w
    depth, best = [0] * (n + 1), 0
    leaves = [place for place in range(1, n + 1) if len(around[place]) == 1]
    while leaves:
        leaf = leaves.pop()
        if not around[leaf]:
            continue
        ((place, metres),) = around[leaf].items()
        arm = depth[leaf] + metres
        best = max(best, depth[place] + arm)
        depth[place] = max(depth[place], arm)
        del around[place][leaf]
        around[leaf] = {}
        if len(around[place]) == 1:
            leaves.append(place)
    return str(best)


def _valid(text: str) -> bool:
    (n,), *stretches = rows_of(text)
    inside = all(1 <= min(a, b) < max(a, b) <= n and 0 <= w <= 10**6 for a, b, w in stretches)
    return 1 <= n <= 5_000 and len(stretches) == n - 1 and inside


PROBLEM = Problem(
    name="river_basin",
    title="The Longest Boat Trip",
    difficulty="medium",
    task=TASK,
    examples=((lines(5, [1, 2, 4], [2, 3, 3], [2, 4, 6], [4, 5, 1]), "11"), (lines(1), "0")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: starts at every place": SLOW,
        "crash: calls itself along a long river": RECURSIVE,
        "starts at place 1": altered(REFERENCE, "farthest(farthest(1)[0])[1]", "farthest(1)[1]"),
        "counts stretches instead of metres": altered(REFERENCE, "distance[place] + metres", "distance[place] + 1"),
        "goes one way only": altered(REFERENCE, "    water[data[i + 1]].append((data[i], data[i + 2]))\n", ""),
    },
)
