"""Grids for Word Search: given words stand in them once each, and nothing that could be mistaken for one of them.

A square grid is a sequence of letters, row by row, and its cells are counted so. A span is the cells of
a word, from its first letter to its last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np

Span = tuple[int, ...]
Step = tuple[int, int]
Vocabulary = Mapping[int, Collection[str]]
"""Length → the words of that length."""

FORWARDS: tuple[Step, ...] = ((0, 1), (1, 0), (1, 1), (-1, 1))
"""Right, down, and the two diagonals to the right."""
DIRECTIONS: dict[int, tuple[Step, ...]] = {
    2: FORWARDS[:2],
    4: FORWARDS,
    8: (*FORWARDS, *((-down, -right) for down, right in FORWARDS)),
}
"""How many directions words may run in → those directions, as steps of rows and columns."""
MAX_PLACES, MAX_REPAIRS = 30, 50
"""Places tried for a word, and times that the letters between the words are mended, before a grid is given up."""


def new_grid(
    size: int, words: Sequence[str], directions: int, vocabulary: Vocabulary, rng: np.random.Generator
) -> tuple[list[str], list[Span]] | None:
    """The letters of a grid of `size` x `size` and the span of each of the `words`, unless they turn out not to fit.

    No other span, in any of the 8 directions, spells a word of the `vocabulary`, which holds the `words`
    too. The letters between the words are letters of the words, so none stands out.
    """
    letters = [""] * (size * size)
    laid = [_lay(word, spans(size, len(word), directions), letters, rng) for word in words]
    if () in laid:
        return None
    pool = "".join(words)
    fillers: list[int] = rng.integers(len(pool), size=len(letters)).tolist()
    letters = [letter or pool[drawn] for letter, drawn in zip(letters, fillers, strict=True)]
    return (letters, laid) if _mend(letters, laid, all_lines(size), vocabulary, pool, rng) else None


def spelled(letters: Sequence[str], lines: Iterable[Span], vocabulary: Vocabulary) -> Iterator[Span]:
    """The parts of `lines` that spell a word of the `vocabulary`."""
    for line in lines:
        text = "".join([letters[cell] for cell in line])
        for length, words in vocabulary.items():
            for start in range(len(line) - length + 1):
                if text[start : start + length] in words:
                    yield line[start : start + length]


def _lay(word: str, places: Sequence[Span], letters: list[str], rng: np.random.Generator) -> Span:
    """Write a word into free cells or onto its own letters; its span, which is empty if no such place was found."""
    draws: list[int] = rng.integers(len(places), size=MAX_PLACES).tolist()
    for drawn in draws:
        span = places[drawn]
        if all(letters[cell] in ("", letter) for cell, letter in zip(span, word, strict=True)):
            for cell, letter in zip(span, word, strict=True):
                letters[cell] = letter
            return span
    return ()


def _mend(
    letters: list[str],
    laid: list[Span],
    every_line: list[Span],
    vocabulary: Vocabulary,
    pool: str,
    rng: np.random.Generator,
) -> bool:
    """Change letters between the words until nothing else spells one of the `vocabulary`; whether that worked."""
    fixed = {cell for span in laid for cell in span}
    lines = every_line
    for _ in range(MAX_REPAIRS):
        others = [span for span in spelled(letters, lines, vocabulary) if span not in laid]
        if not others:
            return True
        changed: set[int] = set()
        for span in others:
            loose = [cell for cell in span if cell not in fixed]
            if not loose:
                return False
            cell = loose[rng.integers(len(loose))]
            letters[cell] = pool[rng.integers(len(pool))]
            changed.add(cell)
        lines = [line for line in every_line if not changed.isdisjoint(line)]
    return False


@lru_cache(maxsize=64)
def all_lines(size: int) -> list[Span]:
    """The longest spans of a grid: its rows, columns and diagonals, read both ways."""
    edge = size - 1
    starts = [(row, col) for row in range(size) for col in range(size) if row in (0, edge) or col in (0, edge)]
    return [
        line
        for start in starts
        for step in DIRECTIONS[8]
        if not _inside(size, start, step, -1) and len(line := _walk(size, start, step, size)) > 1
    ]


@lru_cache(maxsize=1024)
def spans(size: int, length: int, directions: int) -> list[Span]:
    """The places for a word of that length."""
    return [
        _walk(size, (row, col), step, length)
        for row in range(size)
        for col in range(size)
        for step in DIRECTIONS[directions]
        if _inside(size, (row, col), step, length - 1)
    ]


def _walk(size: int, start: Step, step: Step, length: int) -> Span:
    """The cells from `start` on, up to the edge of the grid."""
    (row, col), (down, right) = start, step
    counts = [count for count in range(length) if _inside(size, start, step, count)]
    return tuple((row + down * count) * size + col + right * count for count in counts)


def _inside(size: int, start: Step, step: Step, count: int) -> bool:
    """Whether `count` steps from `start` end inside the grid."""
    (row, col), (down, right) = start, step
    return 0 <= row + down * count < size and 0 <= col + right * count < size
