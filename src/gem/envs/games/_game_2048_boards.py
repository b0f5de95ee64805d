"""Thousands of 2048 boards at once, of up to 4x4: sliding and weighing them is looking up their rows in tables.

A board is a number of 64 bits: 16 for each row, of which 4 for each tile (k for a tile of 2**k). This file
knows the rules and what makes a board good; how to look ahead is the solver's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Boards = NDArray[np.uint64]
Ranks = NDArray[np.int64]
"""Rows of k for a tile of 2**k, [rows, size]."""
Values = NDArray[np.float64]

MAX_SIZE = 4
MADE = 1e8
"""Worth of a board that shows the target; one without moves is worth 0, and all others lie between."""
MERGEABLE, EMPTY, DISORDER = 700.0, 2000.0, 20.0
_COLUMNS = np.array([0, 4, 8, 12], np.uint64)
_TILE = np.uint64(15)


@dataclass(frozen=True, slots=True)
class Tables:
    """What is known of each row, for one size of board and one target."""

    left: NDArray[np.uint16]
    """The row after its tiles slid to its start."""
    right: NDArray[np.uint16]
    """The row after its tiles slid to its end."""
    column: Boards
    """The row as the first column of a board."""
    worth: Values
    """How good it is to have this row or column."""
    places: NDArray[np.uint64]
    """For each cell of a board, the lowest of its bits."""

    def empty(self, boards: Boards) -> NDArray[np.bool_]:
        """Which cells are empty, [boards, cells]."""
        return (boards[:, None] >> self.places) & _TILE == 0

    def with_tile(self, boards: Boards, cells: NDArray[np.intp], rank: int) -> Boards:
        """Each board with a tile of 2**rank in one of its empty cells."""
        return boards | np.uint64(rank) << self.places[cells]

    def turned(self, boards: Boards) -> Boards:
        """Rows as columns and columns as rows."""
        columns = self.column[boards.view(np.uint16).reshape(-1, 4)]
        return np.bitwise_or.reduce(columns << _COLUMNS, axis=1)

    def weighed(self, boards: Boards) -> Values:
        """How good boards are: the sum over their rows and columns."""
        both = np.stack((boards, self.turned(boards)), 1)
        return self.worth[both.view(np.uint16)].sum(1)

    def moves(self, boards: Boards) -> tuple[Boards, NDArray[np.intp]]:
        """The boards slid left, right, up and down, [4 * boards]; and which of those have changed.

        Those slid up and down come out turned, which weighs the same.
        """
        turned = self.turned(boards)
        rows, columns = boards.view(np.uint16), turned.view(np.uint16)
        slid = (self.left[rows], self.right[rows], self.left[columns], self.right[columns])
        new = np.concatenate(slid).view(np.uint64)
        return new, np.flatnonzero(new != np.concatenate((boards, boards, turned, turned)))


@lru_cache(maxsize=16)
def tables(size: int, target_rank: int) -> Tables:
    """The tables for boards of `size` x `size` and a target of 2**target_rank."""
    digits = np.arange(16**MAX_SIZE)[:, None] >> np.arange(0, 16, 4) & 15
    ranks = digits[:, :size]
    bits = 16 ** np.arange(size)
    worth = _worth(ranks)
    worth[ranks.max(1) >= target_rank] = MADE
    return Tables(
        left=(_slid(ranks) @ bits).astype(np.uint16),
        right=(_slid(ranks[:, ::-1])[:, ::-1] @ bits).astype(np.uint16),
        column=(digits << np.arange(0, 64, 16)).sum(1).astype(np.uint64),
        worth=worth,
        places=np.array([16 * y + 4 * x for y in range(size) for x in range(size)], np.uint64),
    )


def _packed(ranks: Ranks) -> Ranks:
    """The tiles of each row at its start, in their order."""
    return np.take_along_axis(ranks, np.argsort(ranks == 0, axis=1, kind="stable"), 1)


def _slid(ranks: Ranks) -> Ranks:
    """Rows after their tiles slid to the start. A tile made by a merge merges no further."""
    rows = _packed(ranks)
    for place in range(rows.shape[1] - 1):
        merging = (rows[:, place] > 0) & (rows[:, place] == rows[:, place + 1])
        rows[merging, place] += 1
        rows[merging, place + 1 : -1] = rows[merging, place + 2 :]
        rows[merging, -1] = 0
    return np.minimum(rows, 15)


def _worth(ranks: Ranks) -> Values:
    """How good rows are: empty cells and equal neighbours are, large tiles out of order are not.

    The terms are those of Robert Xiao's 2048-ai; the weights are ours.
    """
    power = ranks.astype(float) ** 4
    steps = power[:, :-1] - power[:, 1:]
    disorder = np.minimum(np.maximum(steps, 0).sum(1), np.maximum(-steps, 0).sum(1))
    tiles = _packed(ranks)
    mergeable = ((tiles[:, :-1] == tiles[:, 1:]) & (tiles[:, :-1] > 0)).sum(1)
    return 200_000 + EMPTY * (ranks == 0).sum(1) + 2 * MERGEABLE * mergeable - DISORDER * disorder
