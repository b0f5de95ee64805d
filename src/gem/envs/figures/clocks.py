"""Clock faces."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from gem.envs.figures.canvas import Canvas, Point, direction
from gem.envs.figures.figure import EASY, MEDIUM, Figure, whole

ROUND = 12 * 60
"""Minutes of the hour hand's way around."""


@dataclass(frozen=True, slots=True)
class Clock(Figure):
    """One clock, or two to compare; times are minutes after twelve."""

    kind = "clock"
    time: int
    later: int
    asked: str

    @classmethod
    def new(cls, rng: np.random.Generator, level: int) -> Clock:
        asked = "time" if level == EASY else ("time", "angle")[whole(rng, 0, 1)] if level == MEDIUM else "between"
        if level == EASY:
            return cls(5 * whole(rng, 1, ROUND // 5 - 1), 0, asked)
        time, later = sorted(numbers_apart(rng))
        return cls(time, later, asked)

    @property
    def question(self) -> str:
        match self.asked:
            case "time":
                return "How many minutes have passed since the clock showed twelve o'clock?"
            case "angle":
                return "What is the smaller angle between the hands of the clock, in degrees?"
            case _:
                return "How many minutes pass from the time on clock A to the time on clock B, on the same morning?"

    @property
    def answer(self) -> Fraction:
        if self.asked == "angle":
            apart = abs(Fraction(self.time, 2) - 6 * (self.time % 60))
            return min(apart, 360 - apart)
        return Fraction(self.time if self.asked == "time" else self.later - self.time)

    def draw(self, canvas: Canvas) -> None:
        if self.asked != "between":
            return draw_face(canvas, Point(192, 192), 160, self.time)
        for name, x, time in (("A", 98, self.time), ("B", 286, self.later)):
            draw_face(canvas, Point(x, 200), 88, time)
            canvas.text(name, Point(x, 82), 22)
        return None


def numbers_apart(rng: np.random.Generator) -> tuple[int, int]:
    """Two times of a morning that are at least 10 minutes apart, and neither of them twelve."""
    one, gap = whole(rng, 1, ROUND - 1), whole(rng, 10, ROUND - 20)
    other = (one + gap) % ROUND
    return (one, other) if other and abs(one - other) >= 10 else numbers_apart(rng)


def draw_face(canvas: Canvas, centre: Point, radius: float, time: int) -> None:
    """A clock with all its minutes, its numbers and two hands."""
    canvas.circle(centre, radius)
    for minute in range(60):
        way = direction(90 - 6 * minute)
        length = 0.1 if minute % 5 == 0 else 0.05
        canvas.line(
            centre.plus(way, radius), centre.plus(way, radius * (1 - length)), width=2 if minute % 5 == 0 else 1
        )
    for hour in range(1, 13):
        canvas.text(str(hour), centre.plus(direction(90 - 30 * hour), radius * 0.8), max(12, round(radius / 8)))
    canvas.line(centre, centre.plus(direction(90 - time / 2), radius * 0.42), width=6)
    canvas.line(centre, centre.plus(direction(90 - 6 * (time % 60)), radius * 0.67), width=2)
    canvas.dot(centre, 5)
