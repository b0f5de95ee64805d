"""Touch every interval of a list with as few points as possible."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, lines, rows_of, spans

TASK = """
Bats sleep on a long beam. Bat i can be seen from every point between a_i and b_i of the beam, both ends included.
A torch is put at one point and shows every bat that can be seen from there. How many torches are needed, at least,
to see all the bats?

Input: the first line holds the number of bats n (1 <= n <= 12000); n lines follow with a_i and b_i
(-1000000000 <= a_i <= b_i <= 1000000000).
Output: the least number of torches.
"""

REFERENCE = """
import sys

data = list(map(int, sys.stdin.read().split()))
bats = sorted(zip(data[1::2], data[2::2]), key=lambda bat: bat[1])
torches = 0
torch = -10**18
for start, end in bats:
    if start > torch:
        torches += 1
        torch = end
print(torches)
"""

MOST_AT_ONCE = """
n = int(input())
events = []
for _ in range(n):
    a, b = map(int, input().split())
    events += [(a, 0), (b, 1)]
now = most = 0
for _, kind in sorted(events):
    now += 1 if kind == 0 else -1
    most = max(most, now)
print(most)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def beam(n: int, span: int, width: int) -> list[list[int]]:
        return spans(rng, n, -span, span, width)

    edges = [
        [[0, 0]],
        [[1, 2], [2, 3]],
        [[1, 2], [3, 4]],
        [[0, 9], [1, 2], [4, 5]],
        [[5, 5], [5, 5]],
        [[-9, -3], [-3, 0]],
    ]
    edges.append([[1, 10], [2, 3], [4, 6], [7, 9], [9, 12]])
    small = [beam(integer(rng, 3, 12), 15, integer(rng, 2, 9)) for _ in range(5)]
    large = [beam(12_000, 10**9, 10**6), beam(12_000, 10**9, 10**9)]
    return [lines(len(bats), *bats) for bats in [*edges, *small, *large]]


def _answer(text: str) -> str:
    """As many as there are bats, at most, of which no two are seen from one point; chosen by dynamic programming."""
    bats = sorted(rows_of(text)[1:], key=lambda bat: bat[1])
    ends = [end for _, end in bats]
    most = [0]
    for start, _ in bats:
        most.append(max(most[-1], most[bisect_left(ends, start)] + 1))
    return str(most[-1])


def _valid(text: str) -> bool:
    (n,), *bats = rows_of(text)
    return 1 <= n == len(bats) <= 12_000 and all(-(10**9) <= a <= b <= 10**9 for a, b in bats)


PROBLEM = Problem(
    name="bat_torches",
    title="Torches for the Bats",
    difficulty="medium",
    task=TASK,
    examples=((lines(4, [1, 4], [3, 8], [9, 9], [4, 6]), "2"), (lines(2, [0, 1], [2, 3]), "2")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "goes by the starts": altered(REFERENCE, "key=lambda bat: bat[1]", "key=lambda bat: bat[0]"),
        "does not see a bat from its end": altered(REFERENCE, "start > torch", "start >= torch"),
        "counts the bats seen from one point": MOST_AT_ONCE,
        "puts the torch at the start": altered(REFERENCE, "torch = end", "torch = start"),
        "takes 0 for the first torch": altered(REFERENCE, "-10**18", "0"),
    },
)
