"""Find the stretch of a ring whose numbers add up to the most."""

from __future__ import annotations

from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers

TASK = """
On a round market square stand n stalls in a ring; after the last comes the first again. A visitor to stall i wins or
loses a known number of coins. You choose a first stall, walk on from stall to stall, and stop after at least one stall
and at most one full round. Return the largest number of coins that you can win; it is negative if you can only lose.

Bounds: 1 to 30000 stalls, each with a number from -1000000 to 1000000.
"""

REFERENCE = """
def most(stalls):
    best = high = stalls[0]
    worst = low = stalls[0]
    for coins in stalls[1:]:
        high = max(high + coins, coins)
        best = max(best, high)
        low = min(low + coins, coins)
        worst = min(worst, low)
    total = sum(stalls)
    return best if worst == total else max(best, total - worst)
"""

SLOW = """
def most(stalls):
    n = len(stalls)
    best = stalls[0]
    for start in range(n):
        total = 0
        for step in range(n):
            total += stalls[(start + step) % n]
            if total > best:
                best = total
    return best
"""

TWO_ROUNDS = """
def most(stalls):
    best = now = stalls[0]
    for coins in (stalls * 2)[1:]:
        now = max(now + coins, coins)
        best = max(best, now)
    return best
"""


def _generate(rng: np.random.Generator) -> list[Any]:
    big = 10**6
    edges = [
        [5],
        [-5],
        [0],
        [-3, -1, -2],
        [4, -1, 4],
        [1, -9, 1],
        [2, 3],
        [-1, 5, -1],
        [5, -9, 6, -2, 3],
        [0, -4, 0],
        [3, -2, 2, -3],
    ]
    edges += [[-big] * 3, [big] * 4, [7, -3, -3, 7]]
    small = [integers(rng, integer(rng, 3, 10), -9, 9) for _ in range(4)]
    large = [integers(rng, 30_000, -big, big), [-number for number in integers(rng, 30_000, 1, big)]]
    return [(stalls,) for stalls in [*edges, *small, *large]]


def _answer(arguments: tuple[list[int]]) -> int:
    """Over two rounds: the sum up to each stall less the least sum before it that is not too far back."""
    (stalls,) = arguments
    n = len(stalls)
    sums = np.concatenate([[0], np.cumsum(np.array(stalls * 2, np.int64))])
    before, after = sums[:n], sums[n : 2 * n + 1]
    # The window of n sums before position p is the end of the first n sums and the start of the next.
    tails = np.minimum.accumulate(before[::-1])[::-1]
    inner = sums[1 : n + 1] - np.minimum.accumulate(sums[:n])
    heads = np.minimum.accumulate(after)[: n - 1] if n > 1 else after[:0]
    across = after[1:n] - np.minimum(tails[1:], heads) if n > 1 else inner
    return int(max(inner.max(), across.max()))


def _valid(arguments: tuple[list[int]]) -> bool:
    (stalls,) = arguments
    return 1 <= len(stalls) <= 30_000 and all(abs(coins) <= 10**6 for coins in stalls)


PROBLEM = Problem(
    name="ring_of_stalls",
    title="Round the Market Square",
    difficulty="medium",
    signature="def most(stalls: list[int]) -> int",
    task=TASK,
    examples=((([6, -9, 2, -1, 4],), 11), (([-4, -2, -7],), -2)),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker="exact",
    reference=REFERENCE,
    wrong={
        "slow: starts at every stall": SLOW,
        "stops at the last stall": altered(
            REFERENCE, "return best if worst == total else max(best, total - worst)", "return best"
        ),
        "chooses no stall at all": altered(
            REFERENCE, "return best if worst == total else max(best, total - worst)", "return max(best, total - worst)"
        ),
        "goes round more than once": TWO_ROUNDS,
        "never wins less than 0": altered(REFERENCE, "best = high = stalls[0]", "best = high = max(0, stalls[0])"),
    },
)
