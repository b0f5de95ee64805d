"""Count the ways up a very long staircase with jumps of given lengths."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, lines, rows_of

MODULUS = 1_000_000_007

TASK = """
A frog climbs a staircase of n steps. With each jump it climbs by one of k given numbers of steps, and it lands exactly
on the top. Two ways differ if their jumps, in order, differ. How many ways are there? Give the number modulo
1000000007.

Input: the first line holds n and k (0 <= n <= 1000000000000000, 1 <= k <= 10), the second the k different jumps, each
from 1 to 10.
Output: the number of ways modulo 1000000007. (A staircase of 0 steps is climbed in one way, without a jump.)
"""

REFERENCE = """
M = 1000000007
n, k = map(int, input().split())
jumps = list(map(int, input().split()))
size = max(jumps)

def times(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) % M for column in columns] for row in a]

step = [[int(j + 1 in jumps) for j in range(size)]]
step += [[int(i == j) for j in range(size)] for i in range(size - 1)]
state = [[1]] + [[0] for _ in range(size - 1)]
while n:
    if n & 1:
        state = times(step, state)
    step = times(step, step)
    n >>= 1
print(state[0][0])
"""

SLOW = """
n, k = map(int, input().split())
jumps = list(map(int, input().split()))
last = [1] + [0] * 9
for _ in range(n):
    last = [sum(last[j - 1] for j in jumps) % 1000000007] + last[:9]
print(last[0])
"""

UNORDERED = """
n, k = map(int, input().split())
jumps = list(map(int, input().split()))
ways = [1] + [0] * min(n, 100000)
for jump in jumps:
    for step in range(jump, len(ways)):
        ways[step] = (ways[step] + ways[step - jump]) % 1000000007
print(ways[-1])
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def stairs(n: int, jumps: list[int]) -> str:
        return lines([n, len(jumps)], jumps)

    def draw(k: int) -> list[int]:
        return [int(jump) + 1 for jump in rng.permutation(10)[:k]]

    edges = [stairs(0, [3]), stairs(1, [1]), stairs(1, [2]), stairs(5, [1, 2]), stairs(9, [3]), stairs(7, [4, 2])]
    edges += [stairs(10, [10]), stairs(3, [10, 1]), stairs(45, [1, 2])]
    small = [stairs(integer(rng, 5, 60), draw(integer(rng, 2, 5))) for _ in range(4)]
    large = [stairs(integer(rng, 10**14, 10**15), draw(integer(rng, 5, 9))), stairs(10**15, [*range(1, 11)])]
    return [*edges, *small, stairs(integer(rng, 1000, 5000), [1, 10, 4]), *large]


def _answer(text: str) -> str:
    """The coefficient of x^n in 1 / (1 - sum of x^jump), by halving n (Bostan and Mori)."""
    (n, _), jumps = rows_of(text)
    top = [1]
    bottom = [1] + [MODULUS - 1 if jump in jumps else 0 for jump in range(1, 11)]
    while n:
        mirrored = [value if index % 2 == 0 else -value for index, value in enumerate(bottom)]
        top = _product(top, mirrored)[n % 2 :: 2]
        bottom = _product(bottom, mirrored)[::2]
        n //= 2
    return str((top[0] if top else 0) * pow(bottom[0], -1, MODULUS) % MODULUS)


def _product(a: list[int], b: list[int]) -> list[int]:
    product = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            product[i + j] = (product[i + j] + x * y) % MODULUS
    return product


def _valid(text: str) -> bool:
    (n, k), jumps = rows_of(text)
    return 0 <= n <= 10**15 and 1 <= k == len(set(jumps)) == len(jumps) <= 10 and all(1 <= jump <= 10 for jump in jumps)


PROBLEM = Problem(
    name="frog_stairs",
    title="The Frog on the Stairs",
    difficulty="hard",
    task=TASK,
    examples=((lines([4, 2], [1, 3]), "3"), (lines([3, 1], [2]), "0")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "slow: climbs step by step": SLOW,
        "does not mind the order of the jumps": UNORDERED,
        "climbs one step too few": altered(REFERENCE, "while n:", "n = max(n - 1, 0)\nwhile n:"),
        "forgets the remainder": altered(SLOW, " % 1000000007", "").replace("range(n)", "range(min(n, 5000))"),
        "knows jumps of 1 and 2 only": altered(REFERENCE, "jumps = list(map(int, input().split()))", "jumps = [1, 2]"),
    },
)
