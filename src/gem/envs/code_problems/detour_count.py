"""Count the shortest ways through a city that avoid a crossing, modulo a prime."""

from __future__ import annotations

import math

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, lines, rows_of

MODULUS = 1_000_000_007

TASK = """
The streets of a city form a grid. A messenger goes from the crossing (0, 0) to the crossing (w, h); each step leads one
block east, from (x, y) to (x + 1, y), or one block north, from (x, y) to (x, y + 1). A dog sleeps at the crossing
(a, b), and the messenger never goes there. How many ways are there? Give the number modulo 1000000007.

Input: one line with w, h, a and b (0 <= w, h <= 10000, 0 <= a <= w, 0 <= b <= h). The dog may sleep at the start or at
the goal.
Output: the number of ways modulo 1000000007.
"""

REFERENCE = """
M = 1000000007
w, h, a, b = map(int, input().split())
factorial = [1]
for i in range(1, w + h + 1):
    factorial.append(factorial[-1] * i % M)

def ways(x, y):
    return factorial[x + y] * pow(factorial[x] * factorial[y], -1, M) % M

print((ways(w, h) - ways(a, b) * ways(w - a, h - b)) % M)
"""

SLOW = """
w, h, a, b = map(int, input().split())
row = [0] * (w + 1)
for y in range(h + 1):
    for x in range(w + 1):
        if (x, y) == (0, 0):
            row[0] = 1
        elif x:
            row[x] = (row[x] + row[x - 1]) % 1000000007
        if (x, y) == (a, b):
            row[x] = 0
print(row[w])
"""


def _generate(rng: np.random.Generator) -> list[str]:
    edges = [
        [0, 0, 0, 0],
        [1, 1, 0, 0],
        [1, 1, 1, 1],
        [1, 1, 1, 0],
        [5, 0, 2, 0],
        [0, 4, 0, 4],
        [2, 2, 1, 1],
        [3, 2, 0, 2],
        [49, 49, 46, 3],  # what is subtracted has the larger remainder
    ]
    small: list[list[int]] = []
    for _ in range(5):
        w, h = integer(rng, 3, 40), integer(rng, 3, 40)
        small.append([w, h, integer(rng, 0, w), integer(rng, 0, h)])
    far = [10_000, 10_000, integer(rng, 1, 9999), integer(rng, 1, 9999)]
    return [lines(row) for row in [*edges, *small, far, [10_000, 9_876, 10_000, 0], [9_000, 10_000, 4_500, 5_000]]]


def _answer(text: str) -> str:
    """With whole binomial coefficients, without a modulus on the way."""
    ((w, h, a, b),) = rows_of(text)
    all_ways = math.comb(w + h, w)
    return str((all_ways - math.comb(a + b, a) * math.comb(w - a + h - b, w - a)) % MODULUS)


def _valid(text: str) -> bool:
    ((w, h, a, b),) = rows_of(text)
    return 0 <= a <= w <= 10_000 and 0 <= b <= h <= 10_000


PROBLEM = Problem(
    name="detour_count",
    title="Let Sleeping Dogs Lie",
    difficulty="medium",
    task=TASK,
    examples=((lines([2, 2, 1, 0]), "3"), (lines([3, 1, 3, 1]), "0")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: visits every crossing": SLOW,
        "does not mind the dog": altered(REFERENCE, " - ways(a, b) * ways(w - a, h - b)", ""),
        "divides what was reduced before": altered(
            REFERENCE, "* pow(factorial[x] * factorial[y], -1, M) % M", "// (factorial[x] * factorial[y] % M)"
        ),
        "subtracts the ways to the dog only": altered(REFERENCE, " * ways(w - a, h - b)", ""),
        "prints a negative remainder": altered(
            REFERENCE,
            "print((ways(w, h) - ways(a, b) * ways(w - a, h - b)) % M)",
            "print(ways(w, h) - ways(a, b) * ways(w - a, h - b) % M)",
        ),
    },
)
