"""Put tasks into an order in which each comes after those that it needs."""

from __future__ import annotations

from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, integers_in, lines, rows_of, shuffled, two_of

IMPOSSIBLE = "IMPOSSIBLE"

TASK = """
A workshop has n jobs, numbered from 1 to n, and m rules; rule i says that job a_i must be done before job b_i. Find an
order of all jobs that keeps every rule.

Input: the first line holds n and m (1 <= n <= 5000, 0 <= m <= 15000); m lines follow with a_i and b_i
(1 <= a_i, b_i <= n). A rule may be given twice, and a rule with a_i = b_i can never be kept.
Output: the n jobs in such an order, separated by blanks, or IMPOSSIBLE if there is none. If there are several orders,
print any of them.
"""

REFERENCE = """
import sys

data = list(map(int, sys.stdin.read().split()))
n, m = data[0], data[1]
later = [[] for _ in range(n + 1)]
needs = [0] * (n + 1)
for i in range(2, 2 + 2 * m, 2):
    later[data[i]].append(data[i + 1])
    needs[data[i + 1]] += 1
order = [job for job in range(1, n + 1) if needs[job] == 0]
for job in order:
    for other in later[job]:
        needs[other] -= 1
        if needs[other] == 0:
            order.append(other)
print(*order) if len(order) == n else print("IMPOSSIBLE")
"""

RECURSIVE = """
import sys

data = list(map(int, sys.stdin.read().split()))
n, m = data[0], data[1]
later = [[] for _ in range(n + 1)]
for i in range(2, 2 + 2 * m, 2):
    later[data[i]].append(data[i + 1])
state = [0] * (n + 1)
order = []
possible = True

def visit(job):
    global possible
    state[job] = 1
    for other in later[job]:
        if state[other] == 1:
            possible = False
        elif state[other] == 0:
            visit(other)
    state[job] = 2
    order.append(job)

for job in range(1, n + 1):
    if state[job] == 0:
        visit(job)
print(*reversed(order)) if possible else print("IMPOSSIBLE")
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def workshop(n: int, m: int, broken: bool) -> str:
        place = shuffled(rng, n)
        pairs = [sorted(pair) for pair in two_of(rng, m, n)]
        rules = [[place[a - 1], place[b - 1]] for a, b in pairs]
        if broken:
            rules[-1] = rules[0][::-1]
        return lines([n, m], *rules)

    edges = [lines([1, 0]), lines([1, 1], [1, 1]), lines([2, 2], [1, 2], [2, 1]), lines([3, 2], [3, 2], [2, 1])]
    edges += [
        lines([3, 3], [1, 2], [2, 3], [3, 1]),
        lines([4, 2], [4, 1], [4, 1]),
        lines([4, 3], [1, 2], [3, 4], [4, 3]),
    ]
    small = [workshop(integer(rng, 4, 8), integer(rng, 4, 12), broken=index % 3 == 0) for index in range(5)]
    chain = list(zip(range(1, 5000), range(2, 5001), strict=True))
    ring = lines([5000, 5000], *chain, [5000, 1])
    hints = [[1, target] for target in integers(rng, 1000, 2, 5000)]
    return [*edges, *small, workshop(5000, 15_000, broken=False), lines([5000, 5999], *chain, *hints), ring]


def _answer(text: str) -> str:
    """From the end: a job that no remaining job needs is the last of those that remain."""
    (n, _), *rules = rows_of(text)
    before: list[list[int]] = [[] for _ in range(n + 1)]
    followers = [0] * (n + 1)
    for a, b in rules:
        before[b].append(a)
        followers[a] += 1
    free = [job for job in range(1, n + 1) if not followers[job]]
    order: list[int] = []
    while free:
        order.append(free.pop())
        for job in before[order[-1]]:
            followers[job] -= 1
            if not followers[job]:
                free.append(job)
    return " ".join(map(str, reversed(order))) if len(order) == n else IMPOSSIBLE


def _check(given: str, expected: str, got: Any) -> bool:
    if expected == IMPOSSIBLE:
        return str(got).split() == [IMPOSSIBLE]
    (n, _), *rules = rows_of(given)
    order = integers_in(got)
    if order is None or sorted(order) != list(range(1, n + 1)):
        return False
    place = {job: index for index, job in enumerate(order)}
    return all(place[a] < place[b] for a, b in rules)


def _valid(text: str) -> bool:
    (n, m), *rules = rows_of(text)
    return 1 <= n <= 5000 and m == len(rules) <= 15_000 and all(1 <= min(rule) <= max(rule) <= n for rule in rules)


PROBLEM = Problem(
    name="workshop_order",
    title="Order in the Workshop",
    difficulty="medium",
    task=TASK,
    examples=((lines([4, 3], [3, 1], [1, 4], [3, 2]), "3 1 2 4"), (lines([2, 2], [1, 2], [2, 1]), IMPOSSIBLE)),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker=_check,
    reference=REFERENCE,
    wrong={
        "crash: calls itself for every job of a long chain": RECURSIVE,
        "does not notice a circle": altered(REFERENCE, "if len(order) == n", "if order"),
        "reads the rules backwards": altered(REFERENCE, "print(*order)", "print(*order[::-1])"),
        "takes a job once one rule of it is kept": altered(
            REFERENCE, "if needs[other] == 0:\n            order", "if other not in order[-9999:]:\n            order"
        ),
        "sorts by the number of rules": altered(
            REFERENCE, "print(*order) if", "print(*sorted(order, key=lambda j: -len(later[j]))) if"
        ),
    },
)
