"""Change one word into another, letter by letter, over known words."""

from __future__ import annotations

from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, letters

TASK = """
Words lie in a brook like stones. A frog sits on the word `start` and wants to get to the word `goal`. With one jump it
gets from a word to another that differs from it in exactly one place. It may jump only onto words of the list `stones`,
also for the last jump; `start` need not be in the list. Return the least number of jumps, or -1 if the frog cannot get
there. If `start` equals `goal`, it need not jump.

Bounds: 0 to 3000 stones; all words have the same length, from 1 to 8 lower-case letters; a stone may come twice.
"""

REFERENCE = """
from collections import deque
from string import ascii_lowercase

def jumps(start, goal, stones):
    free = set(stones)
    distance = {start: 0}
    queue = deque([start])
    while queue:
        word = queue.popleft()
        if word == goal:
            return distance[word]
        for i in range(len(word)):
            for letter in ascii_lowercase:
                other = word[:i] + letter + word[i + 1:]
                if other in free and other not in distance:
                    distance[other] = distance[word] + 1
                    queue.append(other)
    return -1
"""

SLOW = """
def jumps(start, goal, stones):
    def least(word, visited):
        if word == goal:
            return 0
        best = 10**9
        for other in set(stones) - visited:
            if sum(a != b for a, b in zip(word, other)) == 1:
                best = min(best, 1 + least(other, visited | {other}))
        return best
    best = least(start, {start})
    return best if best < 10**9 else -1
"""

DIRECT = """
def jumps(start, goal, stones):
    if start != goal and goal not in stones:
        return -1
    return sum(a != b for a, b in zip(start, goal))
"""

DEPTH_FIRST = """
from string import ascii_lowercase

def jumps(start, goal, stones):
    free = set(stones)
    distance = {start: 0}
    stack = [start]
    while stack:
        word = stack.pop()
        for i in range(len(word)):
            for letter in ascii_lowercase:
                other = word[:i] + letter + word[i + 1:]
                if other in free and other not in distance:
                    distance[other] = distance[word] + 1
                    stack.append(other)
    return distance.get(goal, -1)
"""


def _generate(rng: np.random.Generator) -> list[Any]:
    def brook(length: int, stones: int, alphabet: str, steps: int) -> tuple[str, str, list[str]]:
        """Random words, and among them a path from the start to the goal."""
        words = [letters(rng, length, alphabet) for _ in range(stones - steps)]
        path = [letters(rng, length, alphabet)]
        for _ in range(steps):
            place = integer(rng, 0, length - 1)
            path.append(path[-1][:place] + letters(rng, 1, alphabet) + path[-1][place + 1 :])
        mixed = [(words + path[1:])[int(index)] for index in rng.permutation(stones)]
        return path[0], path[-1], mixed

    edges: list[Any] = [
        ("a", "a", []),
        ("a", "b", []),
        ("a", "b", ["b"]),
        ("a", "b", ["a"]),
        ("ab", "ba", ["aa", "ba"]),
        ("ab", "ba", ["aa"]),
    ]
    edges += [
        ("ab", "cd", ["cd"]),
        ("cat", "dog", ["cot", "cog", "dog", "dot"]),
        ("aa", "aa", ["ab", "aa"]),
        ("aaa", "bbb", ["aab", "acb", "abb", "bbb"]),
    ]
    edges += [("aa", "cc", ["ab", "bb", "bc", "cc", "ac"])]
    small = [brook(3, integer(rng, 8, 16), "abc", 5) for _ in range(5)]
    return [*edges, *small, brook(8, 3000, "abcd", 40), brook(5, 3000, "abcdefgh", 30), brook(8, 3000, "ab", 60)]


def _answer(arguments: tuple[str, str, list[str]]) -> int:
    """From both ends in turn, over classes of words that are equal but for one place."""
    start, goal, stones = arguments
    if start == goal:
        return 0
    if goal not in stones:
        return -1
    classes: dict[tuple[int, str], list[str]] = {}
    for word in {start, *stones}:
        for gap in _gaps(word):
            classes.setdefault(gap, []).append(word)
    sides = ({start}, {goal})
    fronts = ({start}, {goal})
    for jumps in range(1, len(stones) + 2):
        side = 0 if len(fronts[0]) <= len(fronts[1]) else 1
        near = {other for word in fronts[side] for gap in _gaps(word) for other in classes[gap]} - sides[side]
        if near & sides[1 - side]:
            return jumps
        sides[side].update(near)
        fronts = (near, fronts[1]) if side == 0 else (fronts[0], near)
    return -1


def _gaps(word: str) -> list[tuple[int, str]]:
    return [(place, word[:place] + word[place + 1 :]) for place in range(len(word))]


def _valid(arguments: tuple[str, str, list[str]]) -> bool:
    start, goal, stones = arguments
    words = [start, goal, *stones]
    shaped = all(word.isascii() and word.isalpha() and word.islower() for word in words)
    return len(stones) <= 3000 and len({len(word) for word in words}) == 1 and 1 <= len(start) <= 8 and shaped


PROBLEM = Problem(
    name="word_stones",
    title="Stones in the Brook",
    difficulty="medium",
    signature="def jumps(start: str, goal: str, stones: list[str]) -> int",
    task=TASK,
    examples=((("cold", "warm", ["cord", "word", "warm", "ward", "card"]), 4), (("hot", "dry", ["dot", "dry"]), -1)),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker="exact",
    reference=REFERENCE,
    wrong={
        "slow: tries every path": SLOW,
        "counts the letters that differ": DIRECT,
        "takes the first path that it finds": DEPTH_FIRST,
        "jumps onto the goal without a stone": altered(REFERENCE, "set(stones)", "set(stones) | {goal}"),
        "counts words and not jumps": altered(REFERENCE, "{start: 0}", "{start: 1}"),
        "changes the first places only": altered(REFERENCE, "range(len(word))", "range(len(word) - 1)"),
    },
)
