"""Triangles: Pythagoras, half a square and half an equilateral triangle, similarity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from gem.envs.figures.canvas import Canvas, Point, degrees, fitted
from gem.envs.figures.figure import EASY, MEDIUM, Figure, whole

LONGEST = 120
"""Of a side, in units of the question."""
SLIMMEST = 0.28
"""The shorter leg as a share of the longer one, so that both can be told apart from nothing."""
TRIPLES = tuple(
    (a, b, math.isqrt(a * a + b * b))
    for b in range(4, LONGEST)
    for a in range(math.ceil(SLIMMEST * b), b)
    if math.isqrt(a * a + b * b) ** 2 == a * a + b * b <= LONGEST**2
)
"""All right triangles of whole sides, the longest side last: equally likely, or a few answers would be too common."""


@dataclass(frozen=True, slots=True)
class RightTriangle(Figure):
    """Two sides of a right triangle are given."""

    kind = "right_triangle"
    sides: tuple[int, int, int]
    hidden: int
    """The side without a number."""
    asked: str
    turn: int

    @classmethod
    def new(cls, rng: np.random.Generator, level: int) -> RightTriangle:
        a, b, c = TRIPLES[whole(rng, 0, len(TRIPLES) - 1)]
        sides = (b, a, c) if rng.random() < 0.5 else (a, b, c)
        asked = "side" if level == EASY else ("area", "perimeter")[whole(rng, 0, 1)] if level == MEDIUM else "height"
        return cls(sides, whole(rng, 0, 2), asked, whole(rng, 0, 359))

    @property
    def question(self) -> str:
        match self.asked:
            case "side":
                return "In the right triangle, find the length x."
            case "height":
                return "The dashed line of length h is the height on the longest side of the right triangle. Find h."
            case what:
                return f"Find the {what} of the right triangle."

    @property
    def answer(self) -> Fraction:
        a, b, c = self.sides
        by_name = {"side": self.sides[self.hidden], "area": Fraction(a * b, 2), "perimeter": a + b + c}
        return Fraction(by_name.get(self.asked, Fraction(a * b, c)))

    def draw(self, canvas: Canvas) -> None:
        a, b, c = self.sides
        corner, one, other = points = fitted([(0, 0), (a, 0), (0, b)], self.turn)
        canvas.polygon(points)
        canvas.right_angle(corner, one, other)
        middle = corner.between(one.between(other), 0.6)
        for index, (start, end) in enumerate(((corner, one), (corner, other), (one, other))):
            if index != self.hidden:
                canvas.side(str(self.sides[index]), start, end, middle)
            elif self.asked == "side":
                canvas.side("x", start, end, middle)
        if self.asked == "height":
            foot = one.between(other, a * a / (c * c))
            canvas.dashed(corner, foot)
            canvas.right_angle(foot, corner, one, 9)
            canvas.label("h", corner.between(foot, 0.55), degrees(corner.to(one)))


@dataclass(frozen=True, slots=True)
class SpecialTriangle(Figure):
    """Angles of 30, 45 or 60 degrees, whose sines make the answer rational."""

    kind = "special_triangle"
    angle: int
    lengths: tuple[int, int]
    """The given side; the second only where an area is asked."""
    asked: str
    """A "short" side is half the "long" one; a "leg" is as long as the other; of a "triangle" and a "parallelogram" the
    area is asked."""
    turn: int

    @classmethod
    def new(cls, rng: np.random.Generator, level: int) -> SpecialTriangle:
        lengths, turn = (whole(rng, 4, 48), whole(rng, 5, 30)), whole(rng, 0, 359)
        if level > MEDIUM:
            one, asked = whole(rng, 9, 30), ("triangle", "parallelogram")[whole(rng, 0, 1)]
            return cls(30, (one, whole(rng, one // 2 + 1, 2 * one - 1)), asked, turn)
        angle = (30, 45, 60)[whole(rng, 0, 2)]
        asked = "leg" if angle == 45 else "short" if level == EASY or rng.random() < 0.4 else "long"
        return cls(angle, lengths, asked, turn)

    @property
    def question(self) -> str:
        if self.oblique:
            return f"Find the area of the {self.asked}."
        return "In the right triangle, find the length x."

    @property
    def answer(self) -> Fraction:
        given, second = self.lengths
        by_name = {
            "short": Fraction(given, 2),
            "long": 2 * given,
            "leg": given,
            "triangle": Fraction(given * second, 4),
        }
        return Fraction(by_name.get(self.asked, Fraction(given * second, 2)))

    @property
    def oblique(self) -> bool:
        """Whether there is no right angle."""
        return self.asked in ("triangle", "parallelogram")

    def draw(self, canvas: Canvas) -> None:
        if self.oblique:
            return self._draw_oblique(canvas)
        radians = math.radians(self.angle)
        corner, tip, top = fitted([(0, 0), (math.cos(radians), 0), (math.cos(radians), math.sin(radians))], self.turn)
        canvas.polygon((corner, tip, top))
        canvas.right_angle(tip, corner, top)
        canvas.angle(corner, tip, top, f"{self.angle}°", radius=34)
        half = (corner, tip) if self.angle == 60 else (tip, top)
        sides = {"short": (half, (corner, top)), "long": ((corner, top), half), "leg": ((corner, tip), (tip, top))}
        middle = corner.between(tip.between(top), 0.6)
        for text, (start, end) in zip(("x", str(self.lengths[0])), sides[self.asked], strict=True):
            canvas.side(text, start, end, middle)
        return None

    def _draw_oblique(self, canvas: Canvas) -> None:
        radians, (one, other) = math.radians(self.angle), self.lengths
        tip = (other * math.cos(radians), other * math.sin(radians))
        beyond = [(tip[0] + one, tip[1])] if self.asked == "parallelogram" else []
        corner, end, *_, far = points = fitted([(0, 0), (one, 0), *beyond, tip], self.turn)
        canvas.polygon(points)
        canvas.angle(corner, end, far, f"{self.angle}°", radius=30)
        middle = Point(sum(p.x for p in points) / len(points), sum(p.y for p in points) / len(points))
        canvas.side(str(one), corner, end, middle)
        canvas.side(str(other), corner, far, middle)


@dataclass(frozen=True, slots=True)
class SimilarTriangles(Figure):
    """A line parallel to a side cuts a smaller triangle off."""

    kind = "similar_triangles"
    upper: int
    lower: int
    """The parts of the cut side, from the common corner."""
    given: int
    """The part of the other side, the short parallel, or the area of the small triangle."""
    asked: str
    turn: int

    @classmethod
    def new(cls, rng: np.random.Generator, level: int) -> SimilarTriangles:
        unit, lower = whole(rng, 2, 6), whole(rng, 3, 16)
        upper = unit * whole(rng, 1, 3) + unit
        given = unit * whole(rng, 2, 8) if level <= MEDIUM else upper * upper // unit
        return cls(upper, lower, given, ("side", "parallel", "area")[level], whole(rng, 0, 359))

    @property
    def question(self) -> str:
        match self.asked:
            case "side":
                return "The segments BC and DE are parallel. Find the length x of EC."
            case "parallel":
                return "The segments BC and DE are parallel. Find the length x of BC."
            case _:
                return (
                    "The segments BC and DE are parallel. The area of triangle ADE is S, written below the figure. "
                    "Find the area of the shaded quadrilateral DBCE."
                )

    @property
    def answer(self) -> Fraction:
        ratio = Fraction(self.lower, self.upper)
        by_name = {"side": ratio, "parallel": 1 + ratio, "area": (1 + ratio) ** 2 - 1}
        return self.given * by_name[self.asked]

    def draw(self, canvas: Canvas) -> None:
        turn = self.turn % 40 - 20
        a, b, c = fitted([(self.turn % 7 / 10 - 0.2, 1), (-0.55, 0), (0.65, 0)], turn, margin=64)
        share = self.upper / (self.upper + self.lower)
        d, e = a.between(b, share), a.between(c, share)
        canvas.polygon((a, b, c))
        canvas.polygon((d, b, c, e), fill=None if self.asked != "area" else (214, 226, 245))
        canvas.corners("ABC", (a, b, c))
        canvas.label("D", d, degrees(c.to(d)))
        canvas.label("E", e, degrees(b.to(e)))
        middle = Point((a.x + b.x + c.x) / 3, (a.y + b.y + c.y) / 3)
        canvas.side(str(self.upper), a, d, middle)
        canvas.side(str(self.lower), d, b, middle)
        match self.asked:
            case "side":
                canvas.side(str(self.given), a, e, middle)
                canvas.side("x", e, c, middle)
            case "parallel":
                canvas.side(str(self.given), d, e, a)
                canvas.side("x", b, c, middle)
            case _:
                canvas.text(f"S = {self.given}", Point(192, 20))
