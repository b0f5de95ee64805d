"""Count the ways to place queens that neither attack each other nor stand on broken squares."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, lines

TASK = """
In a hall of n times n squares stand n thrones, exactly one in each row and one in each column, for n rulers who cannot
stand each other: no two thrones may stand on the same diagonal, however far apart, in either direction. Some squares of
the floor are broken and hold no throne. In how many ways can the thrones be placed?

Input: the first line holds n (1 <= n <= 8); n lines follow with n characters each, . for a good square and # for a
broken one.
Output: the number of ways.
"""

REFERENCE = """
n = int(input())
hall = [input().strip() for _ in range(n)]

def place(row, columns, rising, falling):
    if row == n:
        return 1
    ways = 0
    for column in range(n):
        if hall[row][column] == "." and column not in columns:
            if row + column not in rising and row - column not in falling:
                ways += place(row + 1, columns | {column}, rising | {row + column}, falling | {row - column})
    return ways

print(place(0, frozenset(), frozenset(), frozenset()))
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def hall(n: int, broken: float) -> str:
        return lines(n, *("".join("#" if draw < broken else "." for draw in rng.random(n)) for _ in range(n)))

    edges = [hall(n, 0) for n in range(1, 9)] + [lines(1, "#"), hall(4, 1), lines(4, "....", "...#", "....", "....")]
    return [*edges, *(hall(integer(rng, 4, 7), 0.12) for _ in range(3)), hall(7, 0.1), hall(8, 0.1), hall(8, 0.05)]


def _answer(text: str) -> str:
    """Over all orders of the columns."""
    rows = text.splitlines()[1:]
    n = len(rows)
    good = np.array([[square == "." for square in row] for row in rows])
    orders = np.array(list(permutations(range(n))))
    fine = good[np.arange(n), orders].all(axis=1)
    for sums in (orders + np.arange(n), orders - np.arange(n)):
        ordered = np.sort(sums, axis=1)
        fine &= (ordered[:, 1:] != ordered[:, :-1]).all(axis=1)
    return str(int(fine.sum()))


def _valid(text: str) -> bool:
    head, *rows = text.splitlines()
    n = int(head)
    return 1 <= n <= 8 and len(rows) == n and all(len(row) == n and set(row) <= {".", "#"} for row in rows)


PROBLEM = Problem(
    name="quiet_thrones",
    title="Quiet Thrones",
    difficulty="medium",
    task=TASK,
    examples=((lines(4, "....", "....", "....", "...."), "2"), (lines(4, ".#..", "....", "....", "...."), "1")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "forgets one direction of diagonals": altered(REFERENCE, " and row - column not in falling", ""),
        "minds only neighbouring squares": altered(
            REFERENCE, "rising | {row + column}, falling | {row - column}", "{row + column}, {row - column}"
        ),
        "does not see broken squares": altered(REFERENCE, 'hall[row][column] == "." and ', ""),
        "takes mirror images for the same": altered(
            REFERENCE,
            "print(place(0, frozenset(), frozenset(), frozenset()))",
            "ways = place(0, frozenset(), frozenset(), frozenset())\nprint((ways + 1) // 2)",
        ),
        "knows the numbers of whole halls only": "print([0, 1, 0, 0, 2, 10, 4, 40, 92][int(input())])\n",
    },
)
