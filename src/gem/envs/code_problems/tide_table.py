"""Count the stretches of a list whose sum is divisible by a number."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, lines, rows_of

TASK = """
A harbour notes by how many centimetres the water rises each hour; when it falls, the number is negative. A stretch is
one or more hours in a row. The harbour master likes a stretch if its numbers add up to a multiple of m (0 and negative
multiples are multiples too). How many stretches does he like? Two stretches differ if they start or end at another
hour.

Input: the first line holds n and m (1 <= n <= 25000, 1 <= m <= 1000000000), the second n numbers, each from
-1000000000 to 1000000000.
Output: the number of stretches that he likes.
"""

REFERENCE = """
n, m = map(int, input().split())
rises = list(map(int, input().split()))
seen = {0: 1}
level = liked = 0
for rise in rises:
    level = (level + rise) % m
    liked += seen.get(level, 0)
    seen[level] = seen.get(level, 0) + 1
print(liked)
"""

SLOW = """
n, m = map(int, input().split())
rises = list(map(int, input().split()))
liked = 0
for start in range(n):
    total = 0
    for end in range(start, n):
        total += rises[end]
        liked += total % m == 0
print(liked)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def table(m: int, rises: list[int]) -> str:
        return lines([len(rises), m], rises)

    big = 10**9
    edges = [table(5, [5]), table(5, [4]), table(1, [-3, 8]), table(7, [0]), table(3, [-1, -2]), table(4, [-1, 5, -4])]
    edges += [table(big, [big, -big, big]), table(6, [1, 2, 3])]
    small = [table(integer(rng, 1, 6), integers(rng, integer(rng, 3, 15), -9, 9)) for _ in range(5)]
    large = [table(integer(rng, 2, 9), integers(rng, 25_000, -big, big)), table(big, integers(rng, 25_000, -1, 1))]
    return [*edges, *small, *large]


def _answer(text: str) -> str:
    (_, m), rises = rows_of(text)
    levels = np.concatenate([[0], np.cumsum(rises)]) % m
    _, counts = np.unique(levels, return_counts=True)
    return str(int((counts * (counts - 1) // 2).sum()))


def _valid(text: str) -> bool:
    (n, m), rises = rows_of(text)
    return 1 <= n == len(rises) <= 25_000 and 1 <= m <= 10**9 and all(abs(rise) <= 10**9 for rise in rises)


PROBLEM = Problem(
    name="tide_table",
    title="The Tide Table",
    difficulty="medium",
    task=TASK,
    examples=((lines([5, 3], [1, 2, -3, 4, 2]), "7"), (lines([2, 10], [3, 4]), "0")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: adds up every stretch": SLOW,
        "misses stretches from the first hour": altered(REFERENCE, "{0: 1}", "{}"),
        "keeps the sign of remainders": altered(
            REFERENCE, "(level + rise) % m", "int(__import__('math').fmod(level + rise, m))"
        ),
        "looks for a sum of 0": altered(REFERENCE, "(level + rise) % m", "level + rise"),
        "counts a level once": altered(REFERENCE, "seen.get(level, 0) + 1", "1"),
    },
)
