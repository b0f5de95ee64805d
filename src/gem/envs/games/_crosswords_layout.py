"""Layouts of crosswords: connected words, with every run of two letters or more one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

Cell = tuple[int, int]
DRAWS = 200
"""Words drawn, for each word that a layout needs, before it is given up."""


class Word(NamedTuple):
    """A word and where it stands: its first cell, and whether it runs down or across."""

    text: str
    row: int
    col: int
    down: bool

    def cells(self, before: int = 0, after: int = 0) -> list[Cell]:
        """The cells of its letters, and of so many before and after them."""
        steps = range(-before, len(self.text) + after)
        if self.down:
            return [(self.row + step, self.col) for step in steps]
        return [(self.row, self.col + step) for step in steps]


def new_layout(count: int, most_cells: int, pool: Sequence[str], rng: np.random.Generator) -> list[Word]:
    """`count` words of `pool` in at most `most_cells` cells, counted from row 0 and column 0.

    No side of the grid is longer than the longest word and half a cell for each word.
    """
    laid: list[Word] = []
    while len(laid) < count:
        laid = _grown(count, most_cells, pool, rng)
    top, left = min(word.row for word in laid), min(word.col for word in laid)
    return [word._replace(row=word.row - top, col=word.col - left) for word in laid]


def _grown(count: int, most_cells: int, pool: Sequence[str], rng: np.random.Generator) -> list[Word]:
    """Words that were laid one across another until there were `count`, or fewer if that came to nothing."""
    shortest, longest = min(map(len, pool)), max(map(len, pool))
    side = longest + count // 2
    laid: list[Word] = []
    letters: dict[Cell, str] = {}
    taken: tuple[set[Cell], set[Cell]] = set(), set()  # by a word across, by a word down
    draws: list[int] = rng.integers(len(pool), size=DRAWS * count).tolist()
    for text in [pool[drawn] for drawn in draws]:
        spare = most_cells - len(letters) - (count - len(laid) - 1) * (shortest - 1)
        if any(word.text == text for word in laid) or len(text) - bool(laid) > spare:
            continue
        word = _best_place(text, side, letters, taken) if laid else Word(text, 0, 0, bool(rng.integers(2)))
        if word is None:
            continue
        laid.append(word)
        taken[word.down].update(word.cells())
        letters.update(zip(word.cells(), text, strict=True))
        if len(laid) == count:
            break
    return laid


def _best_place(text: str, side: int, letters: dict[Cell, str], taken: tuple[set[Cell], set[Cell]]) -> Word | None:
    """Where a word crosses most others, and among such places the one that keeps the grid smallest, within `side`."""
    top, bottom = min(row for row, _ in letters), max(row for row, _ in letters)
    left, right = min(col for _, col in letters), max(col for _, col in letters)
    best, best_score = None, (0, 0)
    for (row, col), letter in letters.items():
        if letter not in text:
            continue
        for down in (False, True):
            if (row, col) in taken[down]:
                continue
            for index in [index for index, own in enumerate(text) if own == letter]:
                word = Word(text, row - index * down, col - index * (not down), down)
                crossings = _crossings(word, letters, taken)
                if not crossings:
                    continue
                last_row, last_col = word.cells()[-1]
                height = max(bottom, last_row) - min(top, word.row) + 1
                width = max(right, last_col) - min(left, word.col) + 1
                if max(height, width) <= side and (best is None or (crossings, -height * width) > best_score):
                    best, best_score = word, (crossings, -height * width)
    return best


def _crossings(word: Word, letters: dict[Cell, str], taken: tuple[set[Cell], set[Cell]]) -> int:
    """How many words it crosses; 0 if it also touches one, which would make other runs of letters."""
    before, *cells, after = word.cells(1, 1)
    if before in letters or after in letters:
        return 0
    crossings = 0
    for cell, letter in zip(cells, word.text, strict=True):
        there = letters.get(cell)
        if there is None:
            row, col = cell
            beside = ((row, col - 1), (row, col + 1)) if word.down else ((row - 1, col), (row + 1, col))
            if beside[0] in letters or beside[1] in letters:
                return 0
        elif there != letter or cell in taken[word.down]:
            return 0
        else:
            crossings += 1
    return crossings
