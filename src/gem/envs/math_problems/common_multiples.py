"""Greatest common divisors and least common multiples."""

from __future__ import annotations

from math import gcd, lcm

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, listed, pick


def _numbers(rng: Rng, count: int, divisor: int, most: int) -> list[int]:
    """Different multiples of `divisor`."""
    while True:
        numbers = [divisor * integer(rng, 2, most) for _ in range(count)]
        if len(set(numbers)) == count:
            return numbers


def _easy(rng: Rng) -> Problem:
    numbers = _numbers(rng, 2, integer(rng, 3, 60), 15)
    return Problem(f"What is the greatest common divisor of {numbers[0]} and {numbers[1]}?", gcd(*numbers))


def _medium(rng: Rng) -> Problem:
    numbers = _numbers(rng, 2, integer(rng, 2, 30), 20)
    return Problem(f"What is the least common multiple of {numbers[0]} and {numbers[1]}?", lcm(*numbers))


def _hard(rng: Rng) -> Problem:
    if pick(rng, (True, False)):
        numbers = _numbers(rng, 3, integer(rng, 2, 20), 20)
        return Problem(f"What is the least common multiple of {listed(list(map(str, numbers)))}?", lcm(*numbers))
    first, second = _numbers(rng, 2, integer(rng, 3, 40), 30)
    return Problem(
        f"Two positive integers have the greatest common divisor {gcd(first, second)} and the least common multiple "
        f"{lcm(first, second)}. One of them is {first}. What is the other one?",
        second,
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
