"""Sokoban rooms: sets of cells, what can be walked and pulled in them, and rooms drawn so that they can be solved.

A set of cells is a whole number: cell `row * cols + col` is one bit. Walls surround every floor, so no
step leaves the board. A room is grown from blocks of 2x2 cells, which leaves no dead ends. Its boxes start
on the goals and are pulled away at random; the same way back solves it, so its length is a known bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np

MAX_PULLS = 60
"""Length of the attempts to pull the boxes away."""
GREED = 0.9
"""How often a box is pulled away from the goals where one can be."""
SLACK = 0.9
"""Share of the turns that the known solution takes at most."""
CELLS_PER_BOX, SPARE_CELLS = 4, 4
"""Size of the floor, and what it has more at most: less leaves no room to push, more lets boxes go anywhere."""
ROOMS_PER_PUSH = 5
"""Rooms looked at before one push less is asked for."""

Stands = list[tuple[int, int]]
"""For each step, the cells from which a player may take it and move a box."""


class Room(NamedTuple):
    """What stays the same during an episode."""

    cols: int
    floor: int
    """All cells without a wall."""
    goals: int


class Start(NamedTuple):
    """A room before the first move."""

    room: Room
    boxes: int
    player: int
    """The player's cell."""
    most_moves: int
    """Length of the known solution."""
    least_pushes: int
    """The pushes that the boxes need if each could go to its nearest goal."""


# -- sets of cells ------------------------------------------------------------------------------


def steps(cols: int) -> tuple[int, int, int, int]:
    """What a step up, down, left or right adds to a cell."""
    return -cols, cols, -1, 1


def cells_of(cells: int) -> Iterator[int]:
    """The cells of a set, in order."""
    while cells:
        lowest = cells & -cells
        yield lowest.bit_length() - 1
        cells ^= lowest


def moved(cells: int, step: int) -> int:
    """All cells of a set, moved by `step`."""
    return cells << step if step > 0 else cells >> -step


def waves(player: int, free: int, cols: int) -> Iterator[int]:
    """The sets of free cells that a player reaches in 0, 1, 2, … moves."""
    wave = seen = 1 << player
    while wave:
        yield wave
        wave = (wave << 1 | wave >> 1 | wave << cols | wave >> cols) & free & ~seen
        seen |= wave


def reached(stands: Stands, player: int, free: int, cols: int) -> Iterator[tuple[int, int, int]]:
    """Moves to a stand, its cell and its step, for all stands that the player can walk to, the nearest first."""
    left = 0
    for _, here in stands:
        left |= here
    for walk, wave in enumerate(waves(player, free, cols)):
        if wave & left:
            for step, here in stands:
                if hit := here & wave:
                    for cell in cells_of(hit):
                        yield walk, cell, step
            left &= ~wave
            if not left:
                return


def pull_distances(room: Room, sources: int) -> dict[int, int]:
    """Pushes that a box alone in the room takes to the nearest of `sources`, from every cell where it can."""
    cols, floor, _ = room
    found: dict[int, int] = {}
    wave = seen = sources
    pushes = 0
    while wave:
        found.update(dict.fromkeys(cells_of(wave), pushes))
        ahead = 0
        for step in steps(cols):
            ahead |= moved(wave, -step) & floor & moved(floor, step)
        wave = ahead & ~seen
        seen |= wave
        pushes += 1
    return found


# -- drawing ------------------------------------------------------------------------------------


