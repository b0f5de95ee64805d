"""Grids: points with coordinates, and shapes on lattices of dots."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np

from gem.envs.figures.canvas import FAINT, SHADE, Canvas, Point, degrees
from gem.envs.figures.figure import EASY, MEDIUM, Figure, whole

REACH = 6
"""Coordinates go from minus this to this."""
UNIT = 26
DOTS = 9
"""Dots of a lattice in a row."""

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Coordinates(Figure):
    """Points on a grid with axes."""

    kind = "coordinates"
    points: tuple[Place, ...]
    asked: str

    @classmethod
    def new(cls, rng: np.random.Generator, level: int) -> Coordinates:
        count = 3 if level > MEDIUM else 2
        while True:
            points = tuple((whole(rng, -REACH, REACH), whole(rng, -REACH, REACH)) for _ in range(count))
            if all(math.dist(*pair) >= 3 and pair[0][0] != pair[1][0] for pair in combinations(points, 2)) and (
                count == 2 or abs(twice_area(points)) >= 12
            ):
                return cls(points, ("slope", "distance", "area")[level])

    @property
    def question(self) -> str:
        match self.asked:
            case "slope":
                return "Find the slope of the line through A and B. A square of the grid is one unit wide and high."
            case "distance":
                return "Find the square of the distance of A and B. A square of the grid is one unit wide and high."
            case _:
                return "Find the area of the triangle ABC. A square of the grid is one unit wide and high."

    @property
    def answer(self) -> Fraction:
        (ax, ay), (bx, by) = self.points[:2]
        if self.asked == "slope":
            return Fraction(by - ay, bx - ax)
        if self.asked == "distance":
            return Fraction((ax - bx) ** 2 + (ay - by) ** 2)
        return Fraction(abs(twice_area(self.points)), 2)

    def draw(self, canvas: Canvas) -> None:
        for index in range(-REACH, REACH + 1):
            canvas.line(_at((index, -REACH)), _at((index, REACH)), width=1, colour=FAINT, solid=False)
            canvas.line(_at((-REACH, index)), _at((REACH, index)), width=1, colour=FAINT, solid=False)
        canvas.line(_at((-REACH, 0)), Point(_at((REACH, 0)).x + 10, 192))
        canvas.line(_at((0, -REACH)), Point(192, _at((0, REACH)).y + 10))
        for index in range(-REACH, REACH + 1, 2):
            if index:
                canvas.text(str(index), _at((index, 0)).plus(Point(0, -10)), 12)
                canvas.text(str(index), _at((0, index)).plus(Point(-11, 0)), 12)
        places = [_at(point) for point in self.points]
        if self.asked == "area":
            canvas.polygon(places)
        elif self.asked == "slope":
            canvas.line(*places)
        for place in places:
            canvas.dot(place, 4.5)
        canvas.corners("ABC"[: len(places)], places)


def _at(place: tuple[float, float]) -> Point:
    return Point(192 + UNIT * place[0], 192 + UNIT * place[1])


@dataclass(frozen=True, slots=True)
class Lattice(Figure):
    """A polygon whose corners are dots of a lattice."""

    kind = "lattice"
    corners: tuple[Place, ...]
    asked: str

    @classmethod
    def new(cls, rng: np.random.Generator, level: int) -> Lattice:
        asked = "area" if level == EASY else "inside" if level == MEDIUM else "all"
        while True:
            corners = tuple((whole(rng, 0, DOTS - 1), whole(rng, 0, DOTS - 1)) for _ in range(3 + (level > EASY)))
            corners = around(corners)
            if convex(corners) and abs(twice_area(corners)) >= 14:
                return cls(corners, asked)

    @property
    def question(self) -> str:
        match self.asked:
            case "area":
                return "Neighbouring dots are one unit apart. Find the area of the triangle."
            case "inside":
                return "How many dots lie inside the shaded shape? Don't count those on its outline."
            case _:
                return "How many dots lie inside the shaded shape or on its outline?"

    @property
    def answer(self) -> Fraction:
        area = Fraction(abs(twice_area(self.corners)), 2)
        if self.asked == "area":
            return area
        rim = sum(math.gcd(bx - ax, by - ay) for (ax, ay), (bx, by) in _sides(self.corners))
        inside = area - Fraction(rim, 2) + 1  # Pick's theorem
        return inside if self.asked == "inside" else inside + rim

    def draw(self, canvas: Canvas) -> None:
        gap, first = 39.0, 36.0

        def at(place: Place) -> Point:
            return Point(first + gap * place[0], first + gap * place[1])

        canvas.polygon([at(corner) for corner in self.corners], fill=SHADE)
        for x in range(DOTS):
            for y in range(DOTS):
                canvas.dot(at((x, y)), 4)


def _sides(corners: tuple[Place, ...]) -> list[tuple[Place, Place]]:
    return list(zip(corners, (*corners[1:], corners[0]), strict=True))


def twice_area(corners: tuple[Place, ...]) -> int:
    """Twice the area of a polygon, positive where its corners run counter-clockwise."""
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in _sides(corners))


def around(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """The places in the order in which they lie around their middle."""
    middle = Point(sum(x for x, _ in places) / len(places), sum(y for _, y in places) / len(places))
    return tuple(sorted(places, key=lambda place: degrees(Point(place[0] - middle.x, place[1] - middle.y))))


def convex(corners: tuple[Place, ...]) -> bool:
    """Whether a polygon turns left at every corner."""
    count = len(corners)
    return all(
        twice_area((corners[index], corners[(index + 1) % count], corners[(index + 2) % count])) > 0
        for index in range(count)
    )
