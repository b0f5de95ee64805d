"""Circles: chords, angles on the rim, slices."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from gem.envs.figures.canvas import SHADE, Canvas, Point, degrees, direction
from gem.envs.figures.figure import EASY, MEDIUM, Figure, whole
from gem.envs.figures.triangles import TRIPLES

CENTRE, RADIUS = Point(192, 204), 132
CAPTION = Point(192, 22)
"""Where a length stands that has no room in the circle."""


@dataclass(frozen=True, slots=True)
class Chord(Figure):
    """A chord, its distance from the centre, and a radius: two are given."""

    kind = "chord"
    distance: int
    half: int
    radius: int
    asked: str
    turn: int

    @classmethod
    def new(cls, rng: np.random.Generator, level: int) -> Chord:
        distance, half, radius = TRIPLES[whole(rng, 0, len(TRIPLES) - 1)]
        asked = ("chord", "distance", "radius")[level]
        if asked != "radius" and rng.random() < 0.5:
            distance, half = half, distance
        return cls(distance, half, radius, asked, whole(rng, 0, 359))

    @property
    def question(self) -> str:
        match self.asked:
            case "chord":
                return "O is the centre of the circle. Find the length of the chord AB."
            case "distance":
                return "O is the centre of the circle. Find the distance x of the chord AB from O."
            case _:
                return "O is the centre of the circle, and M the middle of the chord AB. Find the radius of the circle."

    @property
    def answer(self) -> Fraction:
        return Fraction({"chord": 2 * self.half, "distance": self.distance}.get(self.asked, self.radius))

    def draw(self, canvas: Canvas) -> None:
        out = direction(self.turn)
        foot = CENTRE.plus(out, RADIUS * self.distance / self.radius)
        along = Point(-out.y, out.x)
        a, b = (foot.plus(along, sign * RADIUS * self.half / self.radius) for sign in (1, -1))
        canvas.circle(CENTRE, RADIUS)
        canvas.line(a, b)
        canvas.dot(CENTRE)
        canvas.label("O", CENTRE, self.turn + 180)
        canvas.label("A", a, degrees(CENTRE.to(a)))
        canvas.label("B", b, degrees(CENTRE.to(b)))
        if self.asked == "radius":
            return self._draw_sagitta(canvas, foot, out, a)
        canvas.line(CENTRE, a)
        canvas.dashed(CENTRE, foot)
        canvas.right_angle(foot, CENTRE, a, 10)
        canvas.side(str(self.radius), CENTRE, a, foot)
        canvas.side("x" if self.asked == "distance" else str(self.distance), CENTRE, foot, a)
        if self.asked == "distance":
            canvas.text(f"AB = {2 * self.half}", CAPTION)
        return None

    def _draw_sagitta(self, canvas: Canvas, foot: Point, out: Point, a: Point) -> None:
        """The chord and the height of the arc above it."""
        rim = CENTRE.plus(out, RADIUS)
        canvas.line(foot, rim)
        canvas.right_angle(foot, rim, a, 8)
        canvas.label("M", foot, self.turn + 180)
        canvas.label(str(self.radius - self.distance), foot.between(rim), self.turn + 90)
        canvas.text(f"AB = {2 * self.half}", CAPTION)


@dataclass(frozen=True, slots=True)
class InscribedAngle(Figure):
    """Angles at the centre and on the rim over the same chord."""

    kind = "inscribed_angle"
    angle: int
    """On the rim, over the chord AB, in degrees."""
    asked: str
    turn: int

    @classmethod
    def new(cls, rng: np.random.Generator, level: int) -> InscribedAngle:
        forms = ("rim", "centre") if level == EASY else ("thales", "base") if level == MEDIUM else ("cyclic", "tangent")
        return cls(whole(rng, 25, 70), forms[whole(rng, 0, 1)], whole(rng, 0, 359))

    @property
    def question(self) -> str:
        if self.asked == "thales":
            return "AB is a diameter of the circle with centre O. Find the angle x, in degrees."
        if self.asked == "tangent":
            return "The line through A touches the circle with centre O. Find the angle x, in degrees."
        return "O is the centre of the circle. Find the angle x, in degrees."

    @property
    def answer(self) -> Fraction:
        of = {"centre": 2 * self.angle, "thales": 90 - self.angle, "cyclic": 180 - self.angle}
        return Fraction(of.get(self.asked, self.angle))

    def draw(self, canvas: Canvas) -> None:
        half = 90 if self.asked == "thales" else self.angle
        lean = 90 - 2 * self.angle if self.asked == "thales" else self.angle % 5 * 8 - 16
        a, b, c = (
            CENTRE.plus(direction(self.turn + way), RADIUS) for way in (-half, half, 180 + lean)
        )  # C lies opposite the chord AB
        canvas.circle(CENTRE, RADIUS)
        canvas.dot(CENTRE)
        for name, point in zip("ABC", (a, b, c), strict=True):
            if name != "C" or self.asked != "tangent":
                canvas.label(name, point, degrees(CENTRE.to(point)))
        canvas.label("O", CENTRE, degrees(c.to(CENTRE)) + 160)
        if self.asked != "tangent":
            canvas.line(a, c, b)
        match self.asked:
            case "thales":
                canvas.line(a, b)
                canvas.angle(a, b, c, f"{self.angle}°", 32)
                canvas.angle(b, a, c, "x", 32)
            case "base":
                canvas.line(a, CENTRE, b, a)
                canvas.angle(a, CENTRE, b, f"{90 - self.angle}°", 34)
                canvas.angle(c, a, b, "x", 32)
            case "cyclic":
                d = CENTRE.plus(direction(self.turn + self.angle // 3), RADIUS)
                canvas.line(a, d, b)
                canvas.line(a, CENTRE, b)
                canvas.label("D", d, degrees(CENTRE.to(d)))
                canvas.angle(CENTRE, a, b, f"{2 * self.angle}°", 22)
                canvas.angle(d, a, b, "x", 24)
            case "tangent":
                self._draw_tangent(canvas, a, b)
            case _:
                canvas.line(a, CENTRE, b)
                at_centre, at_rim = (f"{2 * self.angle}°", "x") if self.asked == "rim" else ("x", f"{self.angle}°")
                canvas.angle(CENTRE, a, b, at_centre, 22)
                canvas.angle(c, a, b, at_rim, 32)

    def _draw_tangent(self, canvas: Canvas, a: Point, b: Point) -> None:
        """The angle between a chord and the tangent is half of that at the centre."""
        along = direction(self.turn - self.angle + 90)
        ahead = a.plus(along, 95)
        canvas.line(a.plus(along, -80), ahead)
        canvas.line(a, b)
        canvas.line(a, CENTRE, b)
        canvas.angle(CENTRE, a, b, f"{2 * self.angle}°", 22)
        canvas.angle(a, ahead, b, "x", 34)


@dataclass(frozen=True, slots=True)
class Sector(Figure):
    """A slice of a disc, or of a ring."""

    kind = "sector"
    radius: int
    inner: int
    """Radius of the hole; 0: none."""
    angle: int
    asked: str
    turn: int

    @classmethod
    def new(cls, rng: np.random.Generator, level: int) -> Sector:
        radius, angle = whole(rng, 6, 24), 10 * whole(rng, 4, 30)
        inner = 0 if level <= MEDIUM else whole(rng, radius // 4 + 1, (2 * radius) // 3)
        return cls(radius, inner, angle, "arc" if level == MEDIUM else "area", whole(rng, 0, 359))

    @property
    def question(self) -> str:
        if self.asked == "arc":
            return "The arc AB around the shaded sector with centre O has the length k times pi. Find k."
        shape = "part of the ring" if self.inner else "sector"
        return f"The area of the shaded {shape} with centre O is k times pi. Find k."

    @property
    def answer(self) -> Fraction:
        share = Fraction(self.angle, 360)
        return share * 2 * self.radius if self.asked == "arc" else share * (self.radius**2 - self.inner**2)

    def draw(self, canvas: Canvas) -> None:
        start, end = self.turn, self.turn + self.angle
        hole = RADIUS * self.inner / self.radius
        canvas.arc(CENTRE, RADIUS, start, end, fill=SHADE)
        a, b = (CENTRE.plus(direction(way), RADIUS) for way in (start, end))
        if self.inner:
            canvas.arc(CENTRE, hole, start, end, fill=(255, 255, 255))
            canvas.circle(CENTRE, hole)
            canvas.text(f"outer radius {self.radius}, inner radius {self.inner}", CAPTION)
        canvas.circle(CENTRE, RADIUS)
        canvas.line(a, CENTRE, b)
        canvas.dot(CENTRE)
        canvas.label("A", a, start)
        canvas.label("B", b, end)
        canvas.label("O", CENTRE, (start + end) / 2 + 180)
        middle = math.radians((start + end) / 2)
        canvas.arc(CENTRE, 24, start, end)
        canvas.label(f"{self.angle}°", CENTRE.plus(Point(math.cos(middle), math.sin(middle)), 22), (start + end) / 2)
        if not self.inner:
            canvas.side(str(self.radius), CENTRE, a, CENTRE.plus(direction((start + end) / 2), RADIUS))
