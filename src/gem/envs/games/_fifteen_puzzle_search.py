"""Plans for the fifteen puzzle: shortest ones up to 3x3, short ones on larger boards.

Larger boards are searched breadth first, a whole level of boards at once, and of each level only the most
promising go on: those with the least sum of the tiles' ways to their places (Manhattan distance) and two moves
for each pair of tiles that are in each other's way (linear conflict). If that finds no plan that is short
enough, more of each level go on.
"""

from __future__ import annotations

from functools import lru_cache
from math import isqrt
from typing import NamedTuple

import numpy as np

from gem.envs.games._fifteen_puzzle_boards import (
    DIRECTIONS,
    MAX_EXACT_ROWS,
    Board,
    Numbers,
    Ways,
    distances,
    moved,
    source_table,
)

WIDTHS = (300, 2_000, 20_000)
"""Boards of each level that go on, in the first search, and in the next ones if there is no plan yet."""


class Tables(NamedTuple):
    """What one size of boards is searched with."""

    away: Numbers
    """Tile x cell: moves between the cell and the tile's place; 0 for the gap."""
    clash: Numbers
    """Tile x cell x other tile x its cell: 2 if they are in each other's way, else 0."""
    lines: Numbers
    """Cell x direction: the cells of the row or column that a tile leaves, or comes to, when it goes that way."""
    marks: Numbers
    """Tile x cell: random numbers, whose sums tell boards apart."""


@lru_cache(maxsize=1024)
def route(board: Board, max_moves: int) -> dict[Board, Ways]:
    """Each board on the way to the goal with the moves still to go; empty if no plan was found."""
    ways = plan(board, max_moves) or ()
    found: dict[Board, Ways] = {}
    for step, way in enumerate(ways):
        found[board] = ways[step:]
        board = moved(board, way) or board
    return found


@lru_cache(maxsize=4096)
def plan(board: Board, max_moves: int) -> Ways | None:
    """At most so many moves that solve the board, or None if none were found."""
    rows = isqrt(len(board))
    if rows <= MAX_EXACT_ROWS:
        ways = distances(rows).shortest(board)
        return ways if len(ways) <= max_moves else None
    for width in WIDTHS:
        ways = _searched(board, max_moves, width)
        if ways is not None:
            return ways
    return None


def _searched(board: Board, max_moves: int, width: int) -> Ways | None:
    """The shortest plan among the `width` most promising boards of each level."""
    rows = isqrt(len(board))
    source_of, table, cells = source_table(rows), _tables(rows), np.arange(len(board))
    boards, gaps, back = np.array([board]), np.array([board.index(0)]), np.array([-1])
    far, marks = table.away[boards, cells].sum(1), table.marks[boards, cells].sum(1)
    cost = far
    levels: list[tuple[Numbers, Numbers]] = []
    for left in reversed(range(max_moves)):
        # Every move but the one straight back; of equal boards one; none that is too far from the goal.
        sources = source_of[gaps]
        parent, way = np.nonzero((sources >= 0) & (sources != back[:, None]))
        source, target = sources[parent, way], gaps[parent]
        tile = boards[parent, source]
        nearer = table.away[tile, source] - table.away[tile, target]
        new_far = far[parent] - nearer
        new_marks = marks[parent] + table.marks[tile, target] - table.marks[tile, source]
        kept = np.unique(new_marks, return_index=True)[1]
        kept = kept[new_far[kept] <= left]
        parent, way, source, target, tile = (part[kept] for part in (parent, way, source, target, tile))
        before = boards[parent]
        freed = _clashes(table, before, tile, source, way) - _clashes(table, before, tile, target, way)
        new_cost = cost[parent] - nearer[kept] - freed
        best = np.argpartition(new_cost, width)[:width] if len(kept) > width else np.arange(len(kept))
        levels.append((parent[best], way[best]))
        far, marks, cost = new_far[kept[best]], new_marks[kept[best]], new_cost[best]
        if not far.all():
            return _traced(levels, int(far.argmin()))
        if not len(best):
            break
        boards, gaps, back = before[best], source[best], target[best]
        boards[np.arange(len(best)), back] = tile[best]
        boards[np.arange(len(best)), gaps] = 0
    return None


def _clashes(table: Tables, boards: Numbers, tile: Numbers, cell: Numbers, way: Numbers) -> Numbers:
    """What a tile on a cell costs in the line across its way. Along its way it meets nobody but the gap."""
    line = table.lines[cell, way]
    others = boards[np.arange(len(boards))[:, None], line]
    return table.clash[tile[:, None], cell[:, None], others, line].sum(1)


def _traced(levels: list[tuple[Numbers, Numbers]], spot: int) -> Ways:
    """The moves that lead to a board of the last level."""
    ways: list[str] = []
    for parent, way in reversed(levels):
        ways.append(DIRECTIONS[int(way[spot])])
        spot = int(parent[spot])
    return tuple(reversed(ways))


@lru_cache(maxsize=4)
def _tables(rows: int) -> Tables:
    cells = np.arange(rows * rows)
    y, x = np.divmod(cells, rows)
    goal_y, goal_x = np.divmod(np.roll(cells, 1), rows)  # of tile 1 the first cell, of the gap the last
    away: Numbers = np.abs(goal_y[:, None] - y) + np.abs(goal_x[:, None] - x)
    tile, cell, other, its_cell = np.ix_(cells, cells, cells, cells)
    clash = np.zeros((rows * rows,) * 4, np.int64)
    for line, goal_line, spot, goal_spot in ((y, goal_y, x, goal_x), (x, goal_x, y, goal_y)):
        at_home = (
            (goal_line[tile] == line[cell]) & (goal_line[other] == line[its_cell]) & (line[cell] == line[its_cell])
        )
        clash += 2 * (at_home & ((spot[cell] - spot[its_cell]) * (goal_spot[tile] - goal_spot[other]) < 0))
    away[0] = clash[0] = clash[:, :, 0] = 0
    row, column = (np.array([np.flatnonzero(line == at) for at in line]) for line in (y, x))
    marks = np.random.default_rng(0).integers(1 << 62, size=away.shape)
    return Tables(away, clash, np.stack((row, row, column, column), axis=1), marks)
