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

MAX_LIST_CHARS = 200
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
_STYLED_BRACKET = re.compile(r"\\(?:left|right)(?=[()\[\]])")
_BRACKETED = re.compile(r"(\(|\[|\\\{|)([^()\[\]{}]*(?:\\frac\{[0-9-]+\}\{[0-9]+\}[^()\[\]{}]*)*)(\)|\]|\\\}|)")
_UNORDERED = ("", r"\{")
_CLOSING = {"(": (")", "]"), "[": (")", "]"), r"\{": (r"\}",), "": ("",)}
_ONE_NUMBER = re.compile(r"[0-9],[0-9]{3}(?![0-9])|(?<![0-9])0,[0-9]")
"""1,234 may be two numbers or one, and so may 0,5."""
_COMMA = re.compile(r"\{,\}|,\\!")
_COMMAND = re.compile(r"\\[a-zA-Z]+")
_LETTER_OR_DIGIT = re.compile(r"[0-9a-zA-Z]")


class _Number(NamedTuple):
    value: Fraction
    has_point: bool


class _Several(NamedTuple):
    opening: str
    numbers: tuple[_Number, ...]
    closing: str


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
    if ours is not None and theirs is not None:
        return _same(ours, theirs)
    some, others = _several(answer), _several(gold)
    return None if some is None or others is None else _same_several(some, others)


def _same(ours: _Number, theirs: _Number) -> bool | None:
    apart = abs(ours.value - theirs.value)
    if not apart or not (ours.has_point or theirs.has_point):
        return not apart
    return False if apart >= max(FAR, PROPORTION * abs(theirs.value)) else None


def _same_several(ours: _Several, theirs: _Several) -> bool | None:
    """Points and intervals by their numbers in order, sets and lists in any."""
    if (ours.opening, ours.closing, len(ours.numbers)) != (theirs.opening, theirs.closing, len(theirs.numbers)):
        return None
    if ours.opening in _UNORDERED:
        if any(number.has_point for number in (*ours.numbers, *theirs.numbers)):
            return None
        values, others = ({number.value for number in one.numbers} for one in (ours, theirs))
        return values == others if len(values) == len(others) == len(ours.numbers) else None
    found = [_same(mine, other) for mine, other in zip(ours.numbers, theirs.numbers, strict=True)]
    return False if False in found else None if None in found else True


def _settled(text: str) -> str:
    """Ways to write the same."""
    return _STYLED_BRACKET.sub("", _COMMA.sub(",", _STYLED_FRACTION.sub(r"\\frac", text)))


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


def _several(text: str) -> _Several | None:
    """Numbers between commas, in brackets or not."""
    parts = _BRACKETED.fullmatch(text) if "," in text and len(text) <= MAX_LIST_CHARS else None
    if parts is None or _ONE_NUMBER.search(text):
        return None
    opening, inner, closing = parts.groups()
    numbers = [_number(part.strip(" ")) for part in inner.split(",")]
    if closing not in _CLOSING[opening] or None in numbers:
        return None
    found = _Several(opening, tuple(number for number in numbers if number is not None), closing)
    if "[" in opening or "]" in closing:  # an interval, and not an empty one or a single point
        return found if len(numbers) == 2 and found.numbers[0].value < found.numbers[1].value else None
    return found
