"""Prime numbers of a range, and the prime factors of a number."""

from __future__ import annotations

from math import gcd

from gem.envs.math_problems.factors import factors_of, is_prime
from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, pick


def _easy(rng: Rng) -> Problem:
    low = integer(rng, 2, 150)
    high = low + integer(rng, 12, 40)
    return Problem(
        f"What is the sum of all prime numbers from {low} to {high}, both included?",
        sum(filter(is_prime, range(low, high + 1))),
    )


def _medium(rng: Rng) -> Problem:
    number = integer(rng, 10, 99) * integer(rng, 10, 99)
    found = factors_of(number)
    return Problem(
        f"Write {number} as a product of prime numbers. What is the sum of these prime numbers, each taken as often "
        "as it occurs in the product?",
        sum(prime * exponent for prime, exponent in found.items()),
    )


def _hard(rng: Rng) -> Problem:
    found: list[int] = []
    low = high = remainder = modulus = 0
    while not found:
        low = integer(rng, 2, 300)
        high = low + integer(rng, 60, 200)
        modulus = integer(rng, 3, 9)
        remainder = pick(rng, [one for one in range(1, modulus) if gcd(one, modulus) == 1])
        found = [number for number in range(low, high + 1) if number % modulus == remainder and is_prime(number)]
    return Problem(
        f"What is the sum of all prime numbers from {low} to {high}, both included, that leave the remainder "
        f"{remainder} when they are divided by {modulus}?",
        sum(found),
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
