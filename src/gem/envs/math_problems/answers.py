r"""Judging an answer to one of our problems: as a number, exactly, however it is written. Needs no extra.

Right for 1/2 are `1/2`, `\frac12`, `0.5`, `50\%`, `p = 1/2`, `\frac{2}{4}`, `1/2 \text{ hours}`; wrong is all that has
another value, be it by rounding, and all that is still to be worked out.
"""

from __future__ import annotations

import re
from fractions import Fraction

from gem.grading.math import Verdict, exact

MAX_CHARS = 200
"""Longer answers are no numbers."""
UNIT = (
    r"(?:€|EUR|euros?|crowns?|years?(?: old)?|weeks?|days?|hours?|h|minutes?|min|lit(?:re|er)s?|l|"
    r"km(?: ?/ ?h| per hour)?|kilomet(?:re|er)s?|m(?:\^?\{?2\}?)?|(?:square )?met(?:re|er)s?)"
)
"""What our stories are measured in."""
_SPACING = re.compile(r"\\[,;:! ]|\\(?:left|right|quad|displaystyle)(?![a-zA-Z])|~|\\?\$")
_WORDS = re.compile(r"\\(?:text|mathrm|textrm|mbox)\{([^{}]*)\}")
_FRACTION = re.compile(r"\\[dtc]?frac\s*(?:\{\s*(-?\d+)\s*\}\s*\{\s*(-?\d+)\s*\}|(\d)\s*(\d)(?!\d))", re.ASCII)
_NUMBER = re.compile(
    r"\(?\s*(?P<sign>[-+]?)\s*(?:(?P<whole>\d+)\s+(?=\d+\s*/))?"
    r"(?:(?P<over>-?\d+)\s*/\s*(?P<under>-?\d+)|(?P<plain>(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?|\.\d+))\s*\)?"
    rf"\s*(?:\\?(?P<percent>%)|{UNIT})?\.?",
    re.ASCII,
)


def judged(answer: str, gold: int | Fraction) -> Verdict:
    """Whether an answer is the number `gold`; "unparsable" where it holds no number."""
    found = exact(answer, gold)
    if found is not None:
        return found.verdict
    value = value_of(answer)
    if value is not None:
        return "correct" if value == gold else "wrong"
    return "wrong" if any(char.isdigit() for char in answer[:MAX_CHARS]) else "unparsable"


def value_of(answer: str) -> Fraction | None:
    """The one number in an answer, whatever is said around it; None where there is none, or something to work out."""
    if len(answer) > MAX_CHARS:
        return None
    text = _WORDS.sub(r" \1", _SPACING.sub(" ", answer)).rpartition("=")[2]
    text = _FRACTION.sub(lambda found: f" {found[1] or found[3]}/{found[2] or found[4]}", text)
    number = _NUMBER.fullmatch(text.replace("−", "-").strip())
    if number is None or (number["under"] and not int(number["under"])):
        return None
    if number["plain"]:
        value = Fraction(number["plain"].replace(",", ""))
    else:
        value = Fraction(int(number["over"]), int(number["under"])) + int(number["whole"] or 0)
    value = -value if number["sign"] == "-" else value
    return value / 100 if number["percent"] else value
