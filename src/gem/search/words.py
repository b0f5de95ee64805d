"""What of a query is looked for: its words, without those that every text has, and the rarest of them first.

Made for English: a run of letters and digits is a word, as the engines cut it too. It asks no engine anything itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

LONGEST_QUERY, MOST_WORDS, LONGEST_WORD = 20_000, 64, 64
"""Characters that are read of a query, different words that are taken from it, and characters of a word."""
_STOPPED = (
    "a about after all also am an and any are as at be been before being but by can could did do does doing for from"
    " had has have having he her here hers him his how i if in into is it its me more most my no nor not of on only or"
    " other our out over own same she should so some such than that the their them then there these they this those"
    " through to too under until up very was we were what when where which while who whom whose why will with would"
    " you your"
)
STOP_WORDS = frozenset(_STOPPED.split())

_WORD = re.compile(r"[^\W_]+")
DOT_ABOVE = "\u0307"
"""What is left of a Turkish capital I beside the small one; the engines ignore it, as they do accents."""


def words_of(query: str) -> list[str]:
    """A query's different words, small, in its order; stop words only where it has no others."""
    told: dict[str, None] = {}
    stopped: dict[str, None] = {}
    for found in _WORD.finditer(unicodedata.normalize("NFC", query[:LONGEST_QUERY])):
        word = found[0].lower().replace(DOT_ABOVE, "")
        if len(word) <= LONGEST_WORD:
            (stopped if word in STOP_WORDS else told)[word] = None
        if len(told) == MOST_WORDS:
            break
    return list(told or stopped)[:MOST_WORDS]


def rarest(words: Sequence[str], spread: Callable[[str], int], budget: int) -> list[str]:
    """The rarest words that no more than `budget` passages have between them, and one at the least.

    `spread` says how many passages have a word. What a search costs grows with these passages, what a word tells
    falls with them: a large corpus loses little without its common words. Words that no passage has are left out.
    """
    chosen: list[str] = []
    for passages, word in sorted((spread(word), word) for word in words):
        budget -= passages
        if chosen and budget < 0:
            break
        if passages:
            chosen.append(word)
    return chosen
