"""Find the longest stretch of a list with few different items."""

from __future__ import annotations

from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers

TASK = """
A radio plays songs by singers, each of whom has a number. A listener gets nervous when he hears more than k different
singers in one sitting. Given the singers in the order in which they are played, return how many songs in a row he can
hear at most without getting nervous.

Bounds: 1 to 30000 songs, singers from 0 to 1000000, 0 <= k <= 30000.
"""

REFERENCE = """
def longest(singers, k):
    count = {}
    start = best = 0
    for end, singer in enumerate(singers):
        count[singer] = count.get(singer, 0) + 1
        while len(count) > k:
            first = singers[start]
            count[first] -= 1
            if count[first] == 0:
                del count[first]
            start += 1
        best = max(best, end - start + 1)
    return best
"""

SLOW = """
def longest(singers, k):
    best = 0
    for start in range(len(singers)):
        heard = set()
        for end in range(start, len(singers)):
            heard.add(singers[end])
            if len(heard) > k:
                break
            best = max(best, end - start + 1)
    return best
"""

RESTART = """
def longest(singers, k):
    heard = set()
    run = best = 0
    for singer in singers:
        if singer not in heard and len(heard) == k:
            heard, run = set(), 0
        heard.add(singer)
        run += 1
        best = max(best, run)
    return best if k else 0
"""


def _generate(rng: np.random.Generator) -> list[Any]:
    edges = [
        ([7], 0),
        ([7], 1),
        ([7], 5),
        ([1, 1, 1], 1),
        ([1, 2, 3], 2),
        ([1, 2, 1, 3, 1, 1], 2),
        ([1, 2, 3, 4], 30_000),
    ]
    edges += [([1, 2, 2, 3, 3, 3], 2), ([5, 5, 6, 5], 1), ([4, 4, 4], 0), ([1, 2, 3, 1, 2, 3, 3], 3)]
    small = [(integers(rng, integer(rng, 6, 25), 0, 5), integer(rng, 1, 4)) for _ in range(5)]
    large = [(integers(rng, 30_000, 0, 10_000), 9_000), (integers(rng, 30_000, 0, 10**6), 20_000)]
    return [*edges, *small, *large]


def _answer(arguments: tuple[list[int], int]) -> int:
    """A stretch holds as many singers as it has songs whose singer was not heard before in it: by halving lengths."""
    singers, k = arguments
    n = len(singers)
    seen: dict[int, int] = {}
    before = np.empty(n, np.int64)  # where the singer was last heard
    for index, singer in enumerate(singers):
        before[index] = seen.get(singer, -1)
        seen[singer] = index
    low, high = 0, n
    while low < high:
        length = (low + high + 1) // 2
        if _fewest(before, length) <= k:
            low = length
        else:
            high = length - 1
    return low


def _fewest(before: np.ndarray, length: int) -> int:
    """The least number of different singers in a stretch of this length.

    The song at i counts as new in the stretches that hold it and start after its singer's last song.
    """
    n = len(before)
    index = np.arange(n)
    change = np.zeros(n + 1, np.int64)
    np.add.at(change, np.maximum(before + 1, index - length + 1), 1)
    np.add.at(change, index + 1, -1)
    return int(np.cumsum(change)[: n - length + 1].min())


def _valid(arguments: tuple[list[int], int]) -> bool:
    singers, k = arguments
    return 1 <= len(singers) <= 30_000 and 0 <= k <= 30_000 and all(0 <= singer <= 10**6 for singer in singers)


PROBLEM = Problem(
    name="calm_playlist",
    title="The Nervous Listener",
    difficulty="medium",
    signature="def longest(singers: list[int], k: int) -> int",
    task=TASK,
    examples=((([4, 9, 4, 2, 2, 9, 9, 2], 2), 5), (([1, 2, 3], 0), 0)),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker="exact",
    reference=REFERENCE,
    wrong={
        "slow: starts at every song": SLOW,
        "begins anew after each new singer too many": RESTART,
        "allows one singer more": altered(REFERENCE, "len(count) > k", "len(count) > k + 1"),
        "counts the singers and not the songs": altered(REFERENCE, "end - start + 1", "len(count)"),
        "measures one song too few": altered(REFERENCE, "end - start + 1", "end - start"),
    },
)
