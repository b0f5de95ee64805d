"""Find how many terms a course of studies takes at least."""

from __future__ import annotations

from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, shuffled, two_of

TASK = """
A course of studies has n classes, numbered from 0 to n - 1. A rule [a, b] says that class a must be finished in a term
before the one in which class b is taken. A student can take any number of classes in one term. Return the least number
of terms in which all classes can be finished, or -1 if the rules make that impossible.

Bounds: 1 <= n <= 5000, 0 to 15000 rules with 0 <= a, b < n; a rule may come twice, and a may equal b.
"""

REFERENCE = """
def terms(n, rules):
    later = [[] for _ in range(n)]
    needs = [0] * n
    for a, b in rules:
        later[a].append(b)
        needs[b] += 1
    term = [c for c in range(n) if needs[c] == 0]
    count = finished = 0
    while term:
        count += 1
        finished += len(term)
        following = []
        for a in term:
            for b in later[a]:
                needs[b] -= 1
                if needs[b] == 0:
                    following.append(b)
        term = following
    return count if finished == n else -1
"""

RECURSIVE = """
from functools import lru_cache

def terms(n, rules):
    before = [[] for _ in range(n)]
    for a, b in rules:
        before[b].append(a)
    state = [0] * n

    @lru_cache(None)
    def depth(c):
        if state[c] == 1:
            return n + 1
        state[c] = 1
        value = 1 + max((depth(a) for a in before[c]), default=0)
        state[c] = 2
        return value

    most = max(map(depth, range(n)))
    return most if most <= n else -1
"""

SLOW = """
def terms(n, rules):
    term = [1] * n
    for _ in range(n):
        changed = False
        for a, b in rules:
            if term[b] < term[a] + 1:
                term[b] = term[a] + 1
                changed = True
        if not changed:
            return max(term)
    return -1
"""

BREADTH = """
def terms(n, rules):
    later = [[] for _ in range(n)]
    has_needs = set()
    for a, b in rules:
        later[a].append(b)
        has_needs.add(b)
    depth = {c: 1 for c in range(n) if c not in has_needs}
    row = list(depth)
    for a in row:
        for b in later[a]:
            if b not in depth:
                depth[b] = depth[a] + 1
                row.append(b)
    return max(depth.values()) if len(depth) == n else -1
"""


def _generate(rng: np.random.Generator) -> list[Any]:
    def studies(n: int, m: int, broken: bool) -> tuple[int, list[list[int]]]:
        place = shuffled(rng, n)
        pairs = [sorted(pair) for pair in two_of(rng, m, n)]
        rules = [[place[a - 1] - 1, place[b - 1] - 1] for a, b in pairs]
        if broken:
            rules.append(rules[0][::-1])
        return n, rules

    edges: list[Any] = [(1, []), (1, [[0, 0]]), (2, [[0, 1]]), (2, [[0, 1], [1, 0]]), (3, [[0, 1], [1, 2], [0, 2]])]
    edges += [
        (4, [[2, 1], [2, 1]]),
        (3, [[2, 1], [1, 0]]),
        (5, []),
        (4, [[0, 3], [0, 1], [1, 2], [2, 3]]),
        (4, [[0, 1], [2, 3], [3, 2]]),
    ]
    small = [studies(integer(rng, 4, 8), integer(rng, 4, 12), broken=index == 0) for index in range(5)]
    backwards = [[c + 1, c] for c in range(4999)]
    return [*edges, *small, studies(5000, 15_000, broken=False), (5000, backwards), studies(5000, 14_000, broken=True)]


def _answer(arguments: tuple[int, list[list[int]]]) -> int:
    """From the end: the longest chain of classes that each class begins."""
    n, rules = arguments
    before: list[list[int]] = [[] for _ in range(n)]
    open_rules = [0] * n
    for a, b in rules:
        before[b].append(a)
        open_rules[a] += 1
    chain = [1] * n
    free = [c for c in range(n) if not open_rules[c]]
    done = 0
    while free:
        b = free.pop()
        done += 1
        for a in before[b]:
            chain[a] = max(chain[a], chain[b] + 1)
            open_rules[a] -= 1
            if not open_rules[a]:
                free.append(a)
    return max(chain) if done == n else -1


def _valid(arguments: tuple[int, list[list[int]]]) -> bool:
    n, rules = arguments
    return 1 <= n <= 5000 and len(rules) <= 15_000 and all(0 <= min(rule) <= max(rule) < n for rule in rules)


PROBLEM = Problem(
    name="fewest_terms",
    title="As Few Terms as Possible",
    difficulty="medium",
    signature="def terms(n: int, rules: list[list[int]]) -> int",
    task=TASK,
    examples=(((5, [[0, 1], [1, 4], [2, 4], [0, 3]]), 3), ((2, [[0, 1], [1, 0]]), -1)),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker="exact",
    reference=REFERENCE,
    wrong={
        "slow: goes through all rules again and again": SLOW,
        "crash: calls itself along a long chain": RECURSIVE,
        "takes a class once one rule is kept": BREADTH,
        "does not notice a circle": altered(REFERENCE, "if finished == n else -1", ""),
        "counts the steps between terms": altered(REFERENCE, "return count if", "return count - 1 if"),
    },
)
