"""Find a winning first move with heaps of pebbles, if there is one."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, integers_in, lines, rows_of

TASK = """
Two players take turns. Before them lie n heaps of pebbles; whoever is to move chooses one heap and takes from it at
least 1 and at most k pebbles. Whoever takes the very last pebble of all heaps wins. You begin, and both play as well as
one can. Name a first move with which you win.

Input: the first line holds n and k (1 <= n <= 1000, 1 <= k <= 1000000000), the second the sizes of the n heaps, each
from 1 to 1000000000.
Output: the number of a heap (the first is 1) and how many pebbles you take from it; any winning move will do. If no
first move wins, print LOSE.
"""

REFERENCE = """
n, k = map(int, input().split())
heaps = list(map(int, input().split()))
total = 0
for heap in heaps:
    total ^= heap % (k + 1)
move = "LOSE"
for i, heap in enumerate(heaps, 1):
    rest = heap % (k + 1)
    if rest ^ total < rest:
        move = "%d %d" % (i, rest - (rest ^ total))
print(move)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def duel(k: int, heaps: list[int]) -> str:
        return lines([len(heaps), k], heaps)

    def lost(k: int, heaps: list[int]) -> str:
        """With the heap that evens the others out, if its size can be one."""
        last = _total(k, heaps)
        return duel(k, [*heaps, last] if 1 <= last <= k else [*heaps, *heaps])

    top = 10**9
    edges = [
        duel(1, [1]),
        duel(1, [2]),
        duel(3, [4]),
        duel(3, [5]),
        duel(5, [3, 3]),
        duel(9, [1, 2, 3]),
        duel(9, [1, 2, 4]),
    ]
    edges += [duel(top, [top]), duel(2, [3, 3]), duel(2, [4, 1]), duel(4, [6, 9, 2]), duel(top, [7, 12, top])]
    small = [duel(integer(rng, 2, 5), integers(rng, integer(rng, 2, 3), 1, 10)) for _ in range(5)]
    evened = [
        lost(6, integers(rng, 3, 1, 9)),
        lost(7, integers(rng, 400, 1, 50)),
        lost(top, integers(rng, 499, 1, top)),
    ]
    return [*edges, *small, *evened, duel(12_345, integers(rng, 1000, 1, top)), duel(top, integers(rng, 1000, 1, top))]


@cache
def _wins(k: int, heaps: tuple[int, ...]) -> bool:
    """Whether the player to move wins, by trying every move; for small games."""
    for index, heap in enumerate(heaps):
        for left in range(max(0, heap - k), heap):
            if not _wins(k, tuple(sorted([*heaps[:index], left, *heaps[index + 1 :]]))):
                return True
    return False


def _total(k: int, heaps: list[int]) -> int:
    """The value of the whole game: what the heaps leave over, added without carrying."""
    total = 0
    for heap in heaps:
        total ^= heap - heap // (k + 1) * (k + 1)
    return total


def _answer(text: str) -> str:
    """A winning move, or LOSE: for small games by trying every move, for others by their values."""
    (_, k), heaps = rows_of(text)
    small = len(heaps) <= 3 and max(heaps) <= 10
    for index, heap in enumerate(heaps):
        others = [*heaps[:index], *heaps[index + 1 :]]
        if small:
            moves = [
                taken for taken in range(1, min(k, heap) + 1) if not _wins(k, tuple(sorted([*others, heap - taken])))
            ]
        else:
            taken = _total(k, [heap]) - _total(k, others)
            moves = [taken] if taken > 0 else []
        if moves:
            return f"{index + 1} {moves[0]}"
    return "LOSE"


def _check(given: str, expected: str, got: Any) -> bool:
    if expected == "LOSE":
        return str(got).split() == ["LOSE"]
    (n, k), heaps = rows_of(given)
    move = integers_in(got)
    if move is None or len(move) != 2 or not 1 <= move[0] <= n or not 1 <= move[1] <= min(k, heaps[move[0] - 1]):
        return False
    heaps[move[0] - 1] -= move[1]
    return _total(k, heaps) == 0


def _valid(text: str) -> bool:
    (n, k), heaps = rows_of(text)
    return 1 <= n == len(heaps) <= 1000 and 1 <= k <= 10**9 and all(1 <= heap <= 10**9 for heap in heaps)


PROBLEM = Problem(
    name="pebble_duel",
    title="The Duel of Pebbles",
    difficulty="hard",
    task=TASK,
    examples=((lines([2, 3], [5, 3]), "2 2"), (lines([1, 2], [6]), "LOSE")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker=_check,
    reference=REFERENCE,
    wrong={
        "forgets that at most k may be taken": REFERENCE.replace(" % (k + 1)", ""),
        "takes remainders by k": REFERENCE.replace("(k + 1)", "k"),
        "adds the heaps up": altered(REFERENCE, "total ^= heap % (k + 1)", "total = (total + heap) % (k + 1)"),
        "always takes from the first heap": altered(
            REFERENCE, 'move = "LOSE"\n', 'move = "1 %d" % min(k, heaps[0])\n'
        ).replace("if rest ^ total < rest", "if False"),
        "counts heaps from 0": altered(REFERENCE, "(i, rest", "(i - 1, rest"),
        "plays for the last pebble to lose": altered(REFERENCE, "total = 0", "total = 1"),
    },
)
