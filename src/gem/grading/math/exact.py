r"""The cheap comparison: equal texts, and whole numbers, fractions and decimals, of which most answers are made.

It decides only where math-verify says the same (tests/grading/test_math_agreement.py holds it to that on thousands of
pairs), and leaves to it what math-verify treats in its own way: percent, units, mixed numbers, rounded decimals.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, NamedTuple

from gem.grading.math.texts import bare, golds_of
from gem.grading.math.verdict import MathVerdict

MAX_DIGITS = 15
"""Of decimals with more, a float holds less than what is written."""
FAR, PROPORTION = Fraction(1, 100_000), Fraction(1, 10**12)
"""math-verify rounds decimals to six places, and holds fifteen digits: numbers so far apart differ after both."""

_PLAIN = r"-?[0-9]+"
_GROUPED = r"-?[1-9][0-9]{0,2}(?:,[0-9]{3})+"
_WHOLE = re.compile(rf"{_PLAIN}|{_GROUPED}")
_DECIMAL = re.compile(rf"(?:{_PLAIN}|{_GROUPED})\.[0-9]+|\.[0-9]+")
_FRACTION = re.compile(
    rf"(?P<sign>-?)\\frac(?:\{{(?P<over>{_PLAIN})\}}\{{(?P<under>{_PLAIN})\}}|(?P<o>[0-9])(?P<u>[0-9]))"
    rf"|(?P<above>{_PLAIN})/(?P<below>[0-9]+)"
)
_STYLED_FRACTION = re.compile(r"\\[dtc]frac(?![a-zA-Z])")
_COMMA = re.compile(r"\{,\}|,\\!")
_COMMAND = re.compile(r"\\[a-zA-Z]+")
_LETTER_OR_DIGIT = re.compile(r"[0-9a-zA-Z]")


class _Number(NamedTuple):
    value: Fraction
    has_point: bool


def exact(answer: str | None, gold: Any) -> MathVerdict | None:
    """The verdict where an exact comparison gives it; None where it takes algebra. Needs no extra.

    `gold` is as for `grade`. Raises `DataError` as that does.
    """
    return compare(bare(answer or ""), golds_of(gold))


def compare(answer: str, golds: tuple[str, ...]) -> MathVerdict | None:
    """The same of bare texts. With several golds an answer is wrong only if it is so for each."""
    if not answer:
        return MathVerdict("unparsable")
    known = [_equal(answer, gold) for gold in golds]
    if True in known:
        return MathVerdict("correct")
    return MathVerdict("wrong") if all(equal is False for equal in known) else None


def _equal(answer: str, gold: str) -> bool | None:
    """Whether the two are equal; None where that is not seen at a glance."""
    if len(answer) > 2 * len(gold) + 40:
        return None
    answer, gold = _settled(answer), _settled(gold)
    if answer == gold and _LETTER_OR_DIGIT.search(_COMMAND.sub("", answer)):
        return True
    ours, theirs = _number(answer), _number(gold)
    if ours is None or theirs is None:
        return None
    apart = abs(ours.value - theirs.value)
    if not apart or not (ours.has_point or theirs.has_point):
        return not apart
    return False if apart >= max(FAR, PROPORTION * abs(theirs.value)) else None


def _settled(text: str) -> str:
    """Ways to write the same."""
    return _COMMA.sub(",", _STYLED_FRACTION.sub(r"\\frac", text))


def _number(text: str) -> _Number | None:
    if len(text) > MAX_DIGITS * 3:
        return None
    if _WHOLE.fullmatch(text):
        return _Number(Fraction(text.replace(",", "")), has_point=False)
    if _DECIMAL.fullmatch(text):
        few = sum(char.isdigit() for char in text) <= MAX_DIGITS
        return _Number(Fraction(text.replace(",", "")), has_point=True) if few else None
    parts = _FRACTION.fullmatch(text)
    if parts is None:
        return None
    over = int(parts["over"] or parts["o"] or parts["above"])
    under = int(parts["under"] or parts["u"] or parts["below"])
    if not under:
        return None
    return _Number(Fraction(-over if parts["sign"] else over, under), has_point=False)
