"""Where the exact comparison decides, math-verify itself, in this process and without any of our code, says the same.

All pairs are checked with GEM_TEST_ALL_CASES=1; otherwise every fortieth.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

import numpy as np
import pytest

from gem.grading.math import close_shared, exact, grade_many
from gem.grading.math.texts import tidied

PAIRS = 3000
STEP = 1 if os.environ.get("GEM_TEST_ALL_CASES") else 40

EXPRESSIONS = (
    "x+1", r"\sqrt{2}", r"2\pi", r"\frac{\pi}{3}", "(1,2)", "[0,1)", r"\{1,2,3\}", "x^2-3x+2", "A", "Monday",
    "y=2x+1", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"(-\infty,3]", "3+4i", r"\frac{x}{y}", "1:2", r"90^\circ",
    r"50\%", "5 cm", r"\text{no solution}", "2^{10}", r"\log_2 3", "n!", r"x\ge 3", r"\left(\frac{1}{2},3\right)",
    "a,b,c", "30%", "10 mph", r"5\sqrt{3}", "p - q", "1 000", "12:30", r"\binom{5}{2}", "x = 3", "New York", "(A)",
    r"\frac{1}{x+1}", r"\emptyset", r"\frac{1}{0}", "undefined", r"\pm 3", "3.", "?", "--", "1,2", "0.5%",
    r"2\frac{1}{2}", "1e5", r"\mathrm{even}", "7!",
)  # fmt: skip


REWRITTEN = (
    "1+x", r"2^{\frac{1}{2}}", r"\pi\cdot 2", r"\pi/3", r"\left(1,\,2\right)", r"0\le x<1", r"\{3,2,1\}",
    "(x-1)(x-2)", "mondaY", "y-2x=1", r"x\le 3", "4i+3", r"\frac{2x}{2y}", "0.5", "50 cm", "1024",
    r"\frac{\ln 3}{\ln 2}", "x>=3", "b,c,a", "3/10", r"\sqrt{75}", "q-p", "10", "3", "(x+1)^{-1}", r"\{\}", "-3, 3",
    "5040", "2.5", "even", "x", "y", "x^2-x-2", r"\sqrt{3}", r"\sin^2 x+\cos^2 x", "1", r"e^{i\pi}", "-1",
    r"\frac{x^2-1}{x-1}", "|x|", r"\sqrt{x^2}", r"\tan(x)", r"\frac{\sin x}{\cos x}",
)  # fmt: skip


LINES = (
    "y=2x+1", "2y=4x+2", "y-2x=1", "2x-y+1=0", "x=\\frac{y-1}{2}", "y=2x-1", "y=3x+1", "x=2y+1", "z=2x+1", "y=2x+z",
    "2x=y-1", "4x-2y=-2", "y=2(x+1)-1", "3x+4y=12", "\\frac{x}{4}+\\frac{y}{3}=1", "y=-\\frac{3}{4}x+3", "0.5y=x+0.5",
    "x=1", "2x=2", "x-1=0", "y=x", "x=y", "y=1", "x=x", "x+y=x+1", "y=x^2", "xy=1", "a+b=c", "c=a+b", "f(x)=2x+1",
)  # fmt: skip


def written(value: Fraction, rng: np.random.Generator) -> str:
    """One of the ways to write a number."""
    ways = [
        f"{value.numerator}/{value.denominator}",
        f"\\frac{{{value.numerator}}}{{{value.denominator}}}",
        f"\\dfrac{{{value.numerator}}}{{{value.denominator}}}",
        f"{'-' if value < 0 else ''}\\tfrac{{{abs(value.numerator)}}}{{{value.denominator}}}",
        f"{3 * value.numerator}/{3 * value.denominator}",
    ]
    if value.denominator == 1:
        whole = value.numerator
        ways += [str(whole)] * 4 + [f"{whole:,}", f"{whole:,}".replace(",", r",\!"), f"{whole:,}".replace(",", "{,}")]
        ways += [f"{whole}.0", f"{whole:,}.00", f"{'-' if whole < 0 else ''}00{abs(whole)}"]
    if 0 < value.numerator < 10 and value.denominator < 10:
        ways.append(f"\\frac{value.numerator}{value.denominator}")
    for places in (1, 2, 3, 6):
        if (value * 10**places).denominator == 1:
            text = f"{float(value):.{places}f}"
            ways += [text, text + "0", text.replace("0.", ".", 1) if text.startswith("0.") else text]
    return str(rng.choice(ways))


def number(rng: np.random.Generator) -> Fraction:
    kind = rng.integers(5)
    if kind == 0:
        return Fraction(int(rng.integers(-20, 100)))
    if kind == 1:
        return Fraction(int(rng.integers(-(10**7), 10**7)))
    if kind == 2:
        return Fraction(int(rng.integers(-50, 50)), int(rng.integers(1, 30)))
    if kind == 3:
        return Fraction(int(rng.integers(-5000, 5000)), int(rng.choice([10, 100, 1000])))
    return Fraction(int(rng.integers(10**10, 10**14)))


def near(value: Fraction, rng: np.random.Generator) -> Fraction:
    """A number that is easily taken for another."""
    nudges = (
        Fraction(1),
        Fraction(-1),
        Fraction(1, 100),
        Fraction(1, 1000),
        -2 * value,
        Fraction(1, 99_999),
        value * 9,
    )
    return value + nudges[rng.integers(len(nudges))]


def several(rng: np.random.Generator) -> tuple[str, str]:
    """Points, intervals, sets and lists, of which one is often a small change of the other."""
    values = [
        number(rng) if rng.integers(3) == 0 else Fraction(int(rng.integers(-9, 10))) for _ in range(rng.integers(2, 5))
    ]
    others = [near(value, rng) if rng.integers(4) == 0 else value for value in values]
    if rng.integers(3) == 0:
        others = [others[index] for index in rng.permutation(len(others))]
    brackets = ("(", ")"), ("[", "]"), ("(", "]"), ("[", ")"), (r"\{", r"\}"), ("", ""), (r"\left(", r"\right)")
    which, other = rng.integers(len(brackets)), rng.integers(len(brackets))
    comma = str(rng.choice([",", ", ", " , "]))
    texts = []
    for numbers, (opening, closing) in (
        (values, brackets[which]),
        (others, brackets[which if rng.integers(3) else other]),
    ):
        texts.append(opening + comma.join(written(value, rng) for value in numbers) + closing)
    return texts[0], texts[1]


def pairs() -> Iterator[tuple[str, str]]:
    rng = np.random.default_rng(6)
    while True:
        value = number(rng)
        match rng.integers(11):
            case 0 | 1 | 2:
                yield written(value, rng), written(value, rng)
            case 3 | 4:
                yield written(near(value, rng), rng), written(value, rng)
            case 5:
                yield written(number(rng), rng), written(value, rng)
            case 6:
                expression = str(rng.choice(EXPRESSIONS))
                yield expression, expression.replace(r"\frac", r"\dfrac") if rng.integers(2) else expression
            case 7 | 8 | 9:
                yield several(rng)
            case _:
                yield str(rng.choice(EXPRESSIONS)), str(rng.choice([*EXPRESSIONS, written(value, rng)]))


def decided() -> Iterator[tuple[str, str, str]]:
    """So many different pairs that the exact comparison decides, with its verdict."""
    seen: set[tuple[str, str]] = set()
    for answer, gold in pairs():
        found = exact(answer, gold)
        if found is not None and (answer, gold) not in seen:
            seen.add((answer, gold))
            yield answer, gold, found.verdict
            if len(seen) == PAIRS:
                return


def test_pairs_of_both_verdicts_are_compared():
    counts = Counter(verdict for _, _, verdict in islice(decided(), 200))
    assert min(counts["correct"], counts["wrong"]) > 50


@pytest.mark.slow
@pytest.mark.parametrize("wrap", [r"\boxed{%s}", "$%s$"] if STEP == 1 else [r"\boxed{%s}"])
def test_math_verify_says_the_same(wrap):
    math_verify = pytest.importorskip("math_verify")
    differing = []
    for answer, gold, verdict in list(decided())[::STEP]:
        parsed = [math_verify.parse(wrap % text) for text in (gold, answer)]
        if math_verify.verify(*parsed) != (verdict == "correct"):
            differing.append((answer, gold, verdict, parsed))
    assert not differing, f"{len(differing)} differ: {differing[:20]}"


def harder_pairs() -> list[tuple[str, str]]:
    """Every expression beside every other, and beside other ways to write it, as far as it takes a grader."""
    others = [*EXPRESSIONS, *REWRITTEN]
    plain = [text for text in others if tidied(text) == text]
    crossed = [(answer, gold) for answer in plain for gold in plain if exact(answer, gold) is None]
    return [*crossed, *((answer, gold) for answer in LINES for gold in LINES if answer != gold)]


@pytest.mark.slow
def test_graders_say_what_math_verify_says_by_itself():
    math_verify = pytest.importorskip("math_verify")
    asked = harder_pairs()[:: 3 if STEP == 1 else 300]
    found = grade_many(asked, timeout_s=30.0)
    close_shared()
    differing = []
    for (answer, gold), verdict in zip(asked, found, strict=True):
        parsed = [math_verify.parse(f"\\boxed{{{text}}}") for text in (gold, answer)]
        if math_verify.verify(*parsed, allow_set_relation_comp=True) != verdict.correct:
            differing.append((answer, gold, verdict, parsed))
    assert not differing, f"{len(differing)} of {len(asked)} differ: {differing[:20]}"
