"""Angles: parallel lines, polygons, isosceles triangles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

import numpy as np

from gem.envs.figures.canvas import Canvas, Point, degrees, direction, fitted
from gem.envs.figures.figure import EASY, MEDIUM, Figure, whole

ROUND = 360


@dataclass(frozen=True, slots=True)
class ParallelLines(Figure):
    """Two parallels, and a straight or bent line across."""

    kind = "parallel_lines"
    angle: int
    second: int
    """The other angle of a bent line; the constant in the algebraic form."""
    asked: str
    turn: int

    @classmethod
    def new(cls, rng: np.random.Generator, level: int) -> ParallelLines:
        asked = ("equal", "supplement")[whole(rng, 0, 1)] if level == EASY else "algebra" if level == MEDIUM else "bent"
        angle = whole(rng, 35, 145) if asked != "bent" else whole(rng, 25, 65)
        return cls(angle, whole(rng, 25, 65) if asked == "bent" else whole(rng, 3, 20), asked, whole(rng, -25, 25))

    @property
    def question(self) -> str:
        if self.asked == "algebra":
            return "The lines g and h are parallel. Find x; the angles are in degrees."
        return "The lines g and h are parallel. Find the angle x, in degrees."

    @property
    def answer(self) -> Fraction:
        of = {"equal": self.angle, "supplement": 180 - self.angle, "bent": self.angle + self.second}
        return Fraction(of.get(self.asked, Fraction(self.angle - self.second, 2)))

    def draw(self, canvas: Canvas) -> None:
        along, up = direction(self.turn), direction(self.turn + 90)
        high, low = Point(192, 192).plus(up, 68), Point(192, 192).plus(up, -68)
        for middle, name in ((high, "g"), (low, "h")):
            ends = middle.plus(along, -150), middle.plus(along, 150)
            canvas.line(*ends)
            canvas.label(name, ends[1], self.turn)
        if self.asked == "bent":
            return self._draw_bent(canvas, along, high, low)
        shift = 68 / math.tan(math.radians(self.angle))
        one, other = high.plus(along, shift), low.plus(along, -shift)
        across = other.to(one)
        canvas.line(other.plus(across, -62), one.plus(across, 62))
        canvas.angle(one, one.plus(along), one.plus(across), f"{self.angle}°", 22)
        match self.asked:
            case "equal":
                canvas.angle(other, other.plus(along, -1), other.plus(across, -1), "x", 22)
            case "supplement":
                canvas.angle(other, other.plus(along, -1), other.plus(across), "x", 22)
            case _:
                canvas.angle(other, other.plus(along), other.plus(across), f"2x + {self.second}", 22)
        return None

    def _draw_bent(self, canvas: Canvas, along: Point, high: Point, low: Point) -> None:
        """From g to a point between the lines and on to h."""
        bend = high.between(low, self.angle / (self.angle + self.second)).plus(along, 70)
        one = bend.plus(direction(self.turn + 180 - self.angle), self._reach(bend, high))
        other = bend.plus(direction(self.turn + 180 + self.second), self._reach(bend, low))
        canvas.line(one, bend, other)
        canvas.angle(one, one.plus(along), bend, f"{self.angle}°", 30)
        canvas.angle(other, other.plus(along), bend, f"{self.second}°", 30)
        canvas.angle(bend, one, other, "x", 22)

    def _reach(self, bend: Point, line: Point) -> float:
        """How far it is from the bend to the line through a point, along the drawn leg."""
        up = direction(self.turn + 90)
        gap = (line.x - bend.x) * up.x + (line.y - bend.y) * up.y
        return abs(gap) / math.sin(math.radians(self.angle if gap > 0 else self.second))


@dataclass(frozen=True, slots=True)
class PolygonAngles(Figure):
    """A polygon with all angles but one, or but two equal ones."""

    kind = "polygon_angles"
    outer: tuple[int, ...]
    """By how much the outline turns at each corner; 360 degrees in all."""
    equal: bool
    """The last two angles are equal, and both unknown."""
    turn: int

    @classmethod
    def new(cls, rng: np.random.Generator, level: int) -> PolygonAngles:
        count = whole(rng, 3, 4) if level == EASY else whole(rng, 4, 5) if level == MEDIUM else whole(rng, 5, 6)
        equal = level > MEDIUM
        while True:
            spread = ROUND / count
            outer = [round(spread * rng.uniform(0.66, 1.33)) for _ in range(count - 1)]
            if equal:
                outer[-1] = (ROUND - sum(outer[:-1])) // 2
            last = ROUND - sum(outer)
            if (not equal or last == outer[-1]) and 0.6 * spread <= last <= min(1.4 * spread, 150):
                return cls((*outer, last), equal, whole(rng, 0, 359))

    @property
    def question(self) -> str:
        shape = {3: "triangle", 4: "quadrilateral", 5: "pentagon", 6: "hexagon"}[len(self.outer)]
        both = " The two angles marked x are equal." if self.equal else ""
        return f"Find the angle x of the {shape}, in degrees.{both}"

    @property
    def answer(self) -> Fraction:
        return Fraction(180 - self.outer[-1])

    def draw(self, canvas: Canvas) -> None:
        points = fitted(tangential(self.outer), self.turn)
        canvas.polygon(points)
        unknown = len(points) - 1 - self.equal
        for index, point in enumerate(points):
            text = "x" if index >= unknown else f"{180 - self.outer[index]}°"
            canvas.angle(point, points[index - 1], points[(index + 1) % len(points)], text, 22)


def tangential(outer: tuple[int, ...]) -> list[tuple[float, float]]:
    """The corners of the polygon around a unit circle whose outline turns by these degrees."""
    ends = list(accumulate(outer))
    corners: list[tuple[float, float]] = []
    for angle, end in zip(outer, ends, strict=True):
        corner = direction(end - angle / 2)
        reach = 1 / math.cos(math.radians(angle / 2))
        corners.append((reach * corner.x, reach * corner.y))
    return corners


@dataclass(frozen=True, slots=True)
class Isosceles(Figure):
    """A triangle with AB = AC; on hard another isosceles triangle stands inside."""

    kind = "isosceles"
    base: int
    """The angle at B and at C, in degrees."""
    asked: str
    turn: int

    @classmethod
    def new(cls, rng: np.random.Generator, level: int) -> Isosceles:
        asked = "apex" if level == EASY else "outside" if level == MEDIUM else "inner"
        return cls(whole(rng, 62, 80) if asked == "inner" else whole(rng, 30, 76), asked, whole(rng, 0, 359))

    @property
    def question(self) -> str:
        if self.asked == "inner":
            return "In the figure AB = AC and BC = BD. Find the angle x, in degrees."
        return "Sides with the same mark are equal. Find the angle x, in degrees."

    @property
    def answer(self) -> Fraction:
        of = {"apex": 180 - 2 * self.base, "outside": 180 - self.base}
        return Fraction(of.get(self.asked, 3 * self.base - 180))

    def draw(self, canvas: Canvas) -> None:
        height = math.tan(math.radians(self.base))
        shape = [(0, height), (-1, 0), (1, 0)]
        a, b, c, beyond = fitted([*shape, (1.8, 0) if self.asked == "outside" else (1, 0)], self.turn % 50 - 25)
        canvas.polygon((a, b, c))
        canvas.corners("ABC", (a, b, c))
        if self.asked == "inner":
            return self._draw_inner(canvas, a, b, c)
        canvas.ticks(a, b)
        canvas.ticks(a, c)
        if self.asked == "apex":
            canvas.angle(b, a, c, f"{self.base}°", 28)
            canvas.angle(a, b, c, "x", 28)
        else:
            canvas.line(c, beyond)
            canvas.angle(a, b, c, f"{180 - 2 * self.base}°", 30)
            canvas.angle(c, beyond, a, "x", 26)
        return None

    def _draw_inner(self, canvas: Canvas, a: Point, b: Point, c: Point) -> None:
        """D lies on AC as far from B as C does."""
        foot = 4 * math.cos(math.radians(self.base)) ** 2  # CD is this share of CA
        d = c.between(a, foot)
        canvas.line(b, d)
        canvas.label("D", d, degrees(b.to(d)))
        canvas.angle(a, b, c, f"{180 - 2 * self.base}°", 34)
        canvas.angle(b, d, a, "x", 34)
