"""Find the area that two circles share."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, lines, rows_of

NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)
"""Where and how much a smooth function counts in its integral from -1 to 1."""

TASK = """
A radar sees everything within its range: a disc around the place where it stands. Two radars are given by their places
and ranges, in kilometres. How large is the area that both of them see?

Input: two lines, one for each radar, with the whole numbers x, y and r (-1000 <= x, y <= 1000, 1 <= r <= 1000): its
place and its range.
Output: the area in square kilometres. A relative or absolute error of 0.000001 is allowed.
"""

REFERENCE = """
from math import acos, hypot, pi, sin

x1, y1, r1 = map(int, input().split())
x2, y2, r2 = map(int, input().split())
d = hypot(x1 - x2, y1 - y2)
if d >= r1 + r2:
    area = 0.0
elif d <= abs(r1 - r2):
    area = pi * min(r1, r2) ** 2
else:
    area = 0.0
    for r, other in ((r1, r2), (r2, r1)):
        angle = 2 * acos(max(-1.0, min(1.0, (d * d + r * r - other * other) / (2 * d * r))))
        area += r * r * (angle - sin(angle)) / 2
print(area)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    edges = [([0, 0, 1], [0, 0, 1]), ([0, 0, 1], [2, 0, 1]), ([0, 0, 1], [5, 5, 2]), ([0, 0, 5], [1, 1, 1])]
    edges += [
        ([0, 0, 5], [3, 0, 2]),
        ([0, 0, 2], [0, 3, 2]),
        ([3, 4, 5], [0, 0, 1]),
        ([-1000, -1000, 1000], [1000, 1000, 1000]),
    ]
    edges += [([0, 0, 1000], [1, 0, 1000]), ([0, 0, 1000], [999, 0, 2]), ([0, 0, 1], [0, 0, 1000])]
    small = [tuple([*integers(rng, 2, -6, 6), integer(rng, 3, 9)] for _ in range(2)) for _ in range(4)]
    large = [tuple([*integers(rng, 2, -500, 500), integer(rng, 400, 1000)] for _ in range(2)) for _ in range(3)]
    return [lines(*radars) for radars in [*edges, *small, *large]]


def _answer(text: str) -> str:
    """By numeric integration of the width of what they share, across the line through both places."""
    (x1, y1, r1), (x2, y2, r2) = rows_of(text)
    d = float(np.hypot(x1 - x2, y1 - y2))
    low, high = max(-r1, d - r2), min(r1, d + r2)
    if low >= high:
        return "0.0"
    bends = [low, high]
    if d > 0:
        bends.append(min(high, max(low, (d * d + r1 * r1 - r2 * r2) / (2 * d))))
    area = 0.0
    for a, b in zip(sorted(bends), sorted(bends)[1:], strict=False):
        angle = (NODES + 1) * np.pi / 2  # the roots at both ends vanish when x runs as a cosine
        x = (a + b) / 2 - (b - a) / 2 * np.cos(angle)
        half = np.sqrt(np.maximum(0, np.minimum(r1 * r1 - x * x, r2 * r2 - (x - d) ** 2)))
        area += float((WEIGHTS * 2 * half * np.sin(angle)).sum()) * (b - a) / 2 * np.pi / 2
    return f"{area:.9f}"


def _valid(text: str) -> bool:
    radars = rows_of(text)
    return len(radars) == 2 and all(max(abs(x), abs(y)) <= 1000 and 1 <= r <= 1000 for x, y, r in radars)


PROBLEM = Problem(
    name="radar_overlap",
    title="Seen by Both Radars",
    difficulty="medium",
    task=TASK,
    examples=((lines([0, 0, 2], [2, 0, 2]), "4.913478794"), (lines([0, 0, 5], [1, 0, 1]), "3.141592654")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker="float",
    reference=REFERENCE,
    wrong={
        "forgets a disc inside the other": altered(REFERENCE, "area = pi * min(r1, r2) ** 2", "area = 0.0"),
        "crash: takes no care of discs apart": altered(
            REFERENCE,
            "max(-1.0, min(1.0, (d * d + r * r - other * other) / (2 * d * r)))",
            "(d * d + r * r - other * other) / (2 * d * r)",
        ).replace("d >= r1 + r2", "d < 0"),
        "takes equal ranges for granted": altered(
            REFERENCE, "(d * d + r * r - other * other) / (2 * d * r)", "d / (2 * r)"
        ),
        "prints two decimals": altered(REFERENCE, "print(area)", "print('%.2f' % area)"),
        "takes half of the angle": altered(REFERENCE, "2 * acos", "acos"),
    },
)
