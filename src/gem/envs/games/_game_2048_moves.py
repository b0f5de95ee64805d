"""How tiles slide and merge in 2048: pure functions from grid to grid, with every row looked up in a cache."""

from __future__ import annotations

from functools import lru_cache

Row = tuple[int, ...]
Grid = tuple[Row, ...]
"""Rows of tiles; 0 is an empty cell."""

DIRECTIONS = ("left", "up", "right", "down")


def moved(grid: Grid, direction: str) -> Grid:
    """The grid after its tiles slid, before a new tile appears; an equal grid if none can."""
    if direction == "left":
        return tuple(map(slid_left, grid))
    if direction == "right":
        return tuple(map(slid_right, grid))
    return tuple(zip(*map(slid_left if direction == "up" else slid_right, zip(*grid, strict=True)), strict=True))


@lru_cache(maxsize=1 << 16)  # a 4x4 board has about as many rows up to 32768
def slid_left(row: Row) -> Row:
    """The row after its tiles slid to its start. A tile made by a merge merges no further."""
    made: list[int] = []
    waiting = 0
    for tile in filter(None, row):
        if tile == waiting:
            made[-1] = 2 * tile
            waiting = 0
        else:
            made.append(tile)
            waiting = tile
    return (*made, *[0] * (len(row) - len(made)))


@lru_cache(maxsize=1 << 16)
def slid_right(row: Row) -> Row:
    """The row after its tiles slid to its end."""
    return slid_left(row[::-1])[::-1]
