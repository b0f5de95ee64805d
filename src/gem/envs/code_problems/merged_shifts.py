"""Join the intervals of a list that overlap or touch."""

from __future__ import annotations

from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, spans

TASK = """
A museum is guarded in shifts. A shift [a, b] lasts from minute a to minute b (a < b). Shifts come in no order and may
overlap. Return the times at which at least one guard is there, as a list of [start, end] in the order of their starts,
such that no two of them overlap or touch: if one shift ends at the minute at which another starts, the museum is
guarded without a break.

Bounds: 0 to 5000 shifts, 0 <= a < b <= 1000000000.
"""

REFERENCE = """
def guarded(shifts):
    times = []
    for a, b in sorted(shifts):
        if times and a <= times[-1][1]:
            times[-1][1] = max(times[-1][1], b)
        else:
            times.append([a, b])
    return times
"""

SLOW = """
def guarded(shifts):
    times = [list(shift) for shift in shifts]
    joined = True
    while joined:
        joined = False
        for i in range(len(times)):
            for j in range(i):
                if times[i][0] <= times[j][1] and times[j][0] <= times[i][1]:
                    a = min(times[i][0], times[j][0])
                    b = max(times[i][1], times[j][1])
                    del times[i], times[j]
                    times.append([a, b])
                    joined = True
                    break
            if joined:
                break
    return sorted(times)
"""


def _generate(rng: np.random.Generator) -> list[Any]:
    def shifts(n: int, last: int, length: int) -> list[list[int]]:
        return spans(rng, n, 0, last, length, shortest=1)

    edges: list[list[list[int]]] = [
        [],
        [[0, 1]],
        [[1, 2], [2, 3]],
        [[1, 2], [3, 4]],
        [[1, 9], [2, 3]],
        [[5, 6], [1, 2]],
    ]
    edges += [[[1, 10], [2, 3], [4, 5], [9, 12]], [[3, 4], [3, 4]], [[0, 10**9]], [[7, 8], [1, 7], [8, 9]]]
    small = [shifts(integer(rng, 3, 9), 40, 9) for _ in range(5)]
    return [(row,) for row in [*edges, *small, shifts(5000, 10**9, 10**5), shifts(5000, 10**9, 500)]]


def _answer(arguments: tuple[list[list[int]]]) -> list[list[int]]:
    """By counting the guards who are there; those who come do so before others leave."""
    (shifts,) = arguments
    events = sorted([(a, -1) for a, _ in shifts] + [(b, 1) for _, b in shifts])
    times: list[list[int]] = []
    there = 0
    for minute, change in events:
        if there == 0:
            times.append([minute, minute])
        there -= change
        if there == 0:
            times[-1][1] = minute
    return times


def _valid(arguments: tuple[list[list[int]]]) -> bool:
    (shifts,) = arguments
    return len(shifts) <= 5000 and all(0 <= a < b <= 10**9 for a, b in shifts)


PROBLEM = Problem(
    name="merged_shifts",
    title="Guards in the Museum",
    difficulty="easy",
    signature="def guarded(shifts: list[list[int]]) -> list[list[int]]",
    task=TASK,
    examples=((([[8, 12], [1, 4], [3, 6], [12, 15]],), [[1, 6], [8, 15]]), (([],), [])),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker="exact",
    reference=REFERENCE,
    wrong={
        "slow: joins two and begins again": SLOW,
        "does not sort": altered(REFERENCE, "sorted(shifts)", "shifts"),
        "leaves shifts that touch apart": altered(REFERENCE, "a <= times", "a < times"),
        "ends when the later shift ends": altered(REFERENCE, "max(times[-1][1], b)", "b"),
        "joins neighbouring minutes": altered(REFERENCE, "a <= times[-1][1]", "a <= times[-1][1] + 1"),
        "crash: expects a shift": altered(REFERENCE, "times = []", "times = [list(min(shifts))]"),
    },
)
