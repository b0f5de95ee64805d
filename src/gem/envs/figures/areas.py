"""Areas of shapes that are put together from rectangles and triangles."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from gem.envs.figures.canvas import PAPER, SHADE, Canvas, Point, fitted
from gem.envs.figures.figure import EASY, MEDIUM, Figure, whole


@dataclass(frozen=True, slots=True)
class CompositeArea(Figure):
    """A shaded shape: a rectangle from which something is cut, or on which something is put."""

    kind = "composite_area"
    width: int
    height: int
    cut: tuple[int, int]
    """Width and height of what is cut off or put on."""
    shape: str
    """ "corner" and "hole" are cut out, "roof" is put on, "slant" cuts a triangle off a corner."""

    @classmethod
    def new(cls, rng: np.random.Generator, level: int) -> CompositeArea:
        width, height = whole(rng, 8, 24), whole(rng, 8, 24)
        cut = whole(rng, width // 4 + 1, (2 * width) // 3), whole(rng, height // 4 + 1, (2 * height) // 3)
        shapes = ("corner", "hole") if level == EASY else ("roof", "slant") if level == MEDIUM else ("step", "frame")
        return cls(width, height, cut, shapes[whole(rng, 0, 1)])

    @property
    def question(self) -> str:
        match self.shape:
            case "hole" | "frame":
                inside = "The white shape inside is a rectangle, too."
                inside = "The white border is equally wide on all four sides." if self.shape == "frame" else inside
                return f"Find the area of the shaded part of the rectangle. {inside}"
            case "roof":
                return "A triangle stands on a rectangle. Find the area of the whole shaded shape."
            case "slant":
                return "A triangle is cut off a rectangle. Find the area of the shaded shape."
            case "step":
                return "All corners of the shaded shape are right angles. Find its perimeter."
            case _:
                return "All corners of the shaded shape are right angles. Find its area."

    @property
    def answer(self) -> Fraction:
        width, height, (across, down) = self.width, self.height, self.cut
        match self.shape:
            case "roof":
                return width * height + Fraction(width * down, 2)
            case "slant":
                return width * height - Fraction(across * down, 2)
            case "frame":
                return Fraction((width - 2 * self.border) * (height - 2 * self.border))
            case "step":
                return Fraction(2 * (width + height))
            case _:
                return Fraction(width * height - across * down)

    @property
    def border(self) -> int:
        """How wide the white border of a frame is."""
        return max(1, min(self.cut[0], self.width // 2 - 1, self.height // 2 - 1) // 2)

    def draw(self, canvas: Canvas) -> None:
        match self.shape:
            case "hole" | "frame":
                self._draw_within(canvas)
            case "roof":
                self._draw_roof(canvas)
            case _:
                self._draw_corner(canvas)

    def _draw_corner(self, canvas: Canvas) -> None:
        """A rectangle without its upper right corner."""
        width, height, (across, down) = self.width, self.height, self.cut
        notch = [] if self.shape == "slant" else [(width - across, height - down)]
        points = fitted([(0, 0), (width, 0), (width, height - down), *notch, (width - across, height), (0, height)])
        canvas.polygon(points, fill=SHADE)
        low, right, side, top, left = points[0], points[1], points[2], points[-2], points[-1]
        middle = low.between(Point(right.x, left.y), 0.35)
        canvas.side(str(self.width), low, right, middle)
        canvas.side(str(self.height), low, left, middle)
        if self.shape == "slant":
            corner = Point(right.x, left.y)
            canvas.dashed(top, corner)
            canvas.dashed(side, corner)
            canvas.side(str(across), top, corner, middle)
            canvas.side(str(down), side, corner, middle)
            return
        canvas.side(str(down), points[3], top, middle)
        if self.shape == "corner":
            canvas.side(str(across), points[3], side, middle)
        else:  # of a staircase two lengths are not needed
            canvas.side(str(height - down), right, side, middle)

    def _draw_roof(self, canvas: Canvas) -> None:
        """A rectangle with a triangle on top of it."""
        width, height, down = self.width, self.height, self.cut[1]
        tip = width * (0.3 + 0.4 * (self.cut[0] % 3) / 2)
        low, right, high, top, left, foot = fitted(
            [(0, 0), (width, 0), (width, height), (tip, height + down), (0, height), (tip, height)]
        )
        canvas.polygon((low, right, high, top, left), fill=SHADE)
        canvas.line(left, high, width=1)
        canvas.dashed(foot, top)
        canvas.right_angle(foot, top, high, 10)
        middle = low.between(high)
        canvas.side(str(width), low, right, middle)
        canvas.side(str(height), right, high, middle)
        canvas.side(str(down), foot, top, left)

    def _draw_within(self, canvas: Canvas) -> None:
        """A rectangle within a rectangle."""
        width, height, (across, down) = self.width, self.height, self.cut
        if self.shape == "frame":
            left, low = self.border, self.border
            across, down = width - 2 * left, height - 2 * low
        else:
            left, low = (width - across) * 0.4, (height - down) * 0.55
        corners = [(0, 0), (width, 0), (width, height), (0, height)]
        inner = [(left + x * across / width, low + y * down / height) for x, y in corners]
        points = fitted([*corners, *inner])
        outside, inside = points[:4], points[4:]
        frame = self.shape == "frame"
        canvas.polygon(outside, fill=PAPER if frame else SHADE)
        canvas.polygon(inside, fill=SHADE if frame else PAPER)
        middle = outside[0].between(outside[2])
        canvas.side(str(width), outside[0], outside[1], middle)
        canvas.side(str(height), outside[1], outside[2], middle)
        if frame:
            edge = inside[0].between(inside[3])
            canvas.dashed(edge, Point(outside[0].x, edge.y))
            canvas.side(str(self.border), Point(outside[0].x - 70, edge.y), Point(outside[0].x, edge.y), outside[3])
        else:
            canvas.side(str(across), inside[3], inside[2], inside[3].plus(Point(0, 9)))
            canvas.side(str(down), inside[0], inside[3], inside[0].plus(Point(-9, 0)))
