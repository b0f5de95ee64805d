"""Sudoku boards: drawing them, proving that they have one solution, finding the next number.

A board is a text of one character per cell, row by row. Inside, it is an exact cover in one whole number:
a *candidate* is a number in a cell, a *unit* a need that one candidate must meet (this cell has a number; this
row, column or box has a 5). The units stand side by side, a bit for each of their candidates and above these a
*guard* bit, always 0. A candidate meets four units, so it has four bits.

Subtracting 1 from all units at once, with the guards to borrow from, tells which are empty and which have a
single candidate. What is a loop over 324 units elsewhere takes some ten operations here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

EMPTY = "."
"""An empty cell of a board."""

Draw = Callable[[int], int]
"""Which of so many choices to try first."""


class Units(NamedTuple):
    """The units of one size of board, and the candidates in them; a candidate is cell * size + number - 1."""

    size: int
    """How many numbers there are."""
    full: int
    """All bits of all candidates."""
    ones: int
    """The lowest bit of every unit."""
    guards: int
    """The guard bit of every unit."""
    bits: list[int]
    """The four bits of each candidate."""
    kept: list[int]
    """What may stand beside each candidate: all bits but those of its rivals, which share a unit with it."""
    candidate_at: list[int]
    """The candidate of each bit."""


class Position(NamedTuple):
    """How far a board is solved."""

    open: int
    """The candidates still possible; 0 if they cannot be, as some unit has none."""
    placed: int
    """Those whose rivals are no longer open."""


# -- boards -------------------------------------------------------------------------------------


def size_of(board: Sequence[str]) -> int:
    """How many rows, columns and numbers it has: 4 or 9."""
    return 9 if len(board) == 81 else 4


def grid(size: int, draw: Draw) -> str:
    """A full board; `draw` chooses between the candidates that the rules leave open."""
    known = units(size)
    return _board(known, solved(known, Position(known.full, 0), draw))


def dug(full: str, cells: Sequence[int], most: int) -> str:
    """`full` with those of `cells` emptied, in their order and `most` at most, that leave it one solution.

    Many at a time while singles prove the solution, as they mostly do; in the end one by one.
    """
    board, step = list(full), len(cells) // 2
    while cells and most:
        step = max(1, min(step, most))
        tried = cells[:step]
        for cell in tried:
            board[cell] = EMPTY
        proved = singles_suffice(board) if step > 1 else _forced(board, tried[0], full[tried[0]])
        if proved:
            most -= len(tried)
        else:
            for cell in tried:
                board[cell] = full[cell]
        if proved or step == 1:
            cells = cells[step:]
        else:
            step //= 2
    return "".join(board)


def singles_suffice(board: Sequence[str]) -> bool:
    """Whether entering what has no alternative, again and again, solves the board: then it has one solution."""
    at = settled(units(size_of(board)), position(board))
    return at.open == at.placed


@lru_cache(maxsize=4096)
def next_number(board: str) -> tuple[int, int]:
    """An empty cell and its number: one without an alternative if there is any, else one of the fewest."""
    at, known = position(board), units(size_of(board))
    last = (singles(known, at.open) or 0) & ~at.placed
    if last:
        candidate = known.candidate_at[next(_places(last))]
    else:
        solution = solved(known, at)
        candidate = next(each for each in shortest(known, at.open) if known.bits[each] & solution)
    cell, number = divmod(candidate, known.size)
    return cell, number + 1


def _forced(board: list[str], cell: int, number: str) -> bool:
    """Whether no other number in that empty cell leads to a solution."""
    known, at = units(size_of(board)), position(board)
    other = at.open & ~known.bits[cell * known.size + int(number) - 1]
    return not solved(known, Position(other, at.placed))


def _board(known: Units, candidates: int) -> str:
    """The board on which each cell with only one open candidate shows it."""
    size = known.size
    block = (1 << size) - 1
    cells = [candidates >> cell * (size + 1) & block for cell in range(size * size)]
    return "".join([EMPTY if bits & bits - 1 else str(bits.bit_length()) for bits in cells])


# -- units --------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def units(size: int) -> Units:
    """The units of a board with the numbers 1 to `size`: cells, then rows, columns and boxes with each number."""
    side, width, cells = round(size**0.5), size + 1, size * size
    bits, candidate_at, members = [0] * (cells * size), [0] * (4 * cells * width), [0] * (4 * cells)
    meets: list[list[int]] = []
    for candidate in range(cells * size):
        cell, number = divmod(candidate, size)
        row, col = divmod(cell, size)
        box, spot = row // side * side + col // side, row % side * side + col % side
        slots = (number, col, row, spot)
        needs = [cell, *(kind * cells + which * size + number for kind, which in ((1, row), (2, col), (3, box)))]
        for unit, slot in zip(needs, slots, strict=True):
            bits[candidate] |= 1 << unit * width + slot
            candidate_at[unit * width + slot] = candidate
        meets.append(needs)
    for candidate, needs in enumerate(meets):
        for unit in needs:
            members[unit] |= bits[candidate]
    ones = sum(1 << unit * width for unit in range(4 * cells))
    full = (ones << size) - ones
    shared = [members[a] | members[b] | members[c] | members[d] for a, b, c, d in meets]
    kept = [full ^ shared[candidate] ^ bits[candidate] for candidate in range(cells * size)]
    return Units(size, full, ones, ones << size, bits, kept, candidate_at)


def position(board: Sequence[str]) -> Position:
    """A board's numbers placed, and nothing concluded from them."""
    size = size_of(board)
    known = units(size)
    candidates, placed = known.full, 0
    for cell, number in enumerate(board):
        if number != EMPTY:
            candidate = cell * size + int(number) - 1
            candidates &= known.kept[candidate]
            placed |= known.bits[candidate]
    return Position(candidates, placed)


