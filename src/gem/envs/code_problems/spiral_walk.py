"""List the squares of a grid along a spiral."""

from __future__ import annotations

from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered

TASK = """
A snail crawls over the tiles of a floor, each of which bears a number. It starts on the tile at the top left, crawls to
the right along the edge, turns right at the corner, and goes on like this, always along tiles it has not visited, until
it has seen every tile. Given the rows of the floor, return the numbers in the order in which the snail sees them.

Bounds: 1 to 100 rows, all of the same length from 1 to 100; the numbers lie from 0 to 1000000.
"""

REFERENCE = """
def crawl(floor):
    top, bottom, left, right = 0, len(floor) - 1, 0, len(floor[0]) - 1
    seen = []
    while top <= bottom and left <= right:
        seen += floor[top][left:right + 1]
        seen += [floor[i][right] for i in range(top + 1, bottom + 1)]
        if top < bottom:
            seen += [floor[bottom][j] for j in range(right - 1, left - 1, -1)]
        if left < right:
            seen += [floor[i][left] for i in range(bottom - 1, top, -1)]
        top, bottom, left, right = top + 1, bottom - 1, left + 1, right - 1
    return seen
"""

SNAKE = """
def crawl(floor):
    seen = []
    for i, row in enumerate(floor):
        seen += row if i % 2 == 0 else row[::-1]
    return seen
"""


def _generate(rng: np.random.Generator) -> list[Any]:
    def floor(rows: int, columns: int) -> tuple[list[list[int]]]:
        return (rng.integers(0, 10**6, (rows, columns), endpoint=True).tolist(),)

    edges = [(1, 1), (1, 4), (4, 1), (2, 2), (2, 3), (3, 2), (3, 3), (3, 5), (5, 3), (4, 4), (1, 100), (100, 1)]
    drawn = [(int(r), int(c)) for r, c in rng.integers(2, 9, (3, 2))]
    return [floor(rows, columns) for rows, columns in [*edges, *drawn, (100, 100), (99, 40)]]


def _answer(arguments: tuple[list[list[int]]]) -> list[int]:
    """Take the first row away, turn the rest to the left, and so on."""
    rest = np.array(arguments[0])
    seen: list[int] = []
    while rest.size:
        seen += rest[0].tolist()
        rest = np.rot90(rest[1:])
    return seen


def _valid(arguments: tuple[list[list[int]]]) -> bool:
    (floor,) = arguments
    lengths = {len(row) for row in floor}
    return (
        1 <= len(floor) <= 100
        and len(lengths) == 1
        and 1 <= min(lengths) <= 100
        and all(min(r) >= 0 and max(r) <= 10**6 for r in floor)
    )


PROBLEM = Problem(
    name="spiral_walk",
    title="The Snail on the Floor",
    difficulty="easy",
    signature="def crawl(floor: list[list[int]]) -> list[int]",
    task=TASK,
    examples=((([[1, 2, 3], [4, 5, 6], [7, 8, 9]],), [1, 2, 3, 6, 9, 8, 7, 4, 5]), (([[4], [2]],), [4, 2])),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker="exact",
    reference=REFERENCE,
    wrong={
        "crawls a single row back": altered(REFERENCE, "if top < bottom:", "if True:"),
        "crawls a single column back": altered(REFERENCE, "if left < right:", "if True:"),
        "takes the floor for a square": altered(REFERENCE, "len(floor[0]) - 1", "len(floor) - 1"),
        "stops before the middle": altered(
            REFERENCE, "top <= bottom and left <= right", "top < bottom and left < right"
        ),
        "crawls to and fro": SNAKE,
    },
)
