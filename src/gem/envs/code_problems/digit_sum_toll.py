"""Count the numbers of a range whose digit sum is divisible by a number."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, lines, rows_of

TASK = """
Cars with the numbers a, a + 1, and so on up to b cross a bridge. A car crosses free of charge if the sum of the digits
of its number is divisible by k. (0 is divisible by every k.) How many cars cross free of charge?

Input: one line with a, b and k (0 <= a <= b <= 1000000000000000, 1 <= k <= 100).
Output: the number of cars that cross free of charge.
"""

REFERENCE = """
from functools import lru_cache

a, b, k = map(int, input().split())

@lru_cache(None)
def free(length, rest):
    if length == 0:
        return rest == 0
    return sum(free(length - 1, (rest - digit) % k) for digit in range(10))

def below(n):
    digits = list(map(int, str(n)))
    total = used = 0
    for i, digit in enumerate(digits):
        for smaller in range(digit):
            total += free(len(digits) - i - 1, -(used + smaller) % k)
        used += digit
    return total

print(below(b + 1) - below(a))
"""

SLOW = """
a, b, k = map(int, input().split())
print(sum(sum(map(int, str(n))) % k == 0 for n in range(a, b + 1)))
"""


def _generate(rng: np.random.Generator) -> list[str]:
    top = 10**15
    edges = [
        [0, 0, 1],
        [0, 9, 3],
        [0, 0, 7],
        [1, 9, 10],
        [9, 9, 9],
        [10, 10, 2],
        [99, 101, 9],
        [0, top, 1],
        [top, top, 1],
    ]
    small: list[list[int]] = []
    for _ in range(5):
        a = integer(rng, 0, 300)
        small.append([a, a + integer(rng, 0, 2000), integer(rng, 1, 25)])
    a = integer(rng, 10**12, 10**14)
    return [lines(row) for row in [*edges, *small, [a, a + 10**5, 7], [a, top, 100], [0, top - 1, 13], [a, 9 * a, 37]]]


def _answer(text: str) -> str:
    """By how many numbers of each length have each digit sum."""
    ((a, b, k),) = rows_of(text)
    if b - a <= 2000:
        return str(sum(sum(map(int, str(n))) % k == 0 for n in range(a, b + 1)))
    sums = [[1]]
    for _ in range(16):
        sums.append([sum(sums[-1][max(0, total - 9) : total + 1]) for total in range(len(sums[-1]) + 9)])

    def up_to(n: int) -> int:
        found, prefix = int(sum(map(int, str(n))) % k == 0), 0
        for place in range(len(str(n)) - 1, -1, -1):
            digit = n // 10**place % 10
            for head in range(prefix, prefix + digit):
                found += sum(count for total, count in enumerate(sums[place]) if (total + head) % k == 0)
            prefix += digit
        return found

    return str(up_to(b) - (up_to(a - 1) if a else 0))


def _valid(text: str) -> bool:
    ((a, b, k),) = rows_of(text)
    return 0 <= a <= b <= 10**15 and 1 <= k <= 100


PROBLEM = Problem(
    name="digit_sum_toll",
    title="The Digit Bridge",
    difficulty="hard",
    task=TASK,
    examples=((lines([10, 30, 5]), "4"), (lines([0, 8, 9]), "1")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: asks every car": SLOW,
        "leaves the last car out": altered(REFERENCE, "below(b + 1)", "below(b)"),
        "leaves the first car out": altered(REFERENCE, "below(a)", "below(a + 1)"),
        "divides the number and not the sum": "a, b, k = map(int, input().split())\nprint(b // k - (a - 1) // k)\n",
        "does not count 0": altered(REFERENCE, "- below(a)", "- below(max(a, 1))"),
    },
)
