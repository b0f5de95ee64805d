"""The questions of the grading benchmark: mixed answers of which it is known which are right, and adversarial ones.

Nothing of either side is imported: right and wrong come from how a pair was made. No pair comes twice, so that a
memory of verdicts helps nobody.
"""

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import gcd

ADVERSARIAL = {
    "power tower": "10^{10^{10}}",
    "higher tower": "9^{9^{9^{9^{9}}}}",
    "factorial": "(10^{9})!",
    "factorial of a factorial": "((99!)!)!",
    "binomial": r"\binom{10^{9}}{5 \cdot 10^{8}}",
    "long series": r"\sum_{k=1}^{10^9} \frac{1}{k^2}",
    "product": r"\prod_{k=1}^{10^8} (k^2+1)",
    "integral": r"\int_0^1 e^{\sin(x^{\cos x})} \, dx",
    "long sum": "+".join(f"{n}x_{n}" for n in range(1, 400)),
    "longest sum": "1+" * 20_000 + "1",
    "deep parentheses": "(" * 900 + "1" + ")" * 900,
    "parentheses": "(" * 30 + "1" + ")" * 30,
    "deep braces": r"\frac{1}{" * 500 + "2" + "}" * 500,
    "many digits": "7" * 100_000,
    "multinomial": "(a+b+c+d+e+f+g)^{60}",
    "equation of high degree": "x^{97}+3x^{53}-x^{31}+7x=y^{89}-xy^{41}+11",
    "call of the system": "__import__('os').system('sleep 5')",
    "NUL": "1\x002\x00",
    "one megabyte": "x" * (1 << 20),
}

Pair = tuple[str, str]
Maker = Callable[[random.Random], tuple[str, str, str]]
"""Makes a known answer, the same written in another way, and one that is not the same."""


def whole(rng: random.Random) -> tuple[str, str, str]:
    value = rng.randrange(-999, 100_000)
    return (
        str(value),
        rng.choice([str(value), f"{value:,}", f"${value}$", f"{value}.0"]),
        str(value + rng.choice([-1, 1, 10])),
    )


def fraction(rng: random.Random) -> tuple[str, str, str]:
    value = Fraction(rng.randrange(-400, 400), rng.randrange(2, 90))
    over, under = value.as_integer_ratio()
    factor = rng.choice([1, 1, 2, 3])
    other = rng.choice([f"{over * factor}/{under * factor}", rf"\dfrac{{{over * factor}}}{{{under * factor}}}"])
    return rf"\frac{{{over}}}{{{under}}}", other, rf"\frac{{{over + 1}}}{{{under}}}"


def decimal(rng: random.Random) -> tuple[str, str, str]:
    value = rng.randrange(1, 100_000)
    return f"{value / 100:.2f}", rf"\frac{{{value}}}{{100}}", f"{(value + 1) / 100:.2f}"


def surd(rng: random.Random) -> tuple[str, str, str]:
    times, root = rng.randrange(2, 40), rng.choice([2, 3, 5, 6, 7, 10, 11, 13])
    return rf"{times}\sqrt{{{root}}}", rf"\sqrt{{{times * times * root}}}", rf"{times + 1}\sqrt{{{root}}}"


def of_pi(rng: random.Random) -> tuple[str, str, str]:
    over, under = rng.randrange(1, 60), rng.randrange(2, 30)
    common = gcd(over, under)
    known = rf"\frac{{{over // common}\pi}}{{{under // common}}}"
    return known, rf"\frac{{{over}}}{{{under}}}\pi", rf"\frac{{{over + 1}}}{{{under}}}\pi"


def polynomial(rng: random.Random) -> tuple[str, str, str]:
    a, b = rng.randrange(2, 30), rng.randrange(30, 60)
    return f"x^2+{a + b}x+{a * b}", f"(x+{a})(x+{b})", f"(x-{a})(x+{b})"


def equation(rng: random.Random) -> tuple[str, str, str]:
    slope, shift = rng.randrange(2, 30), rng.randrange(1, 99)
    return f"y={slope}x+{shift}", f"y = {shift} + {slope}x", f"y={slope}x-{shift}"


def interval(rng: random.Random) -> tuple[str, str, str]:
    low, high = rng.randrange(-50, 0), rng.randrange(1, 50)
    return f"[{low},{high})", rf"\left[{low}, {high}\right)", f"({low},{high}]"


def point(rng: random.Random) -> tuple[str, str, str]:
    x, y = rng.randrange(-50, 50), rng.randrange(50, 90)
    return f"({x},{y})", rf"\left({x},\ {y}\right)", f"({y},{x})"


def several(rng: random.Random) -> tuple[str, str, str]:
    a, b, c = rng.sample(range(-60, 60), 3)
    return f"{a},{b},{c}", rf"{c}, {a}, {b}", f"{a},{b},{c + 200}"


def with_unit(rng: random.Random) -> tuple[str, str, str]:
    value = rng.randrange(2, 900)
    return (
        str(value),
        rng.choice([rf"{value}\text{{ cm}}", rf"{value}^\circ", rf"x = {value}"]),
        rf"{value + 1}\text{{ cm}}",
    )


MIX: tuple[tuple[int, Maker], ...] = (
    (40, whole), (15, fraction), (8, decimal), (8, surd), (5, of_pi), (6, polynomial), (4, equation), (4, interval),
    (4, point), (3, several), (3, with_unit),
)  # fmt: skip
"""How many of a hundred questions are of which kind; about as the answers of MATH are."""


def questions(count: int, seed: int) -> list[tuple[str, str, bool]]:
    """So many answers with what is known to be right, and whether the one equals the other."""
    return [question for question, _ in zip(_endless(random.Random(seed)), range(count), strict=False)]


def _endless(rng: random.Random) -> Iterator[tuple[str, str, bool]]:
    seen: set[Pair] = set()
    weights = [weight for weight, _ in MIX]
    while True:
        ((_, maker),) = rng.choices(MIX, weights)
        known, same, other = maker(rng)
        is_right = rng.random() < 0.5
        pair = (same if is_right else other, known)
        if pair not in seen:
            seen.add(pair)
            yield *pair, is_right
