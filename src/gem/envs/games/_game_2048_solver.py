"""A player for 2048: expectimax over the next tiles, and rehearsals of the end when turns run short.

Expectimax averages over where the next tile may appear and takes the best reply. It aims at a tidy board,
not at the clock: so in the last turns each move is tried out in many random games to the end instead.
"""

from __future__ import annotations

import numpy as np

from gem.envs.games._game_2048_boards import MADE, MAX_SIZE, Boards, Tables, Values, tables
from gem.envs.games._game_2048_moves import DIRECTIONS, Grid, moved

REHEARSED_TURNS = 20
"""With so many turns left or fewer, moves are chosen by rehearsal."""
REHEARSALS = 50
"""Games played for each move."""
CROWDED = 4
"""With so few empty cells, expectimax looks one more move ahead."""
EASY_TARGET = 64
"""Up to this target, a move less ahead is enough."""


def best_direction(grid: Grid, target: int, turns_left: int) -> str:
    """The move with the best prospects; one that changes the board, if there is one."""
    after = {way: new for way in DIRECTIONS if (new := moved(grid, way)) != grid}
    if len(after) < 2:
        return next(iter(after), DIRECTIONS[0])
    for way, new in after.items():
        if max(map(max, new)) >= target:
            return way
    empty = sum(row.count(0) for row in grid)
    if len(grid) > MAX_SIZE:
        return max(after, key=lambda way: sum(row.count(0) for row in after[way]))
    known = tables(len(grid), target.bit_length() - 1)
    boards = np.array([packed(new) for new in after.values()], np.uint64)
    values: Values | None = None
    if turns_left <= REHEARSED_TURNS and sum(map(sum, grid)) + 4 * turns_left >= target:
        values = _rehearsed(known, boards, turns_left - 1)
    if values is None or not values.any():
        values = _before_new_tile(known, boards, 1 + (target > EASY_TARGET) + (empty <= CROWDED))
    return list(after)[int(values.argmax())]


def packed(grid: Grid) -> int:
    """The grid as one of `Boards`."""
    ranks = {(y, x): tile.bit_length() - 1 for y, row in enumerate(grid) for x, tile in enumerate(row) if tile}
    return sum(rank << 16 * y + 4 * x for (y, x), rank in ranks.items())


def _before_new_tile(known: Tables, boards: Boards, depth: int) -> Values:
    """What boards that await a tile promise: the mean over their empty cells.

    At the last depth the tile is a 2; above it a 4 is weighed in.
    """
    board, cell = np.nonzero(known.empty(boards))
    old = boards[board]
    values = _after_new_tile(known, known.with_tile(old, cell, 1), depth)
    if depth > 1:
        values = 0.9 * values + 0.1 * _after_new_tile(known, known.with_tile(old, cell, 2), depth)
    return np.bincount(board, values, len(boards)) / np.bincount(board, minlength=len(boards))


def _after_new_tile(known: Tables, boards: Boards, depth: int) -> Values:
    """What boards that await a move promise: the best of four."""
    new, legal = known.moves(boards)
    promise = known.weighed(new[legal])
    if depth > 1:
        unfinished = np.flatnonzero(promise < MADE)
        promise[unfinished] = _before_new_tile(known, new[legal[unfinished]], depth - 1)
    values = np.zeros(len(new))
    values[legal] = np.minimum(promise, MADE)
    return values.reshape(4, -1).max(0)


def _rehearsed(known: Tables, boards: Boards, turns: int) -> Values:
    """For each board, how many of its rehearsals make the target in time; of equals, the one that makes it earlier.

    The chances are the same each time, so that the player plays the same game twice.
    """
    rng = np.random.default_rng(turns)
    playing = np.repeat(boards, REHEARSALS)
    first = np.repeat(np.arange(len(boards)), REHEARSALS)
    made = np.zeros(len(boards))
    for left in range(turns, 0, -1):
        empty = known.empty(playing)
        cells = (empty * rng.random(empty.shape)).argmax(1)
        with_two, with_four = (known.with_tile(playing, cells, rank) for rank in (1, 2))
        new, legal = known.moves(np.where(rng.random(len(playing)) < 0.9, with_two, with_four))
        promise = np.zeros(len(new))
        promise[legal] = known.weighed(new[legal])
        promise = promise.reshape(4, -1)
        best, most = promise.argmax(0), promise.max(0)
        made += np.bincount(first[most >= MADE], minlength=len(boards)) * (1 + 0.01 * left)
        goes_on = np.flatnonzero((most > 0) & (most < MADE))
        playing, first = new.reshape(4, -1)[best[goes_on], goes_on], first[goes_on]
    return made
