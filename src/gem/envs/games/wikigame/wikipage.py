"""A page of a wiki, as every backend gives it: a title, a summary, the titles that it links to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

UNITS = ("characters", "words", "sentences")

_WORD = re.compile(r"\S+")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s|$)")


@dataclass(frozen=True, slots=True)
class WikipediaPage:
    """A page after redirects."""

    title: str
    """Its own title, whatever name led to it."""
    summary: str
    """The text before its first section, as plain text in one line."""
    links: tuple[str, ...]
    """Titles of the pages it links to, in the order of the page, each once, itself left out."""


def shortened(text: str, length: int, unit: str) -> str:
    """The first `length` characters, words or sentences of `text`; what is cut ends in "…", never within a word."""
    if unit == "characters":
        if len(text) <= length:
            return text
        head, space, _ = text[: length + 1].rpartition(" ")
        return f"{head if space else text[:length]}…"
    ends = (match.end() for match in (_WORD if unit == "words" else _SENTENCE_END).finditer(text))
    end = next(islice(ends, length - 1, None), len(text))
    if unit == "sentences":
        return text[:end]
    return text if not text[end:].strip() else f"{text[:end]}…"
