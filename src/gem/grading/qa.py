"""Judging short answers to questions: exact match and F1 against every known answer, in time linear in the text.

    em_check("The Beatles", ["beatles", "Fab Four"])       # True
    em_check("1,000", "1000"), em_check("3 May 1990", "1990-05-03")
    f1("Lennon and McCartney", "McCartney")                # 0.5

Texts are compared as SQuAD's script does (Rajpurkar et al., 2016): without capitals, punctuation, articles and spaces,
in any alphabet, and however Unicode composes a letter. Numbers and dates are compared by value, so that "1.5" is not
"15", nor "1.5 km" "15 km"; currency and percent signs count where both answers have some. What has nothing left without
articles and punctuation is compared as it stands: "a" is not "the", and nothing equals an empty answer.
"""

from __future__ import annotations

import json
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, cast

from gem.errors import DataError
from gem.grading.quantities import CURRENCIES, Date, date_in, number_in

ALIAS_KEYS = ("value", "aliases", "normalized_aliases", "text", "golden_answers", "answer")
"""Where data sets that write an answer as a dict keep its names, the one to show first."""
_MOST_ZEROS = 400
"""How far a number is written out."""
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_SIGN = re.compile(f"[{CURRENCIES}%]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_APOSTROPHES = "´ʹʻʼ"
_OF_NUMBERS = rf"(?<=[0-9])[-.,:/](?=[0-9])|(?<!\w)-(?=[{CURRENCIES}]?[.]?[0-9])|(?<!\w)[.](?=[0-9])"
"""What stands between digits, or before them: a minus or a point."""
_TO_DROP = re.compile(rf"({_OF_NUMBERS})|[{re.escape(string.punctuation + CURRENCIES)}]")


class _Reading(NamedTuple):
    """What an answer says."""

    value: Hashable
    """A number, a date, or words."""
    words: tuple[str, ...]
    signs: frozenset[str]
    """Of currencies and percent, which may also be left out."""

    def equals(self, other: _Reading) -> bool:
        """Whether both say the same."""
        return self.value == other.value and not self._differs_in_signs(other)

    def contradicts(self, other: _Reading) -> bool:
        """Whether one is wrong if the other is right, whatever words they share: they are other numbers or dates."""
        if isinstance(self.value, Fraction) and isinstance(other.value, Fraction):
            return not self.equals(other)
        if isinstance(self.value, Date) and isinstance(other.value, Date):
            return any(None not in both and both[0] != both[1] for both in zip(self.value, other.value, strict=True))
        return self._differs_in_signs(other)

    def _differs_in_signs(self, other: _Reading) -> bool:
        return bool(self.signs and other.signs) and self.signs.isdisjoint(other.signs)


def normalize_answer(text: str) -> str:
    """Lower case, without punctuation and articles, with single spaces: what SQuAD's script compares.

    >>> normalize_answer("The  U.S.A.!")
    'usa'
    """
    return " ".join(_ARTICLE.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def em_check(pred: Any, golds: Any) -> bool:
    """Whether `pred` is one of the known answers, in any form that `known_answers` reads."""
    given = _read(pred) if isinstance(pred, str) else None
    return given is not None and any(one.equals(given) for one in _known(golds))


def f1(pred: Any, golds: Any) -> float:
    """How many words `pred` shares with the known answer that it is closest to; 1 for an exact match.

    Another number or date than the known one shares nothing with it, and a month nothing but words with its day.
    """
    given = _read(pred) if isinstance(pred, str) else None
    return 0.0 if given is None else max((_shared(given, one) for one in _known(golds)), default=0.0)


def known_answers(value: Any) -> list[str]:
    """The answers that a row's value holds, the one to show first.

    A text, number, date or truth value (which is also "yes" or "no"); a list of them, also as JSON; or a dict with
    `value`, `aliases` or `text`, as TriviaQA and SQuAD write them. Raises `DataError` if there is none.
    """
    answers = list(dict.fromkeys(text for text in _texts(value) if _read(text) is not None))
    if not answers:
        raise DataError(f"there is no answer in {value!r:.80}")
    return answers


def _texts(value: Any) -> Iterator[str]:
    """Every text that is a right answer."""
    if isinstance(value, str):
        yield from _listed(value)
    elif isinstance(value, bool):
        yield from ("True", "yes") if value else ("False", "no")
    elif hasattr(value, "tolist"):  # of numpy
        yield from _texts(value.tolist())
    elif isinstance(value, Mapping):
        fields = cast("Mapping[Any, Any]", value)
        yield from _texts([fields[key] for key in ALIAS_KEYS if key in fields])
    elif isinstance(value, Iterable) and not isinstance(value, bytes):
        items = cast("Iterable[Any]", value)
        for one in sorted(items, key=repr) if isinstance(value, set | frozenset) else items:  # in every process alike
            yield from _texts(one)
    elif isinstance(value, float | Decimal):
        yield from _written(value)
    elif value is not None and not isinstance(value, bytes):
        yield str(value)


def _written(value: float | Decimal) -> Iterator[str]:
    """A number written out, as people write it, unless it is nan, which no answer is."""
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if number.is_finite() and abs(number.adjusted()) <= _MOST_ZEROS:
        yield str(int(number)) if number == number.to_integral_value() else format(number, "f")
    elif not number.is_nan():
        yield str(value)


def _listed(text: str) -> list[str]:
    """The texts of a JSON list of texts; of any other text, itself."""
    if re.match(r'\s*\[\s*"', text):
        try:
            found: Any = json.loads(text)
        except (ValueError, RecursionError):
            return [text]
        if all(isinstance(one, str) for one in found):
            return found
    return [text]


def _known(golds: Any) -> Iterator[_Reading]:
    """What each right answer says."""
    return (one for gold in _texts(golds) if (one := _read(gold)) is not None)


def _shared(given: _Reading, known: _Reading) -> float:
    """The share of words in common: all in equal answers, none in answers that contradict each other."""
    if given.equals(known):
        return 1.0
    return 0.0 if given.contradicts(known) else _overlap(Counter(given.words), Counter(known.words))


def _read(text: str) -> _Reading | None:
    """What an answer says; None of an empty one."""
    text = _plain(text)
    words = _words(text)
    value = date_in(text)
    if value is None:
        value = number_in(text)
    if value is None:
        value = words or text.strip().lower() or None
    return None if value is None else _Reading(value, words, frozenset(_SIGN.findall(text)))


def _words(text: str) -> tuple[str, ...]:
    """The words of a plain text without articles and punctuation, but with that of its numbers."""
    kept = "".join(filter(None, _TO_DROP.split(text.lower())))
    return tuple(word if word.isalnum() else _numeral(word) for word in _ARTICLE.sub(" ", kept).split())


def _numeral(word: str) -> str:
    """A number in the one way in which all of its value are written; any other word as it is."""
    number = number_in(word)
    return word if number is None else str(number)


def _plain(text: str) -> str:
    """The text with ASCII's dashes and quotation marks for those of all scripts, and with whole letters."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _NOT_ASCII.sub(lambda found: "".join(map(_form, found[0])), text))


@lru_cache(maxsize=4096)
def _form(char: str) -> str:
    """The plain form of a character. Raised digits and fractions stay as they are: 10² is not 102, nor 3½ 31/2."""
    if unicodedata.decomposition(char).startswith(("<super>", "<sub>", "<fraction>")):
        return char
    if char == "\N{MINUS SIGN}" or unicodedata.category(char) == "Pd":
        return "-"
    if char in _APOSTROPHES:
        return "'"
    form = unicodedata.normalize("NFKC", char)
    return form if form.isascii() or unicodedata.category(char)[0] != "P" else "'"


def _overlap(words: Counter[str], others: Counter[str]) -> float:
    """The harmonic mean of the shares of words in common."""
    common = (words & others).total()
    return 2 * common / (words.total() + others.total()) if common else 0.0
