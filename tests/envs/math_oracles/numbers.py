"""Modular arithmetic and number theory, by trying every number."""

import re
from itertools import count
from math import prod


def first_that(condition, numbers):
    return next(number for number in numbers if condition(number))


def divisors(number):
    return [d for d in range(1, number + 1) if number % d == 0]


def is_prime(number):
    return divisors(number) == [1, number] and number > 1


# -- modular ----------------------------------------------------------------------------------


def power(n, text, claimed):
    *powers, modulus = n
    total = sum(base**exponent for base, exponent in zip(powers[::2], powers[1::2], strict=True))
    return total % modulus == claimed


def inverse(n, text, claimed):
    number, one, modulus = n
    return first_that(lambda x: number * x % modulus == one == 1, count(1)) == claimed


def congruence(n, text, claimed):
    zero, factor, remainder, modulus = n
    return first_that(lambda x: factor * x % modulus == remainder < modulus, count(zero)) == claimed


def congruences_counted(n, text, claimed):
    low, high, factor, remainder, modulus = n
    return sum(factor * x % modulus == remainder for x in range(low, high + 1)) == claimed


def remainders(n, text, claimed):
    zero, *pairs = n
    rests, moduli = pairs[::2], pairs[1::2]
    leave = [x for x in (claimed,) if all(x % m == r for r, m in zip(rests, moduli, strict=True))]
    last, rest = moduli[-1], rests[-1]
    smaller = (x for x in range(rest, claimed, last) if all(x % m == r for r, m in zip(rests, moduli, strict=True)))
    return zero == 0 and leave == [claimed] and not any(True for _ in smaller) and claimed < prod(moduli)


# -- number theory ----------------------------------------------------------------------------


def greatest_divisor(n, text, claimed):
    return max(set(divisors(n[0])) & set(divisors(n[1]))) == claimed


def least_multiple(n, text, claimed):
    return first_that(lambda m: all(m % number == 0 for number in n), count(n[0], n[0])) == claimed


def multiple_or_partner(n, text, claimed):
    if "least common multiple of" in text:
        return least_multiple(n, text, claimed)
    divisor, multiple, one = n
    found = [other for other in divisors(multiple) if greatest_divisor((one, other), "", divisor)]
    return [other for other in found if least_multiple((one, other), "", multiple)] == [claimed]


def divisors_easy(n, text, claimed):
    return sum(divisors(n[0])) == claimed


def divisors_medium(n, text, claimed):
    parity = 1 if "odd" in text else 0
    return sum(d for d in divisors(n[0]) if d % 2 == parity) == claimed


def divisors_hard(n, text, claimed):
    product, divisor = re.search(r"divisors of (.+) are multiples of (\d+)", text).groups()
    powers = [(int(base), int(exponent or 1)) for base, exponent in re.findall(r"(\d+)(?:\^(\d+))?", product)]
    found = [1]
    for base, exponent in powers:
        found = [d * base**e for d in found for e in range(exponent + 1)]
    return sum(d % int(divisor) == 0 for d in found) == claimed


def digits_easy(n, text, claimed):
    written = "".join(str(number) for number in range(n[0], n[1] + 1))
    return sum(written.count(str(digit)) * digit for digit in range(10)) == claimed


def digits_medium(n, text, claimed):
    number, total = n[0] ** n[1], 0
    while number:
        number, digit = divmod(number, 10)
        total += digit
    return total == claimed


def digits_hard(n, text, claimed):
    zero, high, total = n
    ways = {0: 1}  # the number of ways to write so many digits, by their sum
    for _ in str(high):
        longer = {}
        for reached, number in ways.items():
            for digit in range(10):
                longer[reached + digit] = longer.get(reached + digit, 0) + number
        ways = longer
    if high < 10_000:
        assert sum(sum(map(int, str(number))) == total for number in range(zero, high + 1)) == ways[total]
    return set(str(high)) == {"9"} and ways[total] == claimed


def unpayable(n, text, claimed):
    small, large = n
    sums = {a * small + b * large for a in range(large + 1) for b in range(small + 1)}
    return max(set(range(small * large)) - sums) == claimed


def pairs(n, text, claimed):
    _, a, b, total = n
    tried = ((x, y) for x in range(total // a + 1) for y in range(total // b + 1))
    return sum(a * x + b * y == total for x, y in tried) == claimed


def triples(n, text, claimed):
    _, a, b, c, total = n
    rests = [total - a * x - b * y for x in range(total // a + 1) for y in range(total // b + 1)]
    return sum(rest >= 0 and rest % c == 0 for rest in rests) == claimed


def multiples(n, text, claimed):
    low, high, *by = n
    hits = [sum(number % d == 0 for d in by) for number in range(low, high + 1)]
    exactly_one = "exactly one" in text
    return sum(hit == 1 if exactly_one else hit > 0 for hit in hits) == claimed


def base_easy(n, text, claimed):
    return int(str(n[0]), n[1]) == claimed


def base_medium(n, text, claimed):
    return int(str(n[0]), n[1]) + int(str(n[2]), n[3]) == claimed


def base_hard(n, text, claimed):
    low, high, base, digit = n
    times = 0
    for number in range(low, high + 1):
        rest = number
        while rest:
            rest, last = divmod(rest, base)
            times += last == digit
    return times == claimed


def primes_summed(n, text, claimed):
    low, high, remainder, modulus = n if len(n) == 4 else (*n, 0, 1)
    found = [number for number in range(low, high + 1) if is_prime(number) and number % modulus == remainder]
    return bool(found) and sum(found) == claimed


def prime_factors_summed(n, text, claimed):
    (number,), found = n, []
    while number > 1:
        found.append(divisors(number)[1])
        number //= found[-1]
    return all(map(is_prime, found)) and sum(found) == claimed


NUMBERS = {
    "congruences": (congruence, congruence, congruences_counted),
    "inverses_modulo": (inverse,) * 3,
    "powers_modulo": (power,) * 3,
    "remainders": (remainders,) * 3,
    "bases": (base_easy, base_medium, base_hard),
    "common_multiples": (greatest_divisor, least_multiple, multiple_or_partner),
    "digits": (digits_easy, digits_medium, digits_hard),
    "diophantine": (unpayable, pairs, triples),
    "divisors": (divisors_easy, divisors_medium, divisors_hard),
    "multiples": (multiples,) * 3,
    "primes": (primes_summed, prime_factors_summed, primes_summed),
}
