"""Prime factors by trial division, and what follows from them. No kind of problem."""

from __future__ import annotations


def factors_of(number: int) -> dict[int, int]:
    """The prime factors of a positive number, each with its exponent."""
    found: dict[int, int] = {}
    prime = 2
    while prime * prime <= number:
        while number % prime == 0:
            found[prime] = found.get(prime, 0) + 1
            number //= prime
        prime += 1
    if number > 1:
        found[number] = found.get(number, 0) + 1
    return found


def divisor_sum(number: int) -> int:
    """The sum of the positive divisors of a positive number."""
    total = 1
    for prime, exponent in factors_of(number).items():
        total *= (prime ** (exponent + 1) - 1) // (prime - 1)
    return total


def is_prime(number: int) -> bool:
    """Whether a number has just two positive divisors."""
    return number > 1 and factors_of(number) == {number: 1}
