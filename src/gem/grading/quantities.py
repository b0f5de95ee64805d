"""Numbers and dates as people write them, read as values that compare: "1,000" is "1000", "May 3, 1990" "1990-05-03".

Only what can mean one thing is read: "03/05/1990" is no date here, and "02139" no number.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

CURRENCIES = "$£€¥¢₹₩₽₺₪₫"
LONGEST = 80
"""Characters of the longest text that is looked at: no number or date takes more."""
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
"""Zeros that a word behind a number stands for."""
ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORDS = {
    **{word: number for number, word in enumerate(ONES)},
    **{word: 10 * number for number, word in enumerate(TENS, 2)},
    **{f"{tens} {ONES[ones]}": 10 * number + ones for number, tens in enumerate(TENS, 2) for ones in range(1, 10)},
}

_NUMBER = re.compile(
    rf"[{CURRENCIES}]? ?([+-]?)[{CURRENCIES}]?"
    r"((?:0|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]*)?(?:\.[0-9]+)?) ?%?"
)
_MONTH = "(" + "|".join(f"{name}|{name[:3]}[.]?" for name in MONTHS) + "|sept[.]?)"
_DAY = "(?:the )?([0-9]{1,2})(?:st|nd|rd|th)?"
_DATES = (
    re.compile(f"(?P<day>{_DAY}) (?:of )?(?P<month>{_MONTH})(?:,? (?P<year>[0-9]{{4}}))?"),
    re.compile(f"(?P<month>{_MONTH}) (?P<day>{_DAY})(?:,? (?P<year>[0-9]{{4}}))?"),
    re.compile(f"(?P<month>{_MONTH}),? (?P<year>[0-9]{{4}})(?P<day>)"),
    re.compile(
        r"[+]?(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})(?:[t ]00:00(?::00(?:\.0+)?)?z?)?"
    ),
)
_WEEKDAY = re.compile(f"(?:{'|'.join(DAYS)}),? ")


class Date(NamedTuple):
    """A day, or a month, or a day of every year."""

    year: int | None
    month: int
    day: int | None


def number_in(text: str) -> Fraction | None:
    """The number that a text is: with separators, sign, currency or percent sign, a scale, or in words to ninety-nine.

    >>> number_in("$1.2 million") == number_in("1,200,000")
    True
    """
    words = _tidied(text)
    scale = 0
    head, _, last = words.rpartition(" ")
    if head and last in SCALES:
        words, scale = head, SCALES[last]
    spelled = WORDS.get(words.replace("-", " "))
    if spelled is not None:
        return Fraction(spelled * 10**scale)
    found = _NUMBER.fullmatch(words)
    if found is None or not found[2]:
        return None
    return Fraction(found[1] + found[2].replace(",", "")) * 10**scale


def date_in(text: str) -> Date | None:
    """The date that a text is, if it can be only one.

    >>> date_in("Thursday, 3rd of May 1990") == date_in("1990-05-03")
    True
    """
    words = _tidied(text)
    words = words[weekday.end() :] if (weekday := _WEEKDAY.match(words)) else words
    for form in _DATES:
        found = form.fullmatch(words)
        if found is not None:
            return _date(found["year"], found["month"], found["day"])
    return None


def _tidied(text: str) -> str:
    """Lower case, with single spaces and without what stands around; "" if it is too long to be looked at."""
    return " ".join(text.lower().split()).strip("'\"()").rstrip(".,;:!?'\"()") if len(text) <= LONGEST else ""


def _date(year: str | None, month: str, day: str | None) -> Date | None:
    """The date of these parts, unless there is none such."""
    number = int(month) if month.isdecimal() else [name[:3] for name in MONTHS].index(month[:3]) + 1
    digits = re.sub(r"[^0-9]", "", day or "")
    date = Date(int(year) if year else None, number, int(digits) if digits else None)
    return date if 1 <= date.month <= 12 and (date.day is None or 1 <= date.day <= 31) else None
