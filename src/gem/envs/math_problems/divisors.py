"""Sums and numbers of divisors."""

from __future__ import annotations

from math import prod

from gem.envs.math_problems.factors import divisor_sum, factors_of
from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, pick


def _easy(rng: Rng) -> Problem:
    number = integer(rng, 12, 120)
    return Problem(
        f"What is the sum of all positive divisors of {number}, 1 and {number} included?", divisor_sum(number)
    )


def _medium(rng: Rng) -> Problem:
    number = pick(rng, (6, 10, 12, 18, 20, 30)) * integer(rng, 20, 150)
    odd = number
    while odd % 2 == 0:
        odd //= 2
    if pick(rng, (True, False)):
        return Problem(f"What is the sum of all positive divisors of {number} that are odd?", divisor_sum(odd))
    return Problem(
        f"What is the sum of all positive divisors of {number} that are even?", divisor_sum(number) - divisor_sum(odd)
    )


def _hard(rng: Rng) -> Problem:
    primes = {2: integer(rng, 1, 8), 3: integer(rng, 1, 6), 5: integer(rng, 1, 5), 7: integer(rng, 0, 4)}
    divisor = pick(rng, (2, 3, 4, 5, 6, 9, 10, 12, 15))
    shown = " * ".join(
        f"{prime}^{exponent}" if exponent > 1 else f"{prime}" for prime, exponent in primes.items() if exponent
    )
    needed = factors_of(divisor)
    answer = prod(max(0, exponent - needed.get(prime, 0) + 1) for prime, exponent in primes.items())
    return Problem(f"How many positive divisors of {shown} are multiples of {divisor}?", answer)


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
