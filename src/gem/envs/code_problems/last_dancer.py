"""Find who remains when every k-th of a circle leaves."""

from __future__ import annotations

from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer

TASK = """
n dancers stand in a circle, numbered from 1 to n clockwise. Counting begins at dancer 1 and goes on clockwise:
whoever is counted as number k leaves the circle, and counting begins anew, with 1, at the next dancer still there. So
it goes on until a single dancer remains. Return the number of that dancer.

Bounds: 1 <= n <= 30000, 1 <= k <= 1000000000.
"""

REFERENCE = """
def remains(n, k):
    place = 0
    for size in range(2, n + 1):
        place = (place + k) % size
    return place + 1
"""

SLOW = """
from collections import deque

def remains(n, k):
    circle = deque(range(1, n + 1))
    while len(circle) > 1:
        for _ in range(k - 1):
            circle.append(circle.popleft())
        circle.popleft()
    return circle[0]
"""


def _generate(rng: np.random.Generator) -> list[Any]:
    edges = [(1, 1), (1, 9), (2, 1), (2, 2), (3, 3), (5, 2), (6, 1), (7, 7), (8, 2), (10, 3), (3, 10**9)]
    small = [(integer(rng, 4, 40), integer(rng, 2, 60)) for _ in range(5)]
    return [
        *edges,
        *small,
        (30_000, integer(rng, 9 * 10**8, 10**9)),
        (integer(rng, 29_000, 30_000), integer(rng, 2, 9)),
        (30_000, 30_000),
    ]


def _answer(arguments: tuple[int, int]) -> int:
    """By letting them leave, from a list."""
    n, k = arguments
    circle = list(range(1, n + 1))
    place = 0
    while len(circle) > 1:
        place = (place + k - 1) % len(circle)
        circle.pop(place)
    return circle[0]


def _valid(arguments: tuple[int, int]) -> bool:
    n, k = arguments
    return 1 <= n <= 30_000 and 1 <= k <= 10**9


PROBLEM = Problem(
    name="last_dancer",
    title="The Last Dancer",
    difficulty="easy",
    signature="def remains(n: int, k: int) -> int",
    task=TASK,
    examples=(((5, 2), 3), ((4, 1), 4)),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker="exact",
    reference=REFERENCE,
    wrong={
        "slow: counts every dancer": SLOW,
        "counts dancers from 0": altered(REFERENCE, "place + 1", "place"),
        "skips k before each one who leaves": altered(REFERENCE, "(place + k)", "(place + k + 1)"),
        "stops one dancer early": altered(REFERENCE, "n + 1", "n"),
        "knows every second only": "def remains(n, k):\n    return 2 * (n - (1 << n.bit_length() - 1)) + 1\n",
    },
)
