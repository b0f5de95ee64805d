"""Invite people of a hierarchy, but nobody together with their direct superior."""

from __future__ import annotations

from itertools import compress, product
from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, shuffled

TASK = """
A company has n people, numbered from 0 to n - 1. bosses[i] is the number of the direct boss of person i, or -1 for the
one person at the top. Nobody enjoys a party to which their direct boss comes, so no person may be invited together with
their direct boss. Person i, if invited, adds fun[i] to the party, which may be negative. Return the largest total fun;
a party without guests has the fun 0.

Bounds: 1 <= n <= 5000, -1000000 <= fun[i] <= 1000000. The numbers of bosses and their people are in no order.
"""

REFERENCE = """
def party(bosses, fun):
    people = [[] for _ in bosses]
    for person, boss in enumerate(bosses):
        if boss >= 0:
            people[boss].append(person)
    order = [bosses.index(-1)]
    for person in order:
        order += people[person]
    come = list(fun)
    stay = [0] * len(bosses)
    for person in reversed(order):
        boss = bosses[person]
        if boss >= 0:
            come[boss] += stay[person]
            stay[boss] += max(come[person], stay[person])
    return max(come[order[0]], stay[order[0]])
"""

RECURSIVE = """
def party(bosses, fun):
    people = [[] for _ in bosses]
    for person, boss in enumerate(bosses):
        if boss >= 0:
            people[boss].append(person)

    def best(person):
        pairs = [best(other) for other in people[person]]
        return fun[person] + sum(stay for _, stay in pairs), sum(map(max, pairs))

    return max(best(bosses.index(-1)))
"""

SLOW = """
def party(bosses, fun):
    n = len(bosses)
    most = 0
    for choice in range(1 << n):
        guests = [i for i in range(n) if choice >> i & 1]
        if all(bosses[i] < 0 or not choice >> bosses[i] & 1 for i in guests):
            most = max(most, sum(fun[i] for i in guests))
    return most
"""

LEVELS = """
def party(bosses, fun):
    totals = [0, 0]
    for person in range(len(bosses)):
        depth, boss = 0, bosses[person]
        while boss >= 0:
            depth, boss = depth + 1, bosses[boss]
        totals[depth % 2] += fun[person]
    return max(0, *totals)
"""

GREEDY = """
def party(bosses, fun):
    invited = set()
    people = [[] for _ in bosses]
    for person, boss in enumerate(bosses):
        people[boss if boss >= 0 else person].append(person)
    for person in sorted(range(len(fun)), key=lambda i: -fun[i]):
        if fun[person] > 0 and bosses[person] not in invited and invited.isdisjoint(people[person]):
            invited.add(person)
    return sum(fun[i] for i in invited)
"""


def _generate(rng: np.random.Generator) -> list[Any]:
    def company(n: int, reach: int, low: int, high: int) -> tuple[list[int], list[int]]:
        """Person i of a hidden order has one of the `reach` people before as boss; then all are renamed."""
        name = [number - 1 for number in shuffled(rng, n)]
        bosses = [-1] * n
        for person in range(1, n):
            bosses[name[person]] = name[integer(rng, max(0, person - reach), person - 1)]
        return bosses, integers(rng, n, low, high)

    edges: list[Any] = [
        ([-1], [5]),
        ([-1], [-5]),
        ([-1, 0], [3, 4]),
        ([1, -1], [3, 4]),
        ([-1, 0, 0], [5, 3, 3]),
        ([-1, 0, 1, 2], [9, 1, 1, 9]),
    ]
    edges += [([-1, 0, 0, 0], [10, 4, 4, 1]), ([-1, 0, 1], [-1, -2, -3]), ([2, 2, -1, 0], [5, -4, 3, 1])]
    small = [company(integer(rng, 4, 12), integer(rng, 1, 4), -3, 12) for _ in range(5)]
    million = 10**6
    return [
        *edges,
        *small,
        company(5000, 5000, -million, million),
        company(5000, 2, -million, million),
        company(5000, 1, 0, million),
    ]


def _answer(arguments: tuple[list[int], list[int]]) -> int:
    """Small companies by all choices; others from the people without people upwards, who come whenever it pays.

    To invite a person instead of theirs costs what these add: only the difference moves up.
    """
    bosses, fun = arguments
    n = len(bosses)
    if n <= 12:
        choices = [
            sum(compress(fun, choice))
            for choice in product((0, 1), repeat=n)
            if not any(choice[i] and bosses[i] >= 0 and choice[bosses[i]] for i in range(n))
        ]
        return max(choices)
    waiting = [0] * n
    for boss in bosses:
        if boss >= 0:
            waiting[boss] += 1
    gain, total = list(fun), 0
    free = [person for person in range(n) if not waiting[person]]
    while free:
        person = free.pop()
        boss, added = bosses[person], max(gain[person], 0)
        total += added
        if boss >= 0:
            gain[boss] -= added
            waiting[boss] -= 1
            if not waiting[boss]:
                free.append(boss)
    return total


def _valid(arguments: tuple[list[int], list[int]]) -> bool:
    bosses, fun = arguments
    n = len(bosses)
    return (
        1 <= n == len(fun) <= 5000
        and bosses.count(-1) == 1
        and max(map(abs, fun)) <= 10**6
        and all(-1 <= b < n for b in bosses)
    )


PROBLEM = Problem(
    name="office_party",
    title="A Party Without Bosses",
    difficulty="medium",
    signature="def party(bosses: list[int], fun: list[int]) -> int",
    task=TASK,
    examples=((([-1, 0, 0, 1], [7, 4, 2, 5]), 12), (([1, -1], [-2, 0]), 0)),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker="exact",
    reference=REFERENCE,
    wrong={
        "slow: tries every choice": SLOW,
        "crash: calls itself along a long line of bosses": RECURSIVE,
        "invites every second level": LEVELS,
        "invites the funniest first": GREEDY,
        "lets people stay only if their boss comes": altered(
            REFERENCE, "max(come[person], stay[person])", "come[person]"
        ),
        "must invite somebody": altered(
            REFERENCE,
            "return max(come[order[0]], stay[order[0]])",
            "return max(come[order[0]], stay[order[0]]) or max(fun)",
        ),
    },
)
