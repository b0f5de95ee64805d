"""The number that leaves several given remainders (Chinese remainder theorem)."""

from __future__ import annotations

from math import gcd, prod

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, listed, several


def _ask(rng: Rng, moduli: range, number: int) -> Problem:
    while True:
        chosen = sorted(several(rng, moduli, number))
        if all(gcd(a, b) == 1 for i, a in enumerate(chosen) for b in chosen[:i]):
            break
    answer = integer(rng, chosen[-1], prod(chosen) - 1)
    clauses = [f"the remainder {answer % modulus} when it is divided by {modulus}" for modulus in chosen]
    return Problem(f"What is the smallest integer, 0 or larger, that leaves {listed(clauses)}?", answer)


def _easy(rng: Rng) -> Problem:
    return _ask(rng, range(4, 14), 2)


def _medium(rng: Rng) -> Problem:
    return _ask(rng, range(3, 14), 3)


def _hard(rng: Rng) -> Problem:
    return _ask(rng, range(5, 24), 4)


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
