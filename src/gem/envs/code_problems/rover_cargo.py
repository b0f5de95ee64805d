"""Choose the most valuable samples that a rover can carry."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, lines, rows_of

TASK = """
A rover can carry c kilograms. Before it lie n rock samples; sample i weighs w_i kilograms and is worth v_i to the
scientists. Each sample is taken as a whole or left behind. What is the largest total worth that it can bring home?

Input: the first line holds n and c (1 <= n <= 60, 0 <= c <= 5000); n lines follow with w_i and v_i
(1 <= w_i <= 5000, 0 <= v_i <= 1000000).
Output: the largest total worth.
"""

REFERENCE = """
n, c = map(int, input().split())
best = [0] * (c + 1)
for _ in range(n):
    w, v = map(int, input().split())
    for load in range(c, w - 1, -1):
        if best[load - w] + v > best[load]:
            best[load] = best[load - w] + v
print(best[c])
"""

SLOW = """
n, c = map(int, input().split())
samples = [tuple(map(int, input().split())) for _ in range(n)]

def best(i, room):
    if i == n:
        return 0
    w, v = samples[i]
    without = best(i + 1, room)
    return max(without, v + best(i + 1, room - w)) if w <= room else without

print(best(0, c))
"""

GREEDY = """
n, c = map(int, input().split())
samples = [tuple(map(int, input().split())) for _ in range(n)]
worth = 0
for w, v in sorted(samples, key=lambda s: s[1] / s[0], reverse=True):
    if w <= c:
        c -= w
        worth += v
print(worth)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def rover(c: int, samples: list[list[int]]) -> str:
        return lines([len(samples), c], *samples)

    def draw(n: int, weight: int, value: int) -> list[list[int]]:
        return [list(pair) for pair in zip(integers(rng, n, 1, weight), integers(rng, n, 0, value), strict=True)]

    edges = [rover(0, [[1, 5]]), rover(5, [[5, 9]]), rover(4, [[5, 9]]), rover(10, [[6, 12], [5, 9], [5, 9]])]
    edges += [rover(9, [[3, 4]]), rover(5000, [[5000, 10**6], [1, 1]]), rover(100, draw(5, 10, 9))]
    small = [rover(integer(rng, 10, 40), draw(integer(rng, 4, 9), 15, 20)) for _ in range(5)]
    return [
        *edges,
        *small,
        rover(5000, draw(60, 300, 10**6)),
        rover(4999, draw(60, 5000, 10**6)),
        rover(3000, draw(60, 90, 50)),
    ]


def _answer(text: str) -> str:
    """By the loads that no lighter or equal load surpasses."""
    (_, c), *samples = rows_of(text)
    best = [(0, 0)]
    for w, v in samples:
        merged = sorted({*best, *((load + w, worth + v) for load, worth in best if load + w <= c)})
        loads: list[tuple[int, int]] = []
        for load, worth in merged:
            if not loads or worth > loads[-1][1]:
                loads.append((load, worth))
        best = loads
    return str(max(worth for _, worth in best))


def _valid(text: str) -> bool:
    (n, c), *samples = rows_of(text)
    fits = all(1 <= w <= 5000 and 0 <= v <= 10**6 for w, v in samples)
    return 1 <= n == len(samples) <= 60 and 0 <= c <= 5000 and fits


PROBLEM = Problem(
    name="rover_cargo",
    title="What the Rover Brings Home",
    difficulty="medium",
    task=TASK,
    examples=((lines([3, 8], [5, 10], [4, 7], [4, 6]), "13"), (lines([1, 2], [3, 50]), "0")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: tries every choice": SLOW,
        "goes by worth per kilogram": GREEDY,
        "takes a sample more than once": altered(REFERENCE, "range(c, w - 1, -1)", "range(w, c + 1)"),
        "leaves a kilogram of room": altered(REFERENCE, "best[c])", "best[c - 1])"),
        "takes the samples in order": altered(
            GREEDY, "sorted(samples, key=lambda s: s[1] / s[0], reverse=True)", "samples"
        ),
    },
)
