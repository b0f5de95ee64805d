"""Judging short answers to questions: exact match and F1 against every known answer, in time linear in the text.

    em_check("The Beatles", ["beatles", "Fab Four"])       # True
    em_check("1,000", "1000"), em_check("3 May 1990", "1990-05-03")
    f1("Lennon and McCartney", "McCartney")                # 0.5

Texts are compared as SQuAD's script does (Rajpurkar et al., 2016): without capitals, punctuation, articles and spaces.
Numbers and dates are compared by value, so that "1.5" is not "15". What has nothing left without articles and
punctuation is compared as it stands: "a" is not "the", and nothing equals an empty answer.
"""

from __future__ import annotations

import json
import re
import string
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any, cast

from gem.errors import DataError
from gem.grading.quantities import date_in, number_in

ALIAS_KEYS = ("value", "aliases", "normalized_aliases", "text", "golden_answers", "answer")
"""Where data sets that write an answer as a dict keep its names, the one to show first."""
_TYPOGRAPHIC = str.maketrans("‘’‛“”„‐‑‒–—−\u00a0", "'''\"\"\"------ ")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")


def normalize_answer(text: str) -> str:
    """Lower case, without punctuation and articles, with single spaces: what SQuAD's script compares.

    >>> normalize_answer("The  U.S.A.!")
    'usa'
    """
    return " ".join(_ARTICLE.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def em_check(pred: Any, golds: Any) -> bool:
    """Whether `pred` is one of the known answers, in any form that `known_answers` reads."""
    given = _key(pred) if isinstance(pred, str) else None
    return given is not None and any(_key(gold) == given for gold in _texts(golds))


def f1(pred: Any, golds: Any) -> float:
    """How many words `pred` shares with the known answer that it is closest to; 1 for an exact match."""
    if em_check(pred, golds):
        return 1.0
    words = Counter(_words(pred)) if isinstance(pred, str) else Counter[str]()
    return max((_overlap(words, Counter(_words(gold))) for gold in _texts(golds)), default=0.0)


def known_answers(value: Any) -> list[str]:
    """The answers that a row's value holds, the one to show first.

    A text, number, date or truth value (which is also "yes" or "no"); a list of them, also as JSON; or a dict with
    `value`, `aliases` or `text`, as TriviaQA and SQuAD write them. Raises `DataError` if there is none.
    """
    answers = list(dict.fromkeys(text for text in _texts(value) if _key(text) is not None))
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
        for one in cast("Iterable[Any]", value):
            yield from _texts(one)
    elif value is not None and not isinstance(value, bytes):
        yield str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _listed(text: str) -> list[str]:
    """The texts of a JSON list of texts; of any other text, itself."""
    if text.startswith('["') and text.endswith('"]'):
        try:
            found: Any = json.loads(text)
        except (ValueError, RecursionError):
            return [text]
        if all(isinstance(one, str) for one in found):
            return found
    return [text]


def _key(text: str) -> Hashable | None:
    """What two equal answers have in common; None of an empty one."""
    text = text.translate(_TYPOGRAPHIC)
    quantity = date_in(text) or number_in(text)
    if quantity is not None:
        return quantity
    return normalize_answer(text) or text.strip().lower() or None


def _words(text: str) -> list[str]:
    return normalize_answer(text.translate(_TYPOGRAPHIC)).split()


def _overlap(words: Counter[str], others: Counter[str]) -> float:
    """The harmonic mean of the shares of words in common."""
    common = (words & others).total()
    return 2 * common / (words.total() + others.total()) if common else 0.0
