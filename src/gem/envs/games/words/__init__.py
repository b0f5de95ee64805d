"""English words by how common they are, and clues for some: the data of all word games, bundled, read once per process.

Levels are SCOWL's: 10, 20 and 35 hold words that players know, 50 and 70 rarer ones. No list holds slurs or vulgar
words; delicate ones are accepted as guesses but never looked for. Clues are WordNet's definitions. The notices of both
sources lie beside the data, which `scripts/build_words.py` writes.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from importlib.resources import files

COMMON_LEVEL, MAX_LEVEL = 35, 70
"""The levels up to which words are looked for, and up to which they are accepted."""


@lru_cache(maxsize=128)
def words(length: int, level: int = COMMON_LEVEL) -> tuple[str, ...]:
    """The words of `length` letters at or below `level`, sorted; none where the data hold none.

    >>> words(3, 10)[:4]
    ('act', 'add', 'ago', 'aid')
    """
    lists = [found for (rank, size), found in _lists().items() if size == length and rank <= level]
    return tuple(sorted(" ".join(lists).split()))


@lru_cache(maxsize=32)
def accepted(length: int) -> frozenset[str]:
    """All words of `length` letters that count as words, 2 to 15 letters: what a player may guess."""
    return frozenset(words(length, MAX_LEVEL))


def is_word(text: str) -> bool:
    """Whether `text` is an accepted word in lower-case letters."""
    return text in accepted(len(text))


@lru_cache(maxsize=1)
def clues() -> dict[str, str]:
    """A clue for each of about 4,000 common words of 3 to 12 letters. Do not change the dict: all share it."""
    lines = _read("clues.tsv.gz").splitlines()
    return dict(line.split("\t") for line in lines)


@lru_cache(maxsize=1)
def _lists() -> dict[tuple[int, int], str]:
    """The words of each level and length, spaced."""
    rows = (line.split(" ", 2) for line in _read("words_by_level.txt.gz").splitlines())
    return {(int(level), int(length)): found for level, length, found in rows}


def _read(name: str) -> str:
    return gzip.decompress(files(__name__).joinpath(name).read_bytes()).decode("ascii")
