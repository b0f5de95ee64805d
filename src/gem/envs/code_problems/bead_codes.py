"""Count the readings of a row of digits as letters."""

from __future__ import annotations

from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, letters

MODULUS = 1_000_000_007

TASK = """
A secret message was written with the letters A to Z. Each letter was replaced by its number, A by 1, B by 2, up to Z by
26, without leading zeros, and the numbers were written one after the other without a gap. Given the digits, return how
many messages they can stand for, modulo 1000000007. The result is 0 if they stand for none.

Bounds: a text of 1 to 5000 digits.
"""

REFERENCE = """
def readings(digits):
    before, now = 0, 1
    for i, digit in enumerate(digits):
        ways = now if digit != "0" else 0
        if i and "10" <= digits[i - 1:i + 1] <= "26":
            ways += before
        before, now = now, ways % 1000000007
    return now
"""

SLOW = """
def readings(digits):
    if not digits:
        return 1
    if digits[0] == "0":
        return 0
    ways = readings(digits[1:])
    if len(digits) > 1 and int(digits[:2]) <= 26:
        ways += readings(digits[2:])
    return ways
"""

RECURSIVE = """
from functools import lru_cache

def readings(digits):
    @lru_cache(None)
    def since(i):
        if i == len(digits):
            return 1
        if digits[i] == "0":
            return 0
        ways = since(i + 1)
        if i + 1 < len(digits) and int(digits[i:i + 2]) <= 26:
            ways += since(i + 2)
        return ways % 1000000007
    return since(0)
"""


def _generate(rng: np.random.Generator) -> list[Any]:
    edges = ["1", "0", "10", "01", "27", "26", "100", "110", "12", "30", "2101", "226", "06", "1201", "20", "99"]
    small = [letters(rng, integer(rng, 3, 14), "1112220356") for _ in range(4)]
    large = ["1" * 60, letters(rng, 5000, "123456789"), "12" * 2500, letters(rng, 800, "11122") + "0"]
    return [(digits,) for digits in [*edges, *small, *large]]


def _answer(arguments: tuple[str]) -> int:
    """By multiplying one matrix for each digit: the ways with and without a first digit that waits for a second."""
    done, waiting = 1, {"1": 0, "2": 0}
    for digit in arguments[0]:
        ends = waiting["1"] + (waiting["2"] if digit <= "6" else 0)
        alone = done if digit != "0" else 0
        waiting = {first: done if digit == first else 0 for first in "12"}
        done = (ends + alone) % MODULUS
    return done


def _valid(arguments: tuple[str]) -> bool:
    (digits,) = arguments
    return 1 <= len(digits) <= 5000 and set(digits) <= set("0123456789")


PROBLEM = Problem(
    name="bead_codes",
    title="Letters as Numbers",
    difficulty="medium",
    signature="def readings(digits: str) -> int",
    task=TASK,
    examples=((("1226",), 5), (("102",), 1), (("30",), 0)),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker="exact",
    reference=REFERENCE,
    wrong={
        "slow: follows every reading": SLOW,
        "crash: calls itself for every digit": RECURSIVE,
        "takes 0 for a letter": altered(REFERENCE, 'now if digit != "0" else 0', "now"),
        "reads 01 to 09 as one letter": altered(REFERENCE, '"10" <=', '"01" <='),
        "knows 25 letters": altered(REFERENCE, '<= "26"', '<= "25"'),
        "forgets the remainder": altered(REFERENCE, " % 1000000007", ""),
    },
)
