"""Minesweeper without guessing: what follows for certain from the numbers on the board.

Boards are sets of cells, held as whole numbers: cell `row * cols + col` is one bit. So one operation
works on all cells at once; the number of neighbours of every cell is four such sets, its binary digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

Planes = tuple[int, int, int, int]
"""A number from 0 to 8 for each cell: the sets of cells whose number has the digit 1, 2, 4 and 8."""


@dataclass(frozen=True, eq=False, slots=True)
class Size:
    """The geometry of boards of one size."""

    cols: int
    cells: int
    """All cells."""
    no_west: int
    """All cells but those of the first column."""
    no_east: int
    """All cells but those of the last column."""
    around: tuple[int, ...]
    """The neighbours of each cell."""

    def widened(self, cells: int) -> int:
        """`cells` and all their neighbours."""
        cells |= (cells << 1) & self.no_west | (cells >> 1) & self.no_east
        return (cells | cells << self.cols | cells >> self.cols) & self.cells

    def neighbours(self, cells: int) -> Planes:
        """How many neighbours in `cells` each cell of the board has: a column of three from each side, added up."""
        west, east = (cells << 1) & self.no_west, (cells >> 1) & self.no_east
        pair, both = west ^ east, west & east
        ones, twos = pair ^ cells, both | pair & cells
        north1, north2 = (ones << self.cols) & self.cells, (twos << self.cols) & self.cells
        south1, south2 = ones >> self.cols, twos >> self.cols
        odd = north1 ^ south1
        carry = north1 & south1 | odd & pair
        half = north2 ^ south2
        third = half ^ both
        fours = north2 & south2 | half & both
        carry2 = third & carry
        return odd ^ pair, third ^ carry, fours ^ carry2, fours & carry2


@lru_cache(maxsize=64)
def size(rows: int, cols: int) -> Size:
    """The geometry of a board of `rows` x `cols`."""
    cells = (1 << rows * cols) - 1
    first_col = sum(1 << row * cols for row in range(rows))
    shape = Size(cols, cells, cells ^ first_col, cells ^ first_col << cols - 1, ())
    around = tuple(shape.widened(1 << place) ^ 1 << place for place in range(rows * cols))
    return Size(cols, cells, shape.no_west, shape.no_east, around)


def places(cells: int) -> Iterator[int]:
    """The places of the cells of a set, in order."""
    while cells:
        lowest = cells & -cells
        yield lowest.bit_length() - 1
        cells ^= lowest


def opened_by(shape: Size, mines: int, opened: int, shut: int = 0) -> int:
    """`opened` and what opens by itself: the neighbours of open cells without mines around, but none of `shut`."""
    empty = shape.cells & ~shape.widened(mines)
    new = opened & empty
    while new:
        wider = opened | shape.widened(new) & ~shut
        new = (wider ^ opened) & empty
        opened = wider
    return opened


@lru_cache(maxsize=4096)  # a group of episodes from one snapshot asks again
def solvable(shape: Size, mines: int, first: int) -> bool:
    """Whether what `deduced` tells wins the board after the cell `first` is revealed.

    It takes the same steps, but faster, because it may look at the mines: where a player needs numbers to
    see that a set must be all mines or all safe, it only looks whether the set is.
    """
    widened, free = shape.widened, shape.cells ^ mines
    empty = free & ~widened(mines)
    opened, known = opened_by(shape, mines, 1 << first), 0
    while hidden := free ^ opened:
        known |= widened(opened & ~widened(hidden)) & mines  # around a number with no other closed cells
        if known == mines:
            return True
        safe = widened(opened & ~widened(mines ^ known)) & hidden  # around a number with no other mines
        if not safe:
            settled = _settled(shape, mines, opened, known)
            if not settled:
                return False
            known |= settled & mines
            safe = settled & free
        opened |= safe
        if safe & empty:
            opened = opened_by(shape, mines, opened)
    return True


def _settled(shape: Size, mines: int, opened: int, known: int) -> int:
    """What `_compared` would tell of the unknown cells, from all pairs of sets at once."""
    around, unknown = shape.around, shape.cells ^ (opened | known)
    sets = {unknown}
    border = opened & shape.widened(unknown)
    while border:
        place = border.bit_length() - 1
        border ^= 1 << place
        sets.add(around[place] & unknown)
    settled = 0
    for one in sets:
        wrong = one ^ mines
        for other in sets:
            # Where the two differ, `one` holds the mines: its own cells are all mines, those of the other all safe.
            if not (one ^ other) & wrong:
                settled |= one ^ other
    return settled


def deduced(shape: Size, opened: int, numbers: Planes, total: int) -> tuple[int, int]:
    """Closed cells that must be safe, if any follow, and all mines found until then."""
    n1, n2, n4, n8 = numbers
    closed = shape.cells ^ opened
    m1, m2, m4, m8 = shape.neighbours(closed)
    all_mines = opened & ~(m1 ^ n1 | m2 ^ n2 | m4 ^ n4 | m8 ^ n8)
    known = shape.widened(all_mines) & closed
    while True:
        if known.bit_count() == total:  # even a safe cell that only mines touch is told by that
            return closed ^ known, known
        if known:  # else none is left to find: cells without mines around are open with all their neighbours
            m1, m2, m4, m8 = shape.neighbours(known)
            no_more = opened & ~(m1 ^ n1 | m2 ^ n2 | m4 ^ n4 | m8 ^ n8)
            safe = shape.widened(no_more) & closed & ~known
            if safe:
                return safe, known
        safe, mines = _compared(shape, opened, numbers, total, known)
        known |= mines
        if safe or not mines:
            return safe, known


def demands(shape: Size, opened: int, numbers: Planes, known: int) -> dict[int, int]:
    """Sets of unknown cells, each with the number of mines in it, as the open numbers say."""
    n1, n2, n4, n8 = numbers
    around = shape.around
    unknown = shape.cells ^ (opened | known)
    found: dict[int, int] = {}
    border = opened & shape.widened(unknown)
    while border:
        place = border.bit_length() - 1
        border ^= 1 << place
        number = n1 >> place & 1 | (n2 >> place & 1) << 1 | (n4 >> place & 1) << 2 | (n8 >> place & 1) << 3
        near = around[place]
        found[near & unknown] = number - (near & known).bit_count()
    return found


def _compared(shape: Size, opened: int, numbers: Planes, total: int, known: int) -> tuple[int, int]:
    """Safe cells and mines that follow from two sets together.

    If one set needs as many more mines than another as it has cells of its own, then those are all
    mines, and the other's own cells are safe. All unknown cells together are one of the sets.
    """
    found = demands(shape, opened, numbers, known)
    found[shape.cells ^ (opened | known)] = total - known.bit_count()
    sets = sorted(found.items(), key=itemgetter(1))
    for index, (other, other_mines) in enumerate(sets):
        for one, its_mines in sets[index + 1 :]:
            if one & other:
                own, others = one & ~other, other & ~one
                if its_mines - other_mines == own.bit_count():
                    return others, own
                if its_mines == other_mines and not others:
                    return own, 0
    return 0, 0
