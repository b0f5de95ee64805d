"""The texts that are compared: what a gold answer may be, what is taken off an answer, and what is too much to read."""

from __future__ import annotations

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
MAX_GOLD_DIGITS = 4000
"""Of a number: Python writes no longer ones out."""

FENCES = (("$$", "$$"), ("$", "$"), (r"\[", r"\]"), (r"\(", r"\)"))
_DIGITS = re.compile(rf"\d{{{MAX_DIGITS + 1}}}")
_GROUPS = re.compile(r"(?<![\d.])\d{1,3}(?:(?:\\[,;:! ]|\{,\}|,\\!)\d{3})+(?!\d)", re.ASCII)
_GROUP_END = re.compile(r"\\[,;:! ]|\{,\}|,\\!")
_FINAL = re.compile(r"(?<=[^.\s])\.$|(?<!\\)\\$")
_REPEATING = re.compile(r"(-?)(\d{0,30}\.\d{0,30})\\(?:overline|bar)\{(\d{1,30})\}", re.ASCII)
_SCIENTIFIC = re.compile(r"(-?\d+(?:\.\d+)?)[eE]([-+]?\d{1,3})", re.ASCII)
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


def tidied(text: str) -> str:
    r"""What readers take amiss, written as they know it: `5.`, `1\,000`, `0.\overline{3}`, `1e3`, and words as above.

    >>> tidied(r"0.\overline{3}")
    '\\frac{3}{9}'
    """
    text = without_styling(text)
    text = _FINAL.sub("", text).strip() or text
    text = _GROUPS.sub(lambda number: _GROUP_END.sub("", number[0]), text)
    text = _SCIENTIFIC.sub(r"\1 \\cdot 10^{\2}", text) if _SCIENTIFIC.fullmatch(text) else text
    repeating = _REPEATING.fullmatch(text)
    return _as_fraction(*repeating.groups()) if repeating else text


def _as_fraction(sign: str, start: str, period: str) -> str:
    """A decimal whose last digits repeat for ever."""
    whole, _, places = start.partition(".")
    over = int(f"{whole}{places}{period}") - int(f"0{whole}{places}")
    return f"{sign}\\frac{{{over}}}{{{'9' * len(period)}{'0' * len(places)}}}"


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

    Raises `DataError` where there is nothing to compare with (None, an empty text or list, nan), or far too much.
    """
    golds = tuple(dict.fromkeys(_texts(gold)))
    if not golds:
        raise _nothing(gold)
    return golds


def _texts(gold: Any, depth: int = 0) -> Iterator[str]:
    if depth > MAX_NESTING:
        raise DataError(f"the gold answer is a list nested more than {MAX_NESTING} deep")
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
            yield _integer(int(gold))
        case Rational():
            yield f"\\frac{{{_integer(int(gold.numerator))}}}{{{_integer(int(gold.denominator))}}}"
        case Real() | Decimal():
            yield _decimal(gold)
        case list() | tuple() | set() | frozenset():
            for one in cast("list[Any]", gold):
                yield from _texts(one, depth + 1)
        case _ if hasattr(gold, "tolist"):  # an array, or a number, of NumPy's
            yield from _texts(gold.tolist(), depth + 1)
        case _:
            raise DataError(f"the gold answer is {gold!r}; it can be a text, a number, or a list of these")


def _integer(number: int) -> str:
    if abs(number) >= 10**MAX_GOLD_DIGITS:
        raise _too_long()
    return str(number)


def _decimal(number: Any) -> str:
    """A number with a point, written out: graders read no 1e-07."""
    number = number if isinstance(number, Decimal) else Decimal(repr(float(number)))
    if number.is_nan():
        raise DataError("the gold answer is nan: no answer equals it")
    if number.is_infinite():
        return r"\infty" if number > 0 else r"-\infty"
    if max(abs(number.adjusted()), len(number.as_tuple().digits)) >= MAX_GOLD_DIGITS:
        raise _too_long()
    return format(number, "f")


def _too_long() -> DataError:
    return DataError(f"the gold answer is a number of more than {MAX_GOLD_DIGITS} digits")


def _nothing(gold: Any) -> DataError:
    return DataError(f"the gold answer is {gold!r}: a problem without a known answer can't be graded")
