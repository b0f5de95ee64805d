"""Find what it costs, at least, to turn one word into another."""

from __future__ import annotations

import heapq

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, letters, lines

TASK = """
A signwriter must turn the word s into the word t. He asks a coins to insert a letter anywhere, b coins to remove a
letter, and c coins to paint over a letter so that it becomes another. How many coins does the cheapest way cost?

Input: the first line holds a, b and c (each from 0 to 1000), the second the word s, the third the word t. Both consist
of 1 to 250 lower-case English letters.
Output: the least number of coins.
"""

REFERENCE = """
a, b, c = map(int, input().split())
s = input().strip()
t = input().strip()
row = [a * j for j in range(len(t) + 1)]
for i in range(len(s)):
    above = row
    row = [b * (i + 1)]
    for j in range(len(t)):
        change = above[j] + (0 if s[i] == t[j] else c)
        row.append(min(change, above[j + 1] + b, row[j] + a))
print(row[-1])
"""

SLOW = """
a, b, c = map(int, input().split())
s = input().strip()
t = input().strip()

def bill(i, j):
    if i == len(s):
        return a * (len(t) - j)
    if j == len(t):
        return b * (len(s) - i)
    if s[i] == t[j]:
        return min(bill(i + 1, j + 1), b + bill(i + 1, j), a + bill(i, j + 1))
    return min(c + bill(i + 1, j + 1), b + bill(i + 1, j), a + bill(i, j + 1))

print(bill(0, 0))
"""

LETTER_BY_LETTER = """
a, b, c = map(int, input().split())
s = input().strip()
t = input().strip()
cost = sum(min(c, a + b) for x, y in zip(s, t) if x != y)
print(cost + max(0, len(t) - len(s)) * a + max(0, len(s) - len(t)) * b)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    edges = [([1, 1, 1], "a", "a"), ([3, 5, 9], "a", "b"), ([2, 7, 4], "abc", "abcd"), ([2, 7, 4], "abcd", "bcd")]
    edges += [
        ([0, 0, 5], "xy", "yx"),
        ([9, 9, 0], "xyz", "abcd"),
        ([1, 100, 100], "a", "banana"),
        ([1, 1, 3], "ab", "cd"),
    ]
    small = [
        (integers(rng, 3, 1, 9), letters(rng, integer(rng, 2, 6), "abc"), letters(rng, integer(rng, 2, 6), "abc"))
        for _ in range(5)
    ]
    base = letters(rng, 250, "no")
    large = [
        ([700, 300, 450], letters(rng, 250), letters(rng, 240)),
        ([999, 1000, 998], base, base[7:80] + letters(rng, 40)),
    ]
    return [lines(costs, s, t) for costs, s, t in [*edges, *small, *large]]


def _answer(text: str) -> str:
    """The cheapest path through the pairs of letters done on both sides."""
    costs, s, t = text.split("\n")[:3]
    insert, remove, paint = map(int, costs.split())
    goal = (len(s), len(t))
    known: set[tuple[int, int]] = set()
    heap = [(0, 0, 0)]
    while True:
        cost, i, j = heapq.heappop(heap)
        if (i, j) == goal:
            return str(cost)
        if (i, j) in known:
            continue
        known.add((i, j))
        if i < len(s):
            heapq.heappush(heap, (cost + remove, i + 1, j))
        if j < len(t):
            heapq.heappush(heap, (cost + insert, i, j + 1))
        if i < len(s) and j < len(t):
            heapq.heappush(heap, (cost + paint * (s[i] != t[j]), i + 1, j + 1))


def _valid(text: str) -> bool:
    costs, s, t = text.splitlines()
    words = all(1 <= len(word) <= 250 and word.isascii() and word.islower() and word.isalpha() for word in (s, t))
    return words and len(costs.split()) == 3 and all(0 <= int(cost) <= 1000 for cost in costs.split())


PROBLEM = Problem(
    name="typo_bill",
    title="The Signwriter's Bill",
    difficulty="medium",
    task=TASK,
    examples=((lines([2, 3, 4], "plane", "panel"), "5"), (lines([1, 1, 5], "cat", "cot"), "2")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: tries every way": SLOW,
        "confuses inserting and removing": altered(REFERENCE, "a, b, c =", "b, a, c ="),
        "goes letter by letter": LETTER_BY_LETTER,
        "always paints where letters differ": altered(
            REFERENCE, "row.append(min(change, above[j + 1] + b, row[j] + a))", "row.append(change)"
        ),
        "takes every step for 1 coin": altered(REFERENCE, "s = input()", "a = b = c = 1\ns = input()"),
    },
)
