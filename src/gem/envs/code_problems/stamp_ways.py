"""Count the ways to pay a postage with given stamps."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, lines, rows_of

MODULUS = 1_000_000_007

TASK = """
A post office sells stamps of k different values, as many of each as one likes. In how many ways can a letter of
postage p be stamped exactly? Only the number of stamps of each value matters, not their order. As the number can be
large, give its remainder after division by 1000000007.

Input: the first line holds k and p (1 <= k <= 40, 0 <= p <= 10000), the second the k different values, each from
1 to 10000.
Output: the number of ways modulo 1000000007. (A postage of 0 is paid in one way: with no stamps.)
"""

REFERENCE = """
k, p = map(int, input().split())
values = list(map(int, input().split()))
ways = [1] + [0] * p
for value in values:
    for amount in range(value, p + 1):
        ways[amount] = (ways[amount] + ways[amount - value]) % 1000000007
print(ways[p])
"""

SLOW = """
import sys
sys.setrecursionlimit(100000)
k, p = map(int, input().split())
values = sorted(map(int, input().split()), reverse=True)

def ways(i, rest):
    if rest == 0:
        return 1
    if i == k:
        return 0
    return sum(ways(i + 1, left) for left in range(rest, -1, -values[i]))

print(ways(0, p) % 1000000007)
"""

ORDERED = """
k, p = map(int, input().split())
values = list(map(int, input().split()))
ways = [1] + [0] * p
for amount in range(1, p + 1):
    ways[amount] = sum(ways[amount - v] for v in values if v <= amount) % 1000000007
print(ways[p])
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def office(p: int, values: list[int]) -> str:
        return lines([len(values), p], values)

    def draw(k: int, highest: int) -> list[int]:
        return [int(value) + 1 for value in rng.permutation(highest)[:k]]

    edges = [office(0, [3]), office(1, [2]), office(2, [2]), office(6, [4]), office(5, [1, 2]), office(10, [5, 2, 1])]
    edges += [office(10_000, [10_000]), office(9, [3, 10])]
    small = [office(integer(rng, 8, 40), draw(integer(rng, 2, 5), 12)) for _ in range(4)]
    large = [
        office(10_000, draw(40, 60)),
        office(9_999, draw(40, 10_000)),
        office(integers(rng, 1, 9000, 10_000)[0], [*range(1, 41)]),
    ]
    return [*edges, *small, *large]


def _answer(text: str) -> str:
    """Every amount of one remainder modulo a value is reached from those below it: running sums along the columns."""
    (_, p), values = rows_of(text)
    ways = np.zeros(p + 1, np.int64)
    ways[0] = 1
    for value in values:
        rows = -(-(p + 1) // value)
        table = np.zeros(rows * value, np.int64)
        table[: p + 1] = ways
        ways = (np.cumsum(table.reshape(rows, value), axis=0) % MODULUS).ravel()[: p + 1]
    return str(int(ways[p]))


def _valid(text: str) -> bool:
    (k, p), values = rows_of(text)
    return 1 <= k == len(set(values)) <= 40 and 0 <= p <= 10_000 and min(values) >= 1 and max(values) <= 10_000


PROBLEM = Problem(
    name="stamp_ways",
    title="Ways to Stamp a Letter",
    difficulty="medium",
    task=TASK,
    examples=((lines([3, 7], [1, 5, 2]), "6"), (lines([2, 3], [2, 4]), "0")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: tries every number of each stamp": SLOW,
        "counts every order": ORDERED,
        "uses each stamp once": altered(REFERENCE, "range(value, p + 1)", "range(p, value - 1, -1)"),
        "forgets the remainder": altered(REFERENCE, " % 1000000007", ""),
        "has no way to pay nothing": altered(REFERENCE, "[1] + [0] * p", "[0] * (p + 1)"),
    },
)
