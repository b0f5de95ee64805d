r"""Judging an answer to one of our problems: as a number, exactly, however it is written. Needs no extra.

Right for 1/2 are `1/2`, `\frac12`, `0.5`, `50\%`, `p = 1/2`, `\frac{2}{4}`, `1/2 \text{ hours}`; wrong is all that has
another value, be it by rounding, and all that is still to be worked out. What is counted is not looked at: `13 spiders`
are 13, but `13 million` are more.
"""

from __future__ import annotations

import re
from fractions import Fraction

from gem.grading.math import Verdict, exact
from gem.grading.math.texts import tidied

MAX_CHARS = 200
"""Longer answers are no numbers."""
UNIT = (
    r"(?:€|EUR|euros?|crowns?|years?(?: old)?|weeks?|days?|hours?|h|minutes?|min|lit(?:re|er)s?|l|"
    r"km(?: ?/ ?h| per hour)?|kilomet(?:re|er)s?|m(?:\^?\{?2\}?)?|(?:square )?met(?:re|er)s?)"
)
"""What our stories are measured in."""
NUMERALS = (
    "half|halves|thirds?|quarters?|(?:four|fif|six|seven|eigh|nin|ten|eleven|twelf|hundred|thousand)ths?|"
    "[a-z]*(?:teen|tie|illion)ths?|[a-z]*(?:teen|ty)|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    "dozens?|scores?|hundreds?|thousands?|[a-z]*illions?|percent|per|cents?|seconds?|months?"
)
OPERATIONS = (
    "plus|minus|times(?= )|over|divided|mod|modulo|modulus|squared|cubed|factorial|power|root|sqrt|base|exp|log|sin|"
    "cos|tan|tau|and|nor|not|but|more|less|fewer|about|almost|least|most"
)
"""Words after a number that make another one of it, or leave open which it is."""
_NOUN = rf"(?!(?:{NUMERALS}|{OPERATIONS})\b)[a-z]{{3,}}"
_COUNTED = rf"\s{_NOUN}(?: (?:{_NOUN}|in|per hour)){{0,3}}"
_EQUALS = re.compile(r"(?<![<>!≠~≈/=])(?<!\\not)={1,2}(?![=<>])")
_SPACING = re.compile(r"\\[,;:! ]|\\(?:left|right|quad|displaystyle)(?![a-zA-Z])|~|\\?\$")
_WORDS = re.compile(r"\\(?:text(?:bf|it|rm|sf)?|math(?:bf|it|rm|sf)|mbox|boldsymbol)\{([^{}]*)\}")
_ARGUMENT = r"\s*(?:\{\s*(-?\d+)\s*\}|(\d))"
_FRACTION = re.compile(rf"\\[dtc]?frac{_ARGUMENT}{_ARGUMENT}(?!\s*\d)", re.ASCII)
_NUMBER = re.compile(
    r"\(?\s*€?\s*(?P<sign>[-+]?)\s*€?\s*(?:(?P<whole>\d+)\s+(?=\d+\s*/))?"
    r"(?:(?P<over>-?\d+)\s*/\s*(?P<under>-?\d+)|(?P<plain>(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?|\.\d+))\s*\)?"
    rf"(?:\s*(?:\\?(?P<percent>%|percent\b)|{UNIT})|{_COUNTED})?\.?",
    re.ASCII | re.IGNORECASE,
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
    number = _NUMBER.fullmatch(_plain(answer))
    if number is None or (number["under"] and not int(number["under"])):
        return None
    if number["plain"]:
        value = Fraction(number["plain"].replace(",", ""))
    else:
        value = Fraction(int(number["over"]), int(number["under"])) + int(number["whole"] or 0)
    value = -value if number["sign"] == "-" else value
    return value / 100 if number["percent"] else value


def _plain(answer: str) -> str:
    """The right side alone, as it would be typed without LaTeX."""
    text = _EQUALS.split(answer.replace("−", "-").replace("–", "-"))[-1].strip(" $")
    text = _SPACING.sub(" ", tidied(text))
    text = _FRACTION.sub(lambda found: f" {found[1] or found[2]}/{found[3] or found[4]}", text)
    text = _WORDS.sub(r" \1", text).strip()
    return text[1:-1].strip() if text[:1] == "{" and text[-1:] == "}" else text
