"""Count the pairs of a list that have no common divisor."""

from __future__ import annotations

import math

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, lines, rows_of

TASK = """
Two gears wear evenly if the numbers of their teeth have no common divisor above 1. A box holds n gears, and gear i
has t_i teeth. In how many ways can two different gears of the box be chosen that wear evenly? Gears with the same
number of teeth are still different gears.

Input: the first line holds n (1 <= n <= 20000), the second the n numbers of teeth (1 <= t_i <= 50000).
Output: the number of pairs.
"""

REFERENCE = """
import sys

data = list(map(int, sys.stdin.read().split()))
n, teeth = data[0], data[1:]
top = max(teeth)
count = [0] * (top + 1)
for t in teeth:
    count[t] += 1
mobius = [1] * (top + 1)
prime = [True] * (top + 1)
for p in range(2, top + 1):
    if prime[p]:
        for multiple in range(p, top + 1, p):
            prime[multiple] = multiple == p
            mobius[multiple] = -mobius[multiple]
        for multiple in range(p * p, top + 1, p * p):
            mobius[multiple] = 0
pairs = 0
for d in range(1, top + 1):
    if mobius[d]:
        c = sum(count[d::d])
        pairs += mobius[d] * (c * (c - 1) // 2)
print(pairs)
"""

SLOW = """
from math import gcd
n = int(input())
teeth = list(map(int, input().split()))
print(sum(gcd(teeth[i], teeth[j]) == 1 for i in range(n) for j in range(i)))
"""


def _generate(rng: np.random.Generator) -> list[str]:
    edges = [[1], [1, 1], [1, 1, 1, 1], [6, 6], [4, 8], [50_000, 49_999], [2, 3, 4, 5, 6], [6, 10, 15], [30, 30, 7]]
    small = [integers(rng, integer(rng, 2, 30), 1, 40) for _ in range(4)]
    large = [integers(rng, 20_000, 1, 50_000), [30 * t for t in integers(rng, 10_000, 1, 1600)] + [1] * 10_000]
    return [lines(len(teeth), teeth) for teeth in [*edges, *small, *large]]


def _answer(text: str) -> str:
    teeth = rows_of(text)[1]
    if len(teeth) <= 40:
        return str(sum(math.gcd(a, b) == 1 for i, a in enumerate(teeth) for b in teeth[:i]))
    count = np.bincount(teeth, minlength=50_001)
    pairs = count * (count - 1) // 2  # of those whose greatest common divisor is the index
    for divisor in range(25_000, 0, -1):
        multiples = int(count[divisor::divisor].sum())
        pairs[divisor] = multiples * (multiples - 1) // 2 - int(pairs[2 * divisor :: divisor].sum())
    return str(int(pairs[1]))


def _valid(text: str) -> bool:
    (n,), teeth = rows_of(text)
    return 1 <= n == len(teeth) <= 20_000 and min(teeth) >= 1 and max(teeth) <= 50_000


PROBLEM = Problem(
    name="gear_pairs",
    title="Gears That Wear Evenly",
    difficulty="hard",
    task=TASK,
    examples=((lines(4, [4, 9, 6, 25]), "4"), (lines(3, [1, 1, 2]), "3")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: looks at every pair": SLOW,
        "counts each pair twice": altered(REFERENCE, "(c * (c - 1) // 2)", "(c * (c - 1))"),
        "pairs a gear with itself": altered(REFERENCE, "c * (c - 1) // 2", "c * (c + 1) // 2"),
        "subtracts multiples of a square twice": altered(REFERENCE, "mobius[multiple] = 0", "pass"),
        "takes equal gears for one": altered(REFERENCE, "count[t] += 1", "count[t] = 1"),
    },
)
