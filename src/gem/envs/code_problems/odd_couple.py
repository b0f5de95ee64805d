"""Find the two numbers of a list that differ most, bit by bit."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, lines, rows_of

TASK = """
At a dance each of n guests wears a whole number. The spark between two guests is the bitwise exclusive or (XOR) of
their numbers. What is the greatest spark between two different guests? Two guests may wear the same number; their spark
is 0.

Input: the first line holds n (2 <= n <= 20000), the second the n numbers, each from 0 to 1073741823.
Output: the greatest spark.
"""

REFERENCE = """
n = int(input())
numbers = set(map(int, input().split()))
best = 0
for bit in range(29, -1, -1):
    wanted = best | 1 << bit
    heads = {number >> bit for number in numbers}
    if any(wanted >> bit ^ head in heads for head in heads):
        best = wanted
print(best)
"""

SLOW = """
n = int(input())
numbers = list(map(int, input().split()))
print(max(numbers[i] ^ numbers[j] for i in range(n) for j in range(i)))
"""

WITH_GREATEST = """
input()
numbers = list(map(int, input().split()))
greatest = max(numbers)
print(max(number ^ greatest for number in numbers))
"""

NEIGHBOURS = """
input()
numbers = sorted(map(int, input().split()))
print(max(a ^ b for a, b in zip(numbers, numbers[1:])))
"""


def _generate(rng: np.random.Generator) -> list[str]:
    top = 2**30 - 1
    edges = [
        [0, 0],
        [0, 1],
        [5, 5, 5],
        [0, top],
        [top, top],
        [1, 2, 4, 8],
        [8, 7, 15],
        [2**29, 2**29 - 1, 3],
        [6, 1, 2],
    ]
    small = [integers(rng, integer(rng, 3, 9), 0, 63) for _ in range(5)]
    close = [2**29 + number for number in integers(rng, 20_000, 0, 2**20)]
    return [lines(len(numbers), numbers) for numbers in [*edges, *small, integers(rng, 20_000, 0, top), close]]


def _answer(text: str) -> str:
    """By splitting both sides of a pair at the highest bit again and again."""
    numbers = np.unique(rows_of(text)[1])

    def best(left: np.ndarray, right: np.ndarray, bit: int) -> int:
        if left.size * right.size <= 4096:
            return int(((left[:, None] ^ right) & ((1 << bit + 1) - 1)).max(initial=0))
        halves = [(side[side >> bit & 1 == 0], side[side >> bit & 1 == 1]) for side in (left, right)]
        (zeros, ones), (others_zeros, others_ones) = halves
        different = [(a, b) for a, b in ((zeros, others_ones), (ones, others_zeros)) if a.size and b.size]
        if different:
            return (1 << bit) + max(best(a, b, bit - 1) for a, b in different)
        return max(best(zeros, others_zeros, bit - 1), best(ones, others_ones, bit - 1))

    return str(best(numbers, numbers, 29))


def _valid(text: str) -> bool:
    (n,), numbers = rows_of(text)
    return 2 <= n == len(numbers) <= 20_000 and all(0 <= number < 2**30 for number in numbers)


PROBLEM = Problem(
    name="odd_couple",
    title="The Odd Couple",
    difficulty="hard",
    task=TASK,
    examples=((lines(4, [3, 10, 5, 8]), "15"), (lines(2, [9, 9]), "0")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: tries every pair": SLOW,
        "pairs everybody with the greatest number": WITH_GREATEST,
        "tries neighbours in size": NEIGHBOURS,
        "overlooks the highest bit": altered(REFERENCE, "range(29, -1, -1)", "range(28, -1, -1)"),
        "overlooks the lowest bit": altered(REFERENCE, "range(29, -1, -1)", "range(29, 0, -1)"),
    },
)
