"""Find the longest part of a walk, in order, that only rises."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import integer, integers, lines, rows_of

TASK = """
A hiker passes n viewpoints, one after the other, and knows the height of each. She wants to take photographs at some
of them such that each photograph is taken strictly higher than the one before. She cannot walk back. How many
photographs can she take at most?

Input: the first line holds n (1 <= n <= 15000), the second the n heights in the order of the walk, each from
-1000000000 to 1000000000.
Output: the largest number of photographs.
"""

REFERENCE = """
from bisect import bisect_left

n = int(input())
lowest = []
for height in map(int, input().split()):
    place = bisect_left(lowest, height)
    if place == len(lowest):
        lowest.append(height)
    else:
        lowest[place] = height
print(len(lowest))
"""

SLOW = """
n = int(input())
heights = list(map(int, input().split()))
best = []
for i, height in enumerate(heights):
    best.append(1 + max((best[j] for j in range(i) if heights[j] < height), default=0))
print(max(best))
"""

GREEDY = """
n = int(input())
photographs, highest = 0, -10**18
for height in map(int, input().split()):
    if height > highest:
        photographs += 1
        highest = height
print(photographs)
"""

IN_A_ROW = """
n = int(input())
heights = list(map(int, input().split()))
best = run = 1
for before, after in zip(heights, heights[1:]):
    run = run + 1 if after > before else 1
    best = max(best, run)
print(best)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    edges = [
        [5],
        [1, 2],
        [2, 1],
        [3, 3, 3],
        [10, 1, 2, 3],
        [1, 9, 2, 3, 4],
        [5, 4, 3, 2, 1],
        [1, 2, 2, 3],
        [-5, 0, -4, 1],
    ]
    small = [integers(rng, integer(rng, 5, 16), -9, 9) for _ in range(5)]
    slope = (np.arange(15_000) * 1000 + rng.integers(-(10**6), 10**6, 15_000)).tolist()
    large = [integers(rng, 15_000, -(10**9), 10**9), slope]
    return [lines(len(heights), heights) for heights in [*edges, *small, *large]]


def _answer(text: str) -> str:
    """The best number that ends at each height, in a tree of maxima over the ranks of the heights."""
    heights = rows_of(text)[1]
    rank = {height: index + 1 for index, height in enumerate(sorted(set(heights)))}
    tree = [0] * (len(rank) + 1)
    most = 0
    for height in heights:
        place, best = rank[height] - 1, 0
        while place:
            best = max(best, tree[place])
            place &= place - 1
        most = max(most, best + 1)
        place = rank[height]
        while place < len(tree):
            tree[place] = max(tree[place], best + 1)
            place += place & -place
    return str(most)


def _valid(text: str) -> bool:
    (n,), heights = rows_of(text)
    return 1 <= n == len(heights) <= 15_000 and all(abs(height) <= 10**9 for height in heights)


PROBLEM = Problem(
    name="rising_path",
    title="Photographs on the Way Up",
    difficulty="medium",
    task=TASK,
    examples=((lines(7, [3, 8, 4, 4, 6, 1, 7]), "4"), (lines(3, [2, 2, 2]), "1")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: looks back at every viewpoint": SLOW,
        "takes every new height": GREEDY,
        "wants viewpoints in a row": IN_A_ROW,
        "allows equal heights": REFERENCE.replace("bisect_left", "bisect_right"),
    },
)
