"""Boards of the fifteen puzzle: where tiles can go, and the exact distance of every board up to 3x3."""

from __future__ import annotations

from functools import lru_cache
from math import isqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Board = tuple[int, ...]
"""The tiles, row by row; 0 is the gap."""
Ways = tuple[str, ...]
"""Moves: the direction in which a tile goes into the gap."""
Numbers = NDArray[np.int64]

DIRECTIONS = ("up", "down", "left", "right")
MAX_EXACT_ROWS = 3
"""Up to this size, the distance of every board is known."""
_BITS = 4
"""Bits of a cell in a packed board."""


def solved(rows: int) -> Board:
    """The goal: all tiles in order, the gap last."""
    return (*range(1, rows * rows), 0)


@lru_cache(maxsize=8)
def sources(rows: int) -> list[dict[str, int]]:
    """For each cell that the gap may be in, the cell from which a tile goes into it in each direction."""
    found: list[dict[str, int]] = []
    for gap in range(rows * rows):
        y, x = divmod(gap, rows)
        around = {"up": (y + 1, x), "down": (y - 1, x), "left": (y, x + 1), "right": (y, x - 1)}
        found.append({way: i * rows + j for way, (i, j) in around.items() if 0 <= i < rows and 0 <= j < rows})
    return found


@lru_cache(maxsize=8)
def source_table(rows: int) -> Numbers:
    """`sources` as an array: gap x direction, -1 where no tile can go that way."""
    return np.array([[cells.get(way, -1) for way in DIRECTIONS] for cells in sources(rows)])


def moved(board: Board, way: str) -> Board | None:
    """The board after one move, or None if no tile can go that way."""
    gap = board.index(0)
    source = sources(isqrt(len(board)))[gap].get(way)
    if source is None:
        return None
    tiles = list(board)
    tiles[gap], tiles[source] = tiles[source], 0
    return tuple(tiles)


class Distances(NamedTuple):
    """How far from solved all boards of one size are that can be solved at all."""

    rows: int
    nearest_first: Numbers
    """Packed boards by their distance."""
    within: list[int]
    """How many boards are at most 0, 1, ... moves away."""
    lowest_first: Numbers
    """Packed boards by their value."""
    away: Numbers
    """The distances of those."""

    def of(self, board: Board) -> int:
        """The fewest moves that solve the board."""
        packed = sum(tile << _BITS * cell for cell, tile in enumerate(board))
        return int(self.away[self.lowest_first.searchsorted(packed)])

    def drawn(self, rng: np.random.Generator, furthest: int) -> Board:
        """One of the unsolved boards at most `furthest` moves away; each is equally likely."""
        packed = int(self.nearest_first[rng.integers(1, self.within[min(furthest, len(self.within) - 1)])])
        return tuple(packed >> _BITS * cell & 15 for cell in range(self.rows**2))

    def shortest(self, board: Board) -> Ways:
        """Fewest moves to the goal; of several such ways always the same, whichever board of them is asked for."""
        ways: list[str] = []
        for left in reversed(range(self.of(board))):
            onwards = ((way, after) for way in DIRECTIONS if (after := moved(board, way)))
            way, board = next((way, after) for way, after in onwards if self.of(after) == left)
            ways.append(way)
        return tuple(ways)


@lru_cache(maxsize=4)
def distances(rows: int) -> Distances:
    """A breadth-first search from the goal, all boards at one distance at once; a tenth of a second for 3x3."""
    gap = rows * rows - 1
    level = np.array([sum(tile << _BITS * cell for cell, tile in enumerate(solved(rows)))]), np.array([gap])
    levels, before = [level[0]], np.empty(0, np.int64)
    while len(level[0]):
        boards, gaps = level
        board, way = np.nonzero(source_table(rows)[gaps] >= 0)
        source = source_table(rows)[gaps[board], way]
        tile = boards[board] >> _BITS * source & 15
        after = boards[board] ^ tile << _BITS * source ^ tile << _BITS * gaps[board]
        after, first = np.unique(after, return_index=True)
        new = ~np.isin(after, before, assume_unique=True)  # a move changes the distance by one, up or down
        before, level = boards, (after[new], source[first[new]])
        levels.append(level[0])
    sizes = [len(boards) for boards in levels[:-1]]
    nearest_first, away = np.concatenate(levels), np.repeat(np.arange(len(sizes)), sizes)
    order = nearest_first.argsort()
    return Distances(rows, nearest_first, np.cumsum(sizes).tolist(), nearest_first[order], away[order])