def draw(rng: np.random.Generator, rows: int, cols: int, boxes: int, turns: int) -> Start:
    """A room that takes at most `SLACK` of the turns, with no box on a goal.

    Of the rooms looked at it is the one whose boxes are farthest from the goals, and the more rooms were
    looked at, the less far they have to be.
    """
    limit = max(int(turns * SLACK), 1)
    wanted = min(3 * boxes + 1, limit // 3)
    best: Start | None = None
    looked = 0
    while best is None or best.least_pushes < wanted - looked // ROOMS_PER_PUSH:
        looked += 1
        floor = _grown(rng, rows, cols, boxes)
        goals = _goals(rng, floor, cols, boxes)
        if goals:
            start = _pulled(rng, Room(cols, floor, goals), limit)
            if start and (best is None or start.least_pushes > best.least_pushes):
                best = start
    return _strolled(rng, best, limit)


def _shuffled(rng: np.random.Generator, count: int) -> list[int]:
    indices: list[int] = rng.permutation(count).tolist()
    return indices


@lru_cache(maxsize=64)
def _blocks(rows: int, cols: int) -> list[int]:
    """All blocks of 2x2 cells inside the outer walls."""
    corner = 0b11 | 0b11 << cols
    return [corner << row * cols + col for row in range(1, rows - 2) for col in range(1, cols - 2)]


def _grown(rng: np.random.Generator, rows: int, cols: int, boxes: int) -> int:
    """A floor of overlapping blocks: wide enough to push boxes about, small enough to be a puzzle."""
    least = max(CELLS_PER_BOX * boxes, 7)
    size = min(int(rng.integers(least, least + SPARE_CELLS, endpoint=True)), (rows - 2) * (cols - 2))
    blocks = _blocks(rows, cols)
    order = [blocks[index] for index in _shuffled(rng, len(blocks))]
    floor = order[0]
    while floor.bit_count() < size:
        for block in order:
            if floor & block and block & ~floor:
                floor |= block
                if floor.bit_count() >= size:
                    break
    return floor


def _goals(rng: np.random.Generator, floor: int, cols: int, boxes: int) -> int:
    """Cells from which a box can be pulled; none if there are too few of them."""
    pullable = 0
    for step in steps(cols):
        pullable |= floor & moved(floor, -step) & moved(floor, -2 * step)
    cells = list(cells_of(pullable))
    if len(cells) < boxes:
        return 0
    return sum(1 << cells[index] for index in _shuffled(rng, len(cells))[:boxes])


def _pulled(rng: np.random.Generator, room: Room, limit: int) -> Start | None:
    """Where the boxes were farthest from the goals while a player pulled them about; None if one stayed on a goal.

    No arrangement of boxes comes twice. The walk to the first pull is the end of the solution, where
    nothing is left to do, so it does not count.
    """
    _, floor, goals = room
    chance = iter(rng.random(2 * MAX_PULLS + 1).tolist())
    far = pull_distances(room, goals)
    cells = list(cells_of(floor & ~goals))
    player = cells[int(next(chance) * len(cells))]
    boxes, moves, pushes = goals, 0, 0
    seen = {boxes}
    best: Start | None = None
    for _ in range(MAX_PULLS):
        pull = _drawn_pull(_pulls(room, boxes, player, seen, far), next(chance), next(chance))
        if pull is None:
            break
        walk, cell, step = pull
        moves += walk + 1 if moves else 1
        if moves > limit:
            break
        pushes += far[cell] - far[cell - step]
        boxes ^= 1 << cell | 1 << cell - step
        player = cell + step
        seen.add(boxes)
        if not boxes & goals and (best is None or pushes > best.least_pushes):
            best = Start(room, boxes, player, moves, pushes)
    return best


def _strolled(rng: np.random.Generator, start: Start, limit: int) -> Start:
    """`start` with the player anywhere that leaves the solution short enough."""
    room, boxes, player, most_moves, _ = start
    paths = islice(waves(player, room.floor & ~boxes, room.cols), limit - most_moves + 1)
    places = [(cell, walk) for walk, wave in enumerate(paths) for cell in cells_of(wave)]
    cell, walk = places[int(rng.integers(len(places)))]
    return start._replace(player=cell, most_moves=most_moves + walk)


Pull = tuple[int, int, int]
"""Moves to the cell from which it starts, that cell, the step."""


def _pulls(room: Room, boxes: int, player: int, seen: set[int], far: dict[int, int]) -> tuple[list[Pull], ...]:
    """The pulls that are possible: of boxes on goals, of others away from the goals, and all others."""
    cols, floor, goals = room
    free = floor & ~boxes
    stands = [
        (step, here) for step in steps(cols) if (here := moved(boxes, step) & free & moved(free, -step))
    ]  # the box comes from behind to where the player stands
    leaving: list[Pull] = []
    parting: list[Pull] = []
    others: list[Pull] = []
    for pull in reached(stands, player, free, cols):
        _, cell, step = pull
        box = cell - step
        if boxes ^ (1 << cell | 1 << box) not in seen:
            (leaving if goals >> box & 1 else parting if far[cell] > far[box] else others).append(pull)
    return leaving, parting, others


def _drawn_pull(pulls: tuple[list[Pull], ...], greed: float, which: float) -> Pull | None:
    """One of the pulls, rather a near one; `greed` and `which` are drawn from [0, 1)."""
    leaving, parting, others = pulls
    choice = leaving or (parting if greed < GREED else others) or parting or others
    return choice[int(which * which * len(choice))] if choice else None
