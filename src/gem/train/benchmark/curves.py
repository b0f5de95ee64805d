"""Learning curves at fixed numbers of turns: what lies between two evaluations is interpolated.

A run collects whole episodes, so that it is evaluated a little after each mark; read at the mark, the curves of all
runs speak of equally many turns.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gem.train.benchmark.results import Point, Result

MEASURES = ("success", "mean_return", "mean_turns")


def at(points: Sequence[Point], turns: int) -> Point:
    """The curve through `points` at `turns`, linear between them, level beyond."""
    places = [point.turns for point in points]
    values = {name: float(np.interp(turns, places, [getattr(point, name) for point in points])) for name in MEASURES}
    return Point(turns, **values)


def final_point(result: Result, turns: int) -> Point:
    """What a run has achieved after `turns`."""
    return at(result.points, turns)


def curve(result: Result, marks: Sequence[int]) -> list[Point]:
    """The start of a run, and its curve at each mark."""
    return [at(result.points, turns) for turns in (0, *marks)]


def area(points: Sequence[Point], measure: str = "success") -> float:
    """The mean height of a curve: the area under it, divided by its turns."""
    turns = np.array([point.turns for point in points], dtype=np.float64)
    heights = np.array([getattr(point, measure) for point in points], dtype=np.float64)
    widths = np.diff(turns)
    return float((widths * (heights[1:] + heights[:-1]) / 2).sum() / widths.sum())
