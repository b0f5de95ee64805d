"""Add up the largest number of every window of a list."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, lines, rows_of

TASK = """
A camera films a kite festival through a window that shows k neighbouring kites of a row of n. It starts at the first
k kites and moves on by one kite until it shows the last k. For each position the director notes the height of the
highest kite in the picture. What is the sum of his notes?

Input: the first line holds n and k (1 <= k <= n <= 40000), the second the heights of the n kites in order, each from
0 to 1000000.
Output: the sum of the greatest heights of all positions.
"""

REFERENCE = """
from collections import deque

n, k = map(int, input().split())
heights = list(map(int, input().split()))
window = deque()
total = 0
for i, height in enumerate(heights):
    while window and heights[window[-1]] <= height:
        window.pop()
    window.append(i)
    if window[0] <= i - k:
        window.popleft()
    if i >= k - 1:
        total += heights[window[0]]
print(total)
"""

SLOW = """
n, k = map(int, input().split())
heights = list(map(int, input().split()))
print(sum(max(heights[i:i + k]) for i in range(n - k + 1)))
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def festival(k: int, heights: list[int]) -> str:
        return lines([len(heights), k], heights)

    edges = [festival(1, [0]), festival(1, [3, 1, 2]), festival(3, [3, 1, 2]), festival(2, [5, 5, 5, 5])]
    edges += [festival(2, [9, 7, 5, 3, 1]), festival(3, [1, 2, 3, 4, 5]), festival(4, [10**6] * 9)]
    small: list[str] = []
    for _ in range(5):
        heights = integers(rng, integer(rng, 4, 20), 0, 12)
        small.append(festival(integer(rng, 2, len(heights) - 1), heights))
    falling = sorted(integers(rng, 40_000, 0, 10**6), reverse=True)
    return [*edges, *small, festival(20_000, integers(rng, 40_000, 0, 10**6)), festival(15_000, falling)]


def _answer(text: str) -> str:
    """A window is the end of one block of k and the start of the next, whose maxima are known."""
    (n, k), heights = rows_of(text)
    blocks = -(-n // k)
    padded = np.full(blocks * k, -1, np.int64)
    padded[:n] = heights
    table = padded.reshape(blocks, k)
    until = np.maximum.accumulate(table, axis=1).ravel()
    since = np.maximum.accumulate(table[:, ::-1], axis=1)[:, ::-1].ravel()
    return str(int(np.maximum(since[: n - k + 1], until[k - 1 : n]).sum()))


def _valid(text: str) -> bool:
    (n, k), heights = rows_of(text)
    return 1 <= k <= n == len(heights) <= 40_000 and all(0 <= height <= 10**6 for height in heights)


PROBLEM = Problem(
    name="kite_windows",
    title="Kites on Camera",
    difficulty="medium",
    task=TASK,
    examples=((lines([5, 2], [4, 1, 3, 3, 8]), "18"), (lines([3, 3], [2, 9, 4]), "9")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: searches every window": SLOW,
        "stops before the last window": altered(SLOW, "n - k + 1", "n - k"),
        "keeps a kite one step too long": altered(REFERENCE, "<= i - k", "< i - k"),
        "counts windows that have only begun": altered(REFERENCE, "i >= k - 1", "i >= 0"),
        "never lets a kite leave the picture": altered(REFERENCE, "window.popleft()", "pass"),
    },
)
