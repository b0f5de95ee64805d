"""Numbers written in other bases than ten."""

from __future__ import annotations

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer


def _written(number: int, base: int) -> str:
    digits = ""
    while number:
        digits = f"{number % base}{digits}"
        number //= base
    return digits or "0"


def _easy(rng: Rng) -> Problem:
    base = integer(rng, 2, 9)
    number = integer(rng, base**2, base**2 + 200)
    return Problem(
        f"The number {_written(number, base)} is written in base {base}. What is it in base ten?",
        number,
    )


def _medium(rng: Rng) -> Problem:
    first, second = integer(rng, 3, 9), integer(rng, 3, 9)
    a, b = integer(rng, first, 500), integer(rng, second, 500)
    return Problem(
        f"One number is written {_written(a, first)} in base {first}, another one {_written(b, second)} in base "
        f"{second}. What is their sum, in base ten?",
        a + b,
    )


def _hard(rng: Rng) -> Problem:
    base, length = integer(rng, 3, 9), integer(rng, 4, 6)
    low = integer(rng, 1, base**length - base)
    digit = integer(rng, 1, base - 1)
    numbers = range(low, min(low + integer(rng, 60, 300), base**length) + 1)
    return Problem(
        f"The numbers from {numbers[0]} to {numbers[-1]}, both included and given in base ten, are written down in "
        f"base {base}. How many times is the digit {digit} written?",
        sum(_written(number, base).count(str(digit)) for number in numbers),
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
