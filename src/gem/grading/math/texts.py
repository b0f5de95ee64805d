"""The texts that are compared: what a gold answer may be, what is taken off an answer, and what is too much to read."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from numbers import Integral, Rational, Real
from typing import Any, cast

from gem.errors import DataError
from gem.parsing import extract_last_boxed_answer

MAX_CHARS = 2000
MAX_DIGITS = 400
"""Digits in a row, also of an exponent."""
MAX_NESTING = 32

FENCES = (("$$", "$$"), ("$", "$"), (r"\[", r"\]"), (r"\(", r"\)"))
_DIGITS = re.compile(rf"\d{{{MAX_DIGITS + 1}}}")
_WORDS = re.compile(r"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mbox)\s*\{([^{}\\$]*)\}")


def bare(text: str) -> str:
    r"""The mathematics alone: the content of the last box, without dollar signs or the like around it.

    >>> bare(r"So it is \boxed{$\frac{1}{2}$}.")
    '\\frac{1}{2}'
    """
    boxed = extract_last_boxed_answer(text)
    text = (text if boxed is None else boxed).strip()
    for opening, closing in FENCES:
        inner = text[len(opening) : len(text) - len(closing)]
        if text == f"{opening}{inner}{closing}" and closing not in inner and inner.strip():
            return inner.strip()
    return text


def without_styling(text: str) -> str:
    r"""Words that are wholly in `\text{…}` or the like, without it: a reader sees no difference."""
    words = _WORDS.fullmatch(text)
    return words[1].strip() if words and words[1].strip() else text


def is_too_much(answer: str) -> bool:
    """Whether an answer is longer, deeper nested or has longer numbers than any that is worth the reading."""
    return len(answer) > MAX_CHARS or _DIGITS.search(answer) is not None or _nesting(answer) > MAX_NESTING


def _nesting(text: str) -> int:
    """How many brackets are open at most, whether or not they are ever closed."""
    depth = deepest = 0
    for char in text:
        if char in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in ")]}":
            depth = max(depth - 1, 0)
    return deepest


def golds_of(gold: Any) -> tuple[str, ...]:
    """The acceptable answers as bare texts: of a text, a number, or a list of these.

    Raises `DataError` where there is nothing to compare with: None, an empty text or list, nan.
    """
    golds = tuple(dict.fromkeys(_texts(gold)))
    if not golds:
        raise _nothing(gold)
    return golds


def _texts(gold: Any) -> Iterator[str]:
    match gold:
        case str():
            text = bare(gold)
            if not text:
                raise _nothing(gold)
            yield text
        case None:
            raise _nothing(gold)
        case bool():
            yield str(gold)
        case Integral():
            yield str(int(gold))
        case Rational():
            yield f"\\frac{{{gold.numerator}}}{{{gold.denominator}}}"
        case Real() | Decimal():
            yield _decimal(gold)
        case list() | tuple() | set() | frozenset():
            for one in cast("list[Any]", gold):
                yield from _texts(one)
        case _ if hasattr(gold, "tolist"):  # an array, or a number, of NumPy's
            yield from _texts(gold.tolist())
        case _:
            raise DataError(f"the gold answer is {gold!r}; it can be a text, a number, or a list of these")


def _decimal(number: Any) -> str:
    """A number with a point, written out: graders read no 1e-07."""
    if math.isnan(number):
        raise DataError("the gold answer is nan: no answer equals it")
    if math.isinf(number):
        return r"\infty" if number > 0 else r"-\infty"
    return format(number if isinstance(number, Decimal) else Decimal(repr(float(number))), "f")


def _nothing(gold: Any) -> DataError:
    return DataError(f"the gold answer is {gold!r}: a problem without a known answer can't be graded")
