"""Charts: bars, a line, a pie."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from gem.envs.figures.canvas import COLOURS, FAINT, Canvas, Point, direction
from gem.envs.figures.figure import Figure, numbers, whole

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun")
DRINKS = ("tea", "milk", "juice", "water")
STEPS = (2, 4, 10, 20, 30, 40, 50)
"""What a line of the grid may stand for."""
LINES = 10
"""Lines of the grid."""
LEFT, LOW, RIGHT, TOP = 62, 52, 366, 352
"""The frame of a chart."""
SMALL = 15


def draw_frame(canvas: Canvas, step: int) -> None:
    """The axes, and lines of the grid that are `step` apart."""
    for index in range(LINES + 1):
        y = LOW + (TOP - LOW) * index / LINES
        if index:
            canvas.line(Point(LEFT, y), Point(RIGHT, y), width=1, colour=FAINT, solid=False)
        if index % 2 == 0:
            canvas.text(str(index * step), Point(LEFT - 24, y), SMALL)
    canvas.line(Point(LEFT, TOP + 8), Point(LEFT, LOW), Point(RIGHT, LOW))


def height_of(value: Fraction | int, step: int) -> float:
    """Where a value stands on the sheet."""
    return LOW + float((TOP - LOW) * value / (LINES * step))


@dataclass(frozen=True, slots=True)
class BarChart(Figure):
    """Five bars, on easy with their values written above."""

    kind = "bar_chart"
    values: tuple[int, ...]
    """In half steps of the grid."""
    step: int
    pair: tuple[int, int]
    asked: str

    @classmethod
    def new(cls, rng: np.random.Generator, level: int) -> BarChart:
        values, step = numbers(rng, len(DAYS), 3, 2 * LINES), STEPS[whole(rng, 0, len(STEPS) - 1)]
        one, other = sorted(int(day) for day in rng.permutation(len(DAYS))[:2])
        if values[one] < values[other]:
            one, other = other, one
        return cls(values, step, (one, other), ("sum", "difference", "mean")[level])

    @property
    def question(self) -> str:
        one, other = (DAYS[index] for index in self.pair)
        match self.asked:
            case "sum":
                return f"The chart shows how many books were sold on each day. How many on {one} and {other} together?"
            case "difference":
                return f"The chart shows how many books were sold on each day. How many more on {one} than on {other}?"
            case _:
                return "The chart shows how many books were sold on each day. How many on average, on these five days?"

    @property
    def answer(self) -> Fraction:
        sold = [Fraction(value * self.step, 2) for value in self.values]
        one, other = (sold[index] for index in self.pair)
        return {"sum": one + other, "difference": one - other}.get(self.asked, sum(sold, Fraction(0)) / len(sold))

    def draw(self, canvas: Canvas) -> None:
        draw_frame(canvas, self.step)
        width = (RIGHT - LEFT) / len(DAYS)
        for index, (day, value) in enumerate(zip(DAYS, self.values, strict=True)):
            middle = LEFT + width * (index + 0.5)
            top = height_of(Fraction(value * self.step, 2), self.step)
            canvas.box(Point(middle - width * 0.32, LOW + 1), Point(middle + width * 0.32, top), COLOURS[0])
            canvas.text(day, Point(middle, LOW - 20), SMALL + 1)
            if self.asked == "sum":
                canvas.text(f"{value * self.step / 2:g}", Point(middle, top + 12), SMALL)


@dataclass(frozen=True, slots=True)
class LineChart(Figure):
    """Six points joined by a line."""

    kind = "line_chart"
    values: tuple[int, ...]
    """In half steps of the grid."""
    step: int
    pair: tuple[int, int]
    asked: str

    @classmethod
    def new(cls, rng: np.random.Generator, level: int) -> LineChart:
        values, step = numbers(rng, len(MONTHS), 2, 2 * LINES), STEPS[whole(rng, 0, len(STEPS) - 1)]
        first, last = sorted(int(month) for month in rng.permutation(len(MONTHS))[:2])
        return cls(values, step, (first, last), ("change", "range", "rise")[level])

    @property
    def question(self) -> str:
        first, last = (MONTHS[index] for index in self.pair)
        match self.asked:
            case "change":
                return (
                    "The chart shows the height of a river, in centimetres. What is the difference between the heights "
                    f"in {first} and in {last}?"
                )
            case "range":
                return (
                    "The chart shows the height of a river, in centimetres. How much higher was it in its highest "
                    "month than in its lowest?"
                )
            case _:
                return (
                    "The chart shows the height of a river, in centimetres. Add up all rises from one month to the "
                    "next, and leave out the falls. What is the sum?"
                )

    @property
    def answer(self) -> Fraction:
        heights = [Fraction(value * self.step, 2) for value in self.values]
        if self.asked == "change":
            return abs(heights[self.pair[0]] - heights[self.pair[1]])
        if self.asked == "range":
            return max(heights) - min(heights)
        return sum((after - before for before, after in pairwise(heights) if after > before), Fraction(0))

    def draw(self, canvas: Canvas) -> None:
        draw_frame(canvas, self.step)
        width = (RIGHT - LEFT) / len(MONTHS)
        points = [
            Point(LEFT + width * (index + 0.5), height_of(Fraction(value * self.step, 2), self.step))
            for index, value in enumerate(self.values)
        ]
        canvas.line(*points, width=3, colour=COLOURS[3])
        for month, point in zip(MONTHS, points, strict=True):
            canvas.dot(point, 5, COLOURS[3])
            canvas.text(month, Point(point.x, LOW - 20), SMALL + 1)


@dataclass(frozen=True, slots=True)
class PieChart(Figure):
    """Four slices; what one of them holds follows from the others."""

    kind = "pie_chart"
    shares: tuple[int, ...]
    """In percent."""
    total: int
    wanted: int
    """The slice that is asked for."""
    asked: str

    @classmethod
    def new(cls, rng: np.random.Generator, level: int) -> PieChart:
        cuts = sorted(5 * cut for cut in numbers(rng, len(DRINKS) - 1, 2, 18))
        shares = tuple(end - start for start, end in zip((0, *cuts), (*cuts, 100), strict=True))
        if min(shares) < 10:
            return cls.new(rng, level)
        return cls(shares, 20 * whole(rng, 4, 45), whole(rng, 0, 3), ("percent", "missing", "angle")[level])

    @property
    def question(self) -> str:
        drink = DRINKS[self.wanted]
        if self.asked == "angle":
            return (
                "The chart shows what some children drink; each slice has the angle that is written in it. The number "
                f"of all children stands below. How many drink {drink}?"
            )
        return (
            "The chart shows what some children drink. The number of all children stands below. "
            f"How many drink {drink}?"
        )

    @property
    def answer(self) -> Fraction:
        return Fraction(self.shares[self.wanted] * self.total, 100)

    def draw(self, canvas: Canvas) -> None:
        centre, radius, start = Point(192, 218), 128.0, 90.0
        for index, (drink, share) in enumerate(zip(DRINKS, self.shares, strict=True)):
            end = start + 3.6 * share
            canvas.arc(centre, radius, start, end, fill=_pale(COLOURS[index]))
            canvas.line(centre, centre.plus(direction(start), radius))
            middle = direction((start + end) / 2)
            canvas.text(drink, centre.plus(middle, 0.66 * radius).plus(Point(0, 9)), SMALL + 1)
            known = self.asked == "percent" or index != self.wanted
            size = f"{Fraction(18 * share, 5)}°" if self.asked == "angle" else f"{share}%"
            canvas.text(size if known else "?", centre.plus(middle, 0.66 * radius).plus(Point(0, -11)), SMALL + 1)
            start = end
        canvas.circle(centre, radius)
        canvas.text(f"all children: {self.total}", Point(192, 38))


def _pale(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    red, green, blue = ((part + 2 * 255) // 3 for part in colour)
    return red, green, blue
