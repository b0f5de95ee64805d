"""Count the lamps that are on after many ranges of switches were flipped."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, lines, rows_of

TASK = """
A street has n lamps, numbered from 1 to n, all of them off. On each of m evenings somebody walks from lamp a to
lamp b and flips every lamp from a to b, both included: a lamp that is on goes off, one that is off goes on.
How many lamps are on in the end?

Input: the first line holds n and m (1 <= n <= 50000, 0 <= m <= 20000); m lines follow with a and b (1 <= a <= b <= n).
Output: the number of lamps that are on.
"""

REFERENCE = """
import sys

def main():
    data = list(map(int, sys.stdin.read().split()))
    n, m = data[0], data[1]
    change = [0] * (n + 2)
    for i in range(m):
        change[data[2 + 2 * i]] ^= 1
        change[data[3 + 2 * i] + 1] ^= 1
    on = state = 0
    for lamp in range(1, n + 1):
        state ^= change[lamp]
        on += state
    print(on)

main()
"""

SLOW = """
n, m = map(int, input().split())
lamps = [False] * (n + 1)
for _ in range(m):
    a, b = map(int, input().split())
    for lamp in range(a, b + 1):
        lamps[lamp] = not lamps[lamp]
print(sum(lamps))
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def street(n: int, m: int) -> str:
        ends = map(sorted, zip(integers(rng, m, 1, n), integers(rng, m, 1, n), strict=True))
        return lines([n, m], *ends)

    edges = [lines([1, 0]), lines([1, 1], [1, 1]), lines([7, 2], [1, 7], [7, 7]), lines([50_000, 1], [1, 50_000])]
    small = [street(integer(rng, 2, 12), integer(rng, 1, 9)) for _ in range(7)]
    wide = zip(integers(rng, 20_000, 1, 1000), integers(rng, 20_000, 49_001, 50_000), strict=True)
    return [*edges, *small, street(50_000, 20_000), lines([50_000, 20_000], *wide)]


def _answer(text: str) -> str:
    (n, _), *walks = rows_of(text)
    lamps = np.zeros(n + 1, bool)
    for first, last in walks:
        np.logical_not(lamps[first : last + 1], out=lamps[first : last + 1])
    return str(int(lamps.sum()))


def _valid(text: str) -> bool:
    (n, m), *walks = rows_of(text)
    return 1 <= n <= 50_000 and m == len(walks) <= 20_000 and all(1 <= a <= b <= n for a, b in walks)


PROBLEM = Problem(
    name="lamp_street",
    title="Lamp Street",
    difficulty="easy",
    task=TASK,
    examples=((lines([6, 2], [1, 4], [3, 6]), "4"), (lines([3, 0]), "0")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: walks past every lamp": SLOW,
        "leaves the last lamp of a walk out": altered(REFERENCE, "3 + 2 * i] + 1]", "3 + 2 * i]]"),
        "turns lamps on and never off": altered(SLOW, "not lamps[lamp]", "True"),
        "does not look at the last lamp": altered(REFERENCE, "range(1, n + 1)", "range(1, n)"),
    },
)
