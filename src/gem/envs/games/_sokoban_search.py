"""The shortest way to solve a Sokoban room from any position, by A* over pushes.

A push costs the walk to it and the push itself, so the number of moves found is exact. The bound is the
cheapest assignment of boxes to goals, in pushes; a position with boxes that nothing can move again is lost.

All positions that cost no more than the solution are looked at, and of several best pushes the one whose
outcome is the smallest number is taken. So the advice for a position depends on that position alone, never
on what was asked before, and may be noted for all positions along the way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from gem.envs.games._sokoban_rooms import Room, Stands, cells_of, moved, pull_distances, reached, steps, waves

MAX_POSITIONS = 100_000
"""Positions found before a search gives up. Rooms of our ids need far fewer."""
MAX_NOTES = 50_000
"""Notes on one room before they are thrown away."""
NEVER = 1 << 30
"""More moves than any solution."""

Position = tuple[int, int]
"""The set of boxes and the player's cell."""


class Advice(NamedTuple):
    """The next step of a shortest solution, and the moves that this one takes."""

    step: int
    moves: int


def advice(room: Room, position: Position) -> Advice | None:
    """What to do in a position that is not solved; None if it is lost, or so hard that the search gave up."""
    chart = _chart(room)
    notes = chart.notes
    if position in notes:
        return notes[position]
    if chart.region(position) in chart.lost:
        return None
    if len(notes) + len(chart.lost) > MAX_NOTES:
        chart.notes, chart.lost = {}, set()
    found = _explored(chart, position)
    chart.notes.update(found)
    return found[position]


@dataclass(eq=False, slots=True)
class _Chart:
    """A room, and what is known of its positions."""

    room: Room
    pushes: dict[int, dict[int, int]]
    """For each cell the goals that a box can reach from there, and how many pushes that takes."""
    live: int
    """Cells from which a box can reach a goal."""
    steps: tuple[int, int, int, int]
    """What a step up, down, left or right adds to a cell."""
    notes: dict[Position, Advice | None] = field(default_factory=dict[Position, Advice | None])
    lost: set[Position] = field(default_factory=set[Position])
    """Boxes and all cells that the player can walk to, where nothing leads to a solution."""

    def region(self, position: Position) -> Position:
        """Positions between which the player can walk have the same region."""
        boxes, player = position
        return boxes, sum(waves(player, self.room.floor & ~boxes, self.room.cols))


@lru_cache(maxsize=256)
def _chart(room: Room) -> _Chart:
    pushes: dict[int, dict[int, int]] = {}
    for goal in cells_of(room.goals):
        for cell, count in pull_distances(room, 1 << goal).items():
            pushes.setdefault(cell, {})[1 << goal] = count
    return _Chart(room, pushes, sum(1 << cell for cell in pushes), steps(room.cols))


# -- bounds -------------------------------------------------------------------------------------


class _Bounds(dict[int, int]):
    """Fewest pushes that a set of boxes needs if none is in another's way; `NEVER` if they cannot all get home."""

    def __init__(self, chart: _Chart) -> None:
        super().__init__()
        self.chart = chart
        self.costs: dict[int, dict[int, int]] = {0: {0: 0}}

    def __missing__(self, boxes: int) -> int:
        chart, goals, bound = self.chart, self.chart.room.goals, NEVER
        if not _frozen(chart.room, boxes) & ~goals:
            last = boxes.bit_length() - 1
            home = chart.pushes.get(last, {})
            for taken, cost in self._assign(boxes ^ 1 << last).items():
                bound = min(bound, cost + home.get(goals ^ taken, NEVER))
        self[boxes] = bound
        return bound

    def _assign(self, boxes: int) -> dict[int, int]:
        """Fewest pushes that bring some boxes onto each set of goals, from those of one box less."""
        if (known := self.costs.get(boxes)) is not None:
            return known
        last = boxes.bit_length() - 1
        home = self.chart.pushes.get(last, {})
        found: dict[int, int] = {}
        for taken, cost in self._assign(boxes ^ 1 << last).items():
            for goal, pushes in home.items():
                if not taken & goal and cost + pushes < found.get(taken | goal, NEVER):
                    found[taken | goal] = cost + pushes
        self.costs[boxes] = found
        return found


