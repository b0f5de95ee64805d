"""Write a fraction as a decimal number with its period in brackets."""

from __future__ import annotations

from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer

TASK = """
Return the fraction a / b as a decimal number. Its digits after the point either end, or repeat for ever from some place
on; then the part that repeats, as short and as early as possible, is written once, in brackets. A number without digits
after the point has no point, a negative number begins with "-", and there is at least one digit before the point. So
1 / 6 is "0.1(6)", 5 / 4 is "1.25", -22 / 7 is "-3.(142857)" and 8 / 2 is "4".

Bounds: -1000000000 <= a <= 1000000000, 1 <= b <= 50000.
"""

REFERENCE = """
def decimal(a, b):
    whole, rest = divmod(abs(a), b)
    text = "-" * (a < 0) + str(whole)
    if rest == 0:
        return text
    digits, seen = [], {}
    while rest and rest not in seen:
        seen[rest] = len(digits)
        digit, rest = divmod(rest * 10, b)
        digits.append(str(digit))
    if rest:
        digits.insert(seen[rest], "(")
        digits.append(")")
    return text + "." + "".join(digits)
"""

SLOW = """
def decimal(a, b):
    whole, rest = divmod(abs(a), b)
    text = "-" * (a < 0) + str(whole)
    if rest == 0:
        return text
    digits, seen = [], []
    while rest and rest not in seen:
        seen.append(rest)
        digit, rest = divmod(rest * 10, b)
        digits.append(str(digit))
    if rest:
        digits.insert(seen.index(rest), "(")
        digits.append(")")
    return text + "." + "".join(digits)
"""

FLOATS = """
def decimal(a, b):
    text = repr(a / b)
    return text.removesuffix(".0")
"""


def _generate(rng: np.random.Generator) -> list[Any]:
    edges = [
        (0, 5),
        (8, 2),
        (-8, 2),
        (1, 3),
        (-1, 3),
        (5, 4),
        (-5, 4),
        (1, 6),
        (-22, 7),
        (7, 12),
        (1, 1024),
        (1, 10),
        (100, 99),
    ]
    edges += [(10**9, 1), (-(10**9), 3), (1, 101), (1, 9), (999_999_999, 1000)]
    small = [(integer(rng, -99, 99), integer(rng, 2, 60)) for _ in range(5)]
    long = [(integer(rng, 1, 10**9), b) for b in (49_999, 49_991, 2 * 24_989)]
    return [*edges, *small, (integer(rng, -(10**9), 10**9), integer(rng, 40_000, 50_000)), *long]


def _answer(arguments: tuple[int, int]) -> str:
    """By arithmetic: 2 and 5 in the lowest denominator give the digits that end, the rest divides 99...9."""
    a, b = arguments
    divisor = int(np.gcd(a, b))
    above, below = abs(a) // divisor, b // divisor
    fixed, other = 0, below
    while other % 2 == 0 or other % 5 == 0:
        other //= 10 if other % 10 == 0 else 2 if other % 2 == 0 else 5
        fixed += 1
    period = 0
    if other > 1:
        period, power = 1, 10 % other
        while power != 1:
            period, power = period + 1, power * 10 % other
    whole, rest = divmod(above, below)
    digits: list[str] = []
    for _ in range(fixed + period):
        digits.append(str(rest * 10 // below))
        rest = rest * 10 % below
    text = f"{'-' if a < 0 else ''}{whole}"
    repeated = f"({''.join(digits[fixed:])})" if period else ""
    return f"{text}.{''.join(digits[:fixed])}{repeated}" if digits else text


def _valid(arguments: tuple[int, int]) -> bool:
    a, b = arguments
    return abs(a) <= 10**9 and 1 <= b <= 50_000


PROBLEM = Problem(
    name="endless_decimals",
    title="Decimals Without End",
    difficulty="medium",
    signature="def decimal(a: int, b: int) -> str",
    task=TASK,
    examples=(((1, 6), "0.1(6)"), ((5, 4), "1.25"), ((-22, 7), "-3.(142857)"), ((8, 2), "4")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker="exact",
    reference=REFERENCE,
    wrong={
        "slow: searches a list for every rest": SLOW,
        "trusts floating point": FLOATS,
        "repeats from the first digit": altered(REFERENCE, "digits.insert(seen[rest]", "digits.insert(0"),
        "rounds negative numbers down": altered(REFERENCE, "divmod(abs(a), b)", "divmod(a, b)").replace(
            '"-" * (a < 0) + ', ""
        ),
        "loses the sign": altered(REFERENCE, '"-" * (a < 0) + ', ""),
        "stops when a digit comes again": altered(
            REFERENCE,
            "digits.append(str(digit))",
            "if str(digit) in digits:\n            break\n        digits.append(str(digit))",
        ).replace("if rest:", "if rest in seen:"),
        "writes a point after whole numbers": altered(
            REFERENCE, "if rest == 0:\n        return text", "if rest == 0:\n        return text + '.0'"
        ),
    },
)
