"""The coefficient of a power in a product of brackets."""

from __future__ import annotations

from math import comb

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import integer, nonzero, polynomial


def _ask(product: str, power: int, answer: int) -> Problem:
    name = "x" if power == 1 else f"x^{power}"
    return Problem(f"Expand {product} and collect like terms. What is the coefficient of {name}?", answer)


def _powered(slope: int, shift: int, exponent: int) -> list[int]:
    """The coefficients of (slope x + shift)^exponent, from the constant up."""
    return [comb(exponent, k) * slope**k * shift ** (exponent - k) for k in range(exponent + 1)]


def _easy(rng: Rng) -> Problem:
    a, b, c, d = nonzero(rng, 12), nonzero(rng, 12), nonzero(rng, 12), nonzero(rng, 12)
    return _ask(f"({polynomial([a, b])})({polynomial([c, d])})", 1, a * d + b * c)


def _medium(rng: Rng) -> Problem:
    slope, shift, exponent = integer(rng, 2, 5), nonzero(rng, 5), integer(rng, 3, 5)
    power = integer(rng, 1, exponent - 1)
    return _ask(f"({polynomial([slope, shift])})^{exponent}", power, _powered(slope, shift, exponent)[power])


def _hard(rng: Rng) -> Problem:
    a, b, c, d = integer(rng, 1, 3), nonzero(rng, 4), integer(rng, 1, 3), nonzero(rng, 4)
    m, n = integer(rng, 2, 4), integer(rng, 3, 5)
    first, second = _powered(a, b, m), _powered(c, d, n)
    power = integer(rng, 2, m + n - 2)
    answer = sum(first[i] * second[power - i] for i in range(m + 1) if 0 <= power - i <= n)
    return _ask(f"({polynomial([a, b])})^{m} * ({polynomial([c, d])})^{n}", power, answer)


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