def _frozen(room: Room, boxes: int) -> int:
    """The boxes that can never move again: both ways blocked by walls or by boxes that are blocked themselves."""
    cols, walls, frozen = room.cols, ~room.floor, boxes
    while frozen:
        solid = walls | frozen
        stuck = frozen & (solid << 1 | solid >> 1) & (solid << cols | solid >> cols)
        if stuck == frozen:
            break
        frozen = stuck
    return frozen


# -- search -------------------------------------------------------------------------------------


def _explored(chart: _Chart, start: Position) -> dict[Position, Advice | None]:
    """The advice for `start` and for all positions on the way from there."""
    parents, solved, total = _shortest(chart, start)
    if solved:
        return dict(_route(chart.room, start, _onward(parents, solved), total))
    if len(parents) <= MAX_POSITIONS:
        chart.lost.update(map(chart.region, parents))
    return {start: None}


Parents = dict[Position, list[Position]]
"""Positions after a push, each with those from which it is reached in the fewest moves."""


def _shortest(chart: _Chart, start: Position) -> tuple[Parents, list[Position], int]:
    """The positions looked at, the solved ones that are nearest, and the moves to them."""
    bounds, total = _Bounds(chart), 0
    cols, floor, goals = chart.room
    fewest = {start: 0}
    parents: Parents = {start: []}
    solved: list[Position] = []
    settled: set[Position] = set()
    waiting: defaultdict[int, list[Position]] = defaultdict(list)  # by the fewest moves of a solution through them
    if bounds[start[0]] < NEVER:
        waiting[bounds[start[0]]].append(start)
    while waiting and not solved and len(parents) <= MAX_POSITIONS:
        total = min(waiting)
        layer = waiting[total]
        while layer:
            position = layer.pop()
            if position in settled:
                continue
            settled.add(position)
            if position[0] == goals:
                solved.append(position)
                continue
            boxes, player = position
            free, moves = floor & ~boxes, fewest[position] + 1
            for walk, cell, step in reached(_stands(chart, boxes), player, free, cols):
                box, cost = cell + step, moves + walk
                after = boxes ^ (1 << box | 1 << box + step), box
                before = fewest.get(after, NEVER)
                if cost == before:
                    parents[after].append(position)
                elif cost < before and (bound := bounds[after[0]]) < NEVER:
                    fewest[after] = cost
                    parents[after] = [position]
                    waiting[cost + bound].append(after)
        del waiting[total]
    return parents, solved, total


def _stands(chart: _Chart, boxes: int) -> Stands:
    """Where a player can stand to push a box, and not to a cell from which it reaches no goal."""
    free, open_cells = chart.room.floor & ~boxes, chart.live & ~boxes
    return [(step, here) for step in chart.steps if (here := moved(boxes, -step) & free & moved(open_cells, -2 * step))]


def _onward(parents: Parents, solved: list[Position]) -> dict[Position, Position]:
    """From each position on a shortest solution the next one, the smallest if there are several."""
    onward: dict[Position, Position] = {}
    ahead = solved
    while ahead:
        after = ahead.pop()
        for position in parents[after]:
            if position not in onward:
                ahead.append(position)
                onward[position] = after
            elif after < onward[position]:
                onward[position] = after
    return onward


def _route(
    room: Room, position: Position, onward: dict[Position, Position], total: int
) -> Iterator[tuple[Position, Advice | None]]:
    """Each position from here to the solution, with what to do there."""
    while position in onward:
        (boxes, player), after = position, onward[position]
        box = after[1]
        step = (boxes ^ after[0] ^ 1 << box).bit_length() - 1 - box
        for here, walk in (*_walk(room, boxes, player, box - step), (box - step, step)):
            yield (boxes, here), Advice(walk, total)
            total -= 1
        position = after


def _walk(room: Room, boxes: int, player: int, target: int) -> Iterator[tuple[int, int]]:
    """The cells of a shortest way and the step to take on each: of several steps the first, whatever the start."""
    back = list(takewhile(lambda wave: not wave >> player & 1, waves(target, room.floor & ~boxes, room.cols)))
    for wave in reversed(back):
        step = next(step for step in steps(room.cols) if wave >> player + step & 1)
        yield player, step
        player += step
