"""Find the widest gap between neighbouring primes of a far interval."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, lines, rows_of

SMALL_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47)

TASK = """
Along an endless coast a lighthouse stands at every mile whose number is prime. A ship sails from mile a to mile b,
both included. What is the largest distance between two lighthouses of this stretch that are neighbours?

Input: one line with a and b (1 <= a <= b <= 10000000000, b - a <= 100000).
Output: the largest distance between neighbouring lighthouses from a to b, or -1 if there are fewer than two.
"""

REFERENCE = """
from math import isqrt

a, b = map(int, input().split())
root = isqrt(b)
small = bytearray([1]) * (root + 1)
prime = bytearray([1]) * (b - a + 1)
for p in range(2, root + 1):
    if small[p]:
        small[p * p::p] = bytes(len(range(p * p, root + 1, p)))
        first = max(p * p, (a + p - 1) // p * p)
        prime[first - a::p] = bytes(len(range(first - a, b - a + 1, p)))
if a == 1:
    prime[0] = 0
last, best = None, -1
for i, is_prime in enumerate(prime):
    if is_prime:
        if last is not None:
            best = max(best, i - last)
        last = i
print(best)
"""

SLOW = """
from math import isqrt
a, b = map(int, input().split())
primes = [n for n in range(a, b + 1) if n > 1 and all(n % d for d in range(2, isqrt(n) + 1))]
print(max((y - x for x, y in zip(primes, primes[1:])), default=-1))
"""


def _generate(rng: np.random.Generator) -> list[str]:
    edges = [
        (1, 1),
        (1, 2),
        (1, 3),
        (1, 4),
        (2, 4),
        (2, 3),
        (3, 5),
        (1, 100),
        (24, 28),
        (89, 97),
        (90, 97),
        (7, 7),
        (7, 11),
    ]
    starts = [integer(rng, 1, 400) for _ in range(3)]
    small = [(start, start + integer(rng, 0, 150)) for start in starts]
    far = integer(rng, 9 * 10**9, 10**10 - 100_000)
    return [lines(pair) for pair in [*edges, *small, (far, far + 200), (1, 100_001), (far, far + 100_000)]]


def _is_prime(number: int) -> bool:
    """Miller and Rabin's test, with bases that leave no doubt below 3 * 10**12."""
    if number < 2 or math.gcd(number, math.prod(SMALL_PRIMES)) > 1:
        return number in SMALL_PRIMES
    twos = ((number - 1) & (1 - number)).bit_length() - 1
    for base in (2, 3, 5, 7, 11, 13):
        power = pow(base, (number - 1) >> twos, number)
        if power in (1, number - 1):
            continue
        if not any((power := power * power % number) == number - 1 for _ in range(twos - 1)):
            return False
    return True


def _answer(text: str) -> str:
    ((a, b),) = rows_of(text)
    primes = [number for number in range(a, b + 1) if _is_prime(number)]
    return str(max((after - before for before, after in pairwise(primes)), default=-1))


def _valid(text: str) -> bool:
    ((a, b),) = rows_of(text)
    return 1 <= a <= b <= 10**10 and b - a <= 100_000


PROBLEM = Problem(
    name="lighthouse_gap",
    title="The Dark Stretch",
    difficulty="hard",
    task=TASK,
    examples=((lines([10, 30]), "6"), (lines([8, 11]), "-1")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: divides every number": SLOW,
        "takes 1 for a prime": altered(REFERENCE, "prime[0] = 0", "prime[0] = 1"),
        "crosses the primes themselves out": altered(REFERENCE, "max(p * p, (a + p - 1) // p * p)", "-(-a // p) * p"),
        "leaves the end out": altered(REFERENCE, "enumerate(prime)", "enumerate(prime[:-1])"),
        "answers 0 when there is no gap": altered(REFERENCE, "None, -1", "None, 0"),
    },
)
