"""Minesweeper's odds: how likely each closed cell is a mine, by counting every layout that fits the numbers."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from math import comb

from gem.envs.games._minesweeper_deduction import places

Demands = dict[int, int]
"""Sets of unknown cells, each with the number of mines in it."""
Ways = dict[int, tuple[int, list[int]]]
"""By mines used: the number of layouts, and for each group the mines in it, summed over those layouts."""
MAX_DEMANDS = 16
"""In a part of the board with more of them, only so many neighbouring ones are weighed."""


def safest(unknown: int, demands: Demands, mines: int) -> int:
    """The unknown cell that is least likely one of the `mines`; on a tie, one that numbers speak of."""
    parts = [_layouts(dict(islice(part.items(), MAX_DEMANDS))) for part in _parts(demands)]
    rest = unknown & ~sum(group for groups, _ in parts for group in groups)
    risks: list[tuple[float, int]] = []
    for index, (groups, ways) in enumerate(parts):
        others = _joined([other for place, (_, other) in enumerate(parts) if place != index])
        weight = {used: _fillings(others, rest, mines - used) for used in ways}
        total = sum(ways[used][0] * weight[used] for used in ways)
        for place, group in enumerate(groups):
            share = sum(ways[used][1][place] * weight[used] for used in ways)
            risks.append((share / max(total, 1) / group.bit_count(), group))
    if rest:
        counts = _joined([ways for _, ways in parts])
        total = _fillings(counts, rest, mines)
        share = sum(
            number * (mines - used) * comb(rest.bit_count(), mines - used) for used, number in _fitting(counts, mines)
        )
        risks.append((share / max(total, 1) / rest.bit_count(), rest))
    return next(places(min(risks)[1]))


def _parts(demands: Demands) -> list[Demands]:
    """The demands, parted so that no cell occurs in two parts."""
    parts: list[tuple[int, Demands]] = []
    for cells, mines in demands.items():
        touching = [part for part in parts if part[0] & cells]
        parts = [part for part in parts if not part[0] & cells]
        joined_cells, joined = cells, {cells: mines}
        for part_cells, part in touching:
            joined_cells |= part_cells
            joined |= part
        parts.append((joined_cells, joined))
    return [part for _, part in parts]


def _groups(demands: Demands) -> list[int]:
    """Sets of cells that occur in the same demands, hence are equally likely mines."""
    groups: list[int] = []
    for cells in demands:
        inside = [group & cells for group in groups]
        outside = [group & ~cells for group in groups]
        new = cells
        for group in inside:
            new &= ~group
        groups = [group for group in [*inside, *outside, new] if group]
    return sorted(groups)


def _layouts(demands: Demands) -> tuple[list[int], Ways]:
    """The groups of one part, and the ways to lay mines in them."""
    groups = _groups(demands)
    ways: Ways = {}
    last = [max(place for place, group in enumerate(groups) if group & cells) for cells in demands]
    chosen: list[int] = []

    def fill(place: int, needs: list[int], number: int) -> None:
        if place == len(groups):
            before, sums = ways.get(sum(chosen), (0, [0] * len(groups)))
            ways[sum(chosen)] = before + number, [old + new * number for old, new in zip(sums, chosen, strict=True)]
            return
        size = groups[place].bit_count()
        touched = [index for index, cells in enumerate(demands) if cells & groups[place]]
        for mines in range(min([size, *(needs[index] for index in touched)]) + 1):
            left = list(needs)
            for index in touched:
                left[index] -= mines
            if all(left[index] == 0 for index in touched if last[index] == place):
                chosen.append(mines)
                fill(place + 1, left, number * comb(size, mines))
                chosen.pop()

    fill(0, list(demands.values()), 1)
    return groups, ways


def _joined(parts: list[Ways]) -> Counter[int]:
    """The number of layouts of several parts together, by mines used."""
    counts = Counter({0: 1})
    for ways in parts:
        joined: Counter[int] = Counter()
        for used, number in counts.items():
            for more, (ways_here, _) in ways.items():
                joined[used + more] += number * ways_here
        counts = joined
    return counts


def _fillings(counts: Counter[int], rest: int, mines: int) -> int:
    """The number of layouts of parts and of all other cells together, with `mines` mines."""
    return sum(number * comb(rest.bit_count(), mines - used) for used, number in _fitting(counts, mines))


def _fitting(counts: Counter[int], mines: int) -> list[tuple[int, int]]:
    return [(used, number) for used, number in counts.items() if used <= mines]
