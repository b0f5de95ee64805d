"""Find the smallest number whose digits have a given product."""

from __future__ import annotations

from functools import cache

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, integers, lines, rows_of

LIMIT = 10**9

TASK = """
A smith forges positive whole numbers from digits. A customer names a product p, and wants the smallest positive whole
number (written in base ten) whose digits, multiplied together, give exactly p. Some products cannot be forged.

Input: the first line holds the number of customers t (1 <= t <= 2000); t lines follow with one p each
(0 <= p <= 1000000000).
Output: for each customer one line with the number, or -1 if there is none.
"""

REFERENCE = """
import sys

def forge(p):
    if p == 0:
        return 10
    if p == 1:
        return 1
    digits = []
    for digit in range(9, 1, -1):
        while p % digit == 0:
            digits.append(digit)
            p //= digit
    if p > 1:
        return -1
    return int("".join(map(str, sorted(digits))))

data = list(map(int, sys.stdin.read().split()))
print("\\n".join(str(forge(p)) for p in data[1:]))
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def smooth(bound: int) -> int:
        product = 1
        while True:
            digit = integer(rng, 2, 9)
            if product * digit > bound:
                return product
            product *= digit

    products = [
        list(range(13)),
        [0],
        [1],
        [10, 11, 14, 16, 22, 25, 49, 121, 1000],
        [LIMIT, LIMIT - 1, 2**29, 3**18, 5**12, 7**10, 999_999_937],
        *(integers(rng, 40, 0, 200) for _ in range(4)),
        *([smooth(integer(rng, 10, LIMIT)) for _ in range(60)] for _ in range(3)),
        [smooth(LIMIT) if index % 2 else integer(rng, 0, LIMIT) for index in range(2000)],
    ]
    return [lines(len(row), *([p] for p in row)) for row in products]


@cache
def _smallest() -> dict[int, int]:
    """The smallest number of each product: every number with rising digits from 2 to 9 is tried."""
    found = {digit: digit for digit in range(2, 10)}
    waiting = [(digit, digit, digit) for digit in range(2, 10)]
    while waiting:
        number, product, last = waiting.pop()
        for digit in range(last, 10):
            longer, larger = number * 10 + digit, product * digit
            if larger <= LIMIT:
                found[larger] = min(longer, found.get(larger, longer))
                waiting.append((longer, larger, digit))
    return found


def _answer(text: str) -> str:
    known = {0: 10, 1: 1, **_smallest()}
    return "\n".join(str(known.get(p, -1)) for (p,) in rows_of(text)[1:])


def _valid(text: str) -> bool:
    (t,), *products = rows_of(text)
    return 1 <= t == len(products) <= 2000 and all(0 <= p <= LIMIT for (p,) in products)


PROBLEM = Problem(
    name="digit_forge",
    title="The Digit Forge",
    difficulty="medium",
    task=TASK,
    examples=((lines(4, [24], [11], [0], [100]), "38\n-1\n10\n455"),),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "takes small digits first": altered(REFERENCE, "range(9, 1, -1)", "range(2, 10)"),
        "leaves the digits in the order it finds them": altered(REFERENCE, "sorted(digits)", "digits"),
        "takes 0 for a number whose product is 0": altered(REFERENCE, "return 10", "return 0"),
        "ignores what cannot be split": altered(REFERENCE, "if p > 1:", "if not digits:"),
        "crash: has no digit for 1": altered(REFERENCE, "if p == 1:", "if p == -1:"),
    },
)