def singles(known: Units, candidates: int) -> int | None:
    """The bits of candidates that are the last in their unit; None if a unit has none left."""
    ones, guards = known.ones, known.guards
    less = (candidates | guards) - ones
    if less & guards != guards:
        return None
    several = ((candidates & less | guards) - ones) & guards
    return candidates & ~(several - (several >> known.size))


def settled(known: Units, at: Position) -> Position:
    """What follows from `at` by placing singles until there are none."""
    candidates, placed = at
    bits, kept, candidate_at = known.bits, known.kept, known.candidate_at
    while True:
        last = singles(known, candidates)
        if last is None:
            return Position(0, placed)
        last &= ~placed
        if not last:
            return Position(candidates, placed)
        while last:
            candidate = candidate_at[last.bit_length() - 1]
            candidates &= kept[candidate]
            placed |= bits[candidate]
            last &= ~bits[candidate]


def shortest(known: Units, candidates: int) -> list[int]:
    """The candidates of a unit with the fewest among those with several; [] if each unit has its one."""
    ones, guards, size = known.ones, known.guards, known.size
    rest = candidates & ((candidates | guards) - ones)  # without the lowest of each unit
    several = ((rest | guards) - ones) & guards
    while several:
        rest &= (rest | guards) - ones
        more = ((rest | guards) - ones) & guards
        if fewest := several ^ more:
            guard = 1 << fewest.bit_length() - 1
            return [known.candidate_at[bit] for bit in _places(candidates & guard - (guard >> size))]
    return []


def solved(known: Units, at: Position, draw: Draw | None = None) -> int:
    """The candidates of a solution that `at` leads to, 0 if there is none: singles, then guesses where they are few."""
    candidates, placed = settled(known, at)
    choices = shortest(known, candidates)
    if not choices:
        return candidates
    first = draw(len(choices)) if draw else 0
    for choice in choices[first:] + choices[:first]:
        ahead = Position(candidates & known.kept[choice], placed | known.bits[choice])
        if found := solved(known, ahead, draw):
            return found
    return 0


def _places(bits: int) -> Iterator[int]:
    """The places of the bits that are set, the lowest first."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low
