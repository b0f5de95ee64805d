"""Pick as many apples as possible on a way through an orchard."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, lines

TASK = """
An orchard is a grid of r rows and c columns. A square is a tree with a number of apples, or a pond, which nobody can
enter. A picker starts at the top left square and goes to the bottom right one; each step leads one square to the right
or one square down. She takes all apples of the squares that she visits, the first and the last included. How many can
she take at most?

Input: the first line holds r and c (1 <= r, c <= 150); r lines follow with c items each: a number of apples from 0 to
10000, or # for a pond.
Output: the largest number of apples, or -1 if no way leads to the goal.
"""

REFERENCE = """
r, c = map(int, input().split())
best = [-1] * c
for i in range(r):
    row = input().split()
    for j in range(c):
        came = max(best[j], best[j - 1] if j else -1)
        if i == j == 0:
            came = 0
        best[j] = -1 if row[j] == "#" or came < 0 else came + int(row[j])
print(best[-1])
"""

SLOW = """
import sys
sys.setrecursionlimit(10000)
r, c = map(int, input().split())
grid = [input().split() for _ in range(r)]

def best(i, j):
    if i == r or j == c or grid[i][j] == "#":
        return -1
    rest = 0 if (i, j) == (r - 1, c - 1) else max(best(i + 1, j), best(i, j + 1))
    return -1 if rest < 0 else rest + int(grid[i][j])

print(best(0, 0))
"""

GREEDY = """
r, c = map(int, input().split())
grid = [input().split() for _ in range(r)]
worth = lambda i, j: -1 if i >= r or j >= c or grid[i][j] == "#" else int(grid[i][j])
i = j = 0
total = worth(0, 0)
while total >= 0 and (i, j) != (r - 1, c - 1):
    down, right = worth(i + 1, j), worth(i, j + 1)
    if max(down, right) < 0:
        total = -1
        break
    i, j = (i + 1, j) if down >= right else (i, j + 1)
    total += max(down, right)
print(total)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def orchard(r: int, c: int, most: int, ponds: float) -> str:
        apples = rng.integers(0, most, (r, c), endpoint=True)
        wet = rng.random((r, c)) < ponds
        return lines(
            [r, c], *(["#" if w else a for a, w in zip(*row, strict=True)] for row in zip(apples, wet, strict=True))
        )

    edges = [lines([1, 1], [7]), lines([1, 1], "#"), lines([1, 3], [1, 2, 3]), lines([3, 1], [1], "#", [3])]
    edges += [lines([2, 2], [0, "#"], ["#", 5]), lines([2, 2], "# 3", "1 1"), lines([2, 2], "1 2", "3 #")]
    edges += [
        lines([3, 3], "1 # 9", "# 9 9", "9 9 9"),
        lines([2, 3], [0, 9, 0], [1, 0, 0]),
        lines([2, 2], "0 0", "0 0"),
    ]
    small = [orchard(integer(rng, 2, 6), integer(rng, 2, 6), 9, 0.2) for _ in range(5)]
    return [*edges, *small, orchard(150, 150, 10_000, 0.05), orchard(120, 150, 10_000, 0), orchard(9, 150, 5, 0.02)]


def _answer(text: str) -> str:
    """From the goal backwards, diagonal by diagonal."""
    rows = [line.split() for line in text.splitlines()[1:]]
    never = -(10**12)
    apples = np.array([[never if item == "#" else int(item) for item in row] for row in rows], np.int64)
    r, c = apples.shape
    best = np.full((r + 1, c + 1), never, np.int64)
    best[r, c - 1] = 0
    for diagonal in range(r + c - 2, -1, -1):
        i = np.arange(max(0, diagonal - c + 1), min(r, diagonal + 1), dtype=np.intp)
        j = np.subtract(diagonal, i)
        best[i, j] = np.maximum(apples[i, j] + np.maximum(best[i + 1, j], best[i, j + 1]), never)
    return str(max(int(best[0, 0]), -1))


def _valid(text: str) -> bool:
    head, *rows = [line.split() for line in text.splitlines()]
    r, c = map(int, head)
    items = all(len(row) == c and all(item == "#" or 0 <= int(item) <= 10_000 for item in row) for row in rows)
    return 1 <= r == len(rows) <= 150 and 1 <= c <= 150 and items


PROBLEM = Problem(
    name="orchard_walk",
    title="Through the Orchard",
    difficulty="medium",
    task=TASK,
    examples=((lines([3, 3], "1 5 #", "2 # 4", "3 3 0"), "9"), (lines([2, 2], "4 #", "# 4"), "-1")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: tries every way": SLOW,
        "goes where the next square has more": GREEDY,
        "wades through ponds": altered(
            REFERENCE,
            '-1 if row[j] == "#" or came < 0 else came + int(row[j])',
            'max(came, 0) + (0 if row[j] == "#" else int(row[j]))',
        ),
        "starts anywhere in the first row": altered(REFERENCE, "i == j == 0", "i == 0"),
        "answers 0 when there is no way": altered(REFERENCE, "best[-1])", "max(best[-1], 0))"),
    },
)
