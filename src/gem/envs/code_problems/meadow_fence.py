"""Find the area and the outline of a polygon."""

from __future__ import annotations

import cmath
import math

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, lines, rows_of

TASK = """
A meadow is a polygon whose corners have whole coordinates, in metres. Its sides do not cross or touch each other except
that neighbouring sides share a corner. The corners are given in order around the meadow, in either direction. Find its
area and the length of the fence around it.

Input: the first line holds the number of corners n (3 <= n <= 10000); n lines follow with the coordinates x and y of
one corner each (-1000000 <= x, y <= 1000000).
Output: the area and the length of the fence, separated by a blank. A relative or absolute error of 0.000001 is allowed.
"""

REFERENCE = """
import sys
from math import hypot

data = list(map(int, sys.stdin.read().split()))
corners = list(zip(data[1::2], data[2::2]))
twice = 0
fence = 0.0
for i, (x, y) in enumerate(corners):
    u, v = corners[i - 1]
    twice += u * y - x * v
    fence += hypot(x - u, y - v)
print(abs(twice) / 2, fence)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def star(n: int, radius: int) -> list[tuple[int, int]]:
        """Corners around the origin in the order of their angles, no two at the same."""
        best: dict[float, tuple[int, int]] = {}
        while len(best) < n:
            x, y = (int(value) for value in rng.integers(-radius, radius, 2, endpoint=True))
            if (x, y) != (0, 0):
                best[math.atan2(y, x)] = (x, y)
        corners = [corner for _, corner in sorted(best.items())]
        return corners if rng.random() < 0.5 else corners[::-1]

    def ring(n: int, radius: int, reverse: bool) -> list[tuple[int, int]]:
        corners = [(round(radius * math.cos(a)), round(radius * math.sin(a))) for a in np.arange(n) * 2 * math.pi / n]
        return corners[::-1] if reverse else corners

    edges = [[(0, 0), (1, 0), (0, 1)], [(0, 0), (0, 1), (1, 0)], [(0, 0), (4, 0), (4, 3), (0, 3)]]
    edges += [[(0, 0), (4, 0), (2, 1), (4, 4), (0, 4)], [(-5, -5), (-5, -9), (-1, -9), (-1, -5)]]
    m = 10**6
    edges += [[(-m, -m), (m, -m), (m, m), (-m, m)], [(0, 0), (0, 2), (0, 4), (3, 4), (3, 0)]]
    around = [corners for corners in (star(integer(rng, 9, 14), 30) for _ in range(5)) if _holds_origin(corners)]
    large = [ring(integer(rng, 900, 1000), 900_000, reverse=True), ring(10_000, m, reverse=False)]
    return [lines(len(corners), *corners) for corners in [*edges, *around, *large]]


def _holds_origin(corners: list[tuple[int, int]]) -> bool:
    """Whether no two neighbours lie half a turn or more apart, so that the sides cannot cross."""
    turns = [cmath.phase(complex(*b) / complex(*a)) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)]
    return all(abs(turn) < 3.1 for turn in turns) and abs(abs(sum(turns)) - 2 * math.pi) < 1e-6


def _answer(text: str) -> str:
    """The area under each side, by trapezoids."""
    corners = rows_of(text)[1:]
    area = sum((b[0] - a[0]) * (a[1] + b[1]) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)) / 2
    points = np.array(corners, np.float64)
    fence = float(np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1).sum())
    return f"{abs(area):.9f} {fence:.9f}"


def _valid(text: str) -> bool:
    (n,), *corners = rows_of(text)
    return 3 <= n == len(set(map(tuple, corners))) <= 10_000 and all(
        abs(x) <= 10**6 and abs(y) <= 10**6 for x, y in corners
    )


PROBLEM = Problem(
    name="meadow_fence",
    title="A Fence Around the Meadow",
    difficulty="easy",
    task=TASK,
    examples=((lines(4, [0, 0], [4, 0], [4, 3], [1, 3]), "10.5 13.16227766"),),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker="float",
    reference=REFERENCE,
    wrong={
        "gives a negative area": altered(REFERENCE, "abs(twice)", "twice"),
        "does not close the fence": altered(REFERENCE, "    fence +=", "    fence += i and"),
        "forgets to halve": altered(REFERENCE, "abs(twice) / 2", "abs(twice)"),
        "rounds the area down": altered(REFERENCE, "abs(twice) / 2", "abs(twice) // 2"),
        "rounds to one decimal": altered(REFERENCE, "fence)", "round(fence, 1))"),
        "takes the box around the corners": altered(
            REFERENCE, "abs(twice) / 2", "(max(data[1::2]) - min(data[1::2])) * (max(data[2::2]) - min(data[2::2]))"
        ),
    },
)
