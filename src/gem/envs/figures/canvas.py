"""A sheet to draw a figure on: lines first, then labels, each set down where nothing stands yet.

Points are pixels of the finished image, x to the right and y *up* from its lower left corner, as in geometry.
The sheet is drawn at twice its size and halved, which smooths every edge. The same strokes give the same pixels.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

from gem._extras import need

SIZE = 384
"""Width and height of a figure, in pixels."""
MARGIN = 58
"""Free space around what is fitted onto the sheet: room for labels."""
SCALE = 2
"""How much larger the sheet is than its image."""
PAPER, INK = (255, 255, 255), (25, 30, 45)
SHADE = (196, 215, 242)
"""Of what the question calls shaded."""
COLOURS = ((66, 122, 201), (231, 137, 62), (94, 164, 92), (201, 84, 92), (143, 111, 184), (140, 120, 104))
"""Of bars and slices, in their order."""
FAINT = (205, 209, 216)
"""Of grids."""
FONT_SIZE = 19
AWAY = (12, 15, 19, 24, 30, 38, 47, 58, 70)
"""Distances from its place at which a label is tried."""
ASIDE = (0, 25, -25, 50, -50, 80, -80, 115, -115, 150, -150, 180)
"""Degrees by which it may turn from the direction it should lie in."""
TRIALS = sorted(((away, aside) for away in AWAY for aside in ASIDE), key=lambda place: place[0] + abs(place[1]) / 2)
"""All of these places, the best first: two degrees aside are as bad as a pixel away."""
AIR = 3
"""Pixels that stay free around a label."""


class Point(NamedTuple):
    """A place or a direction."""

    x: float
    y: float

    def plus(self, other: Point, times: float = 1.0) -> Point:
        """This and so many times the other."""
        return Point(self.x + times * other.x, self.y + times * other.y)

    def to(self, other: Point) -> Point:
        """The direction from here to there, of length 1; to the right where they are one."""
        length = math.dist(self, other)
        return Point((other.x - self.x) / length, (other.y - self.y) / length) if length else Point(1, 0)

    def between(self, other: Point, share: float = 0.5) -> Point:
        """The point at this share of the way."""
        return Point(self.x + share * (other.x - self.x), self.y + share * (other.y - self.y))


def direction(degrees: float) -> Point:
    """The unit vector at an angle from the x axis, counter-clockwise."""
    return Point(math.cos(math.radians(degrees)), math.sin(math.radians(degrees)))


def degrees(vector: Point) -> float:
    """The angle of a vector from the x axis, 0 to 360."""
    return math.degrees(math.atan2(vector.y, vector.x)) % 360


def fitted(points: Sequence[tuple[float, float]], turn: float = 0.0, margin: int = MARGIN) -> list[Point]:
    """The points turned by so many degrees, and moved and scaled alike to fill the sheet up to its margin."""
    c, s = direction(turn)
    turned = [Point(c * x - s * y, s * x + c * y) for x, y in points]
    left, low = min(point.x for point in turned), min(point.y for point in turned)
    width, height = max(point.x for point in turned) - left, max(point.y for point in turned) - low
    scale = (SIZE - 2 * margin) / max(width, height)
    x0, y0 = (SIZE - scale * width) / 2, (SIZE - scale * height) / 2
    return [Point(x0 + scale * (point.x - left), y0 + scale * (point.y - low)) for point in turned]


class Label(NamedTuple):
    """A text that waits for its place."""

    text: str
    near: Point
    towards: float
    """The direction in which it should lie, in degrees; how far is `AWAY`."""
    size: int


Box = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels of the large sheet."""


class Canvas:
    """A white sheet. Raises `MissingExtra` without Pillow."""

    def __init__(self) -> None:
        image, draw = need("PIL.Image", extra="vision"), need("PIL.ImageDraw", extra="vision")
        self._image: Any = image.new("RGB", (SCALE * SIZE, SCALE * SIZE), PAPER)
        self._taken: Any = image.new("L", (SCALE * SIZE, SCALE * SIZE), 0)
        """Where no label may stand: lines and other labels, but no shading."""
        self._draw: Any = draw.Draw(self._image)
        self._mark: Any = draw.Draw(self._taken)
        self._waiting: list[Label] = []
        self.boxes: dict[str, list[Box]] = {}
        """Where labels were set down, by their text."""

    # -- strokes ----------------------------------------------------------------------------

    def line(self, *points: Point, width: int = 2, colour: tuple[int, int, int] = INK, solid: bool = True) -> None:
        """A line through the points; one that is not solid may have labels upon it."""
        path, width = [self._place(point) for point in points], SCALE * width
        self._draw.line(path, fill=colour, width=width, joint="curve")
        if solid:
            self._mark.line(path, fill=255, width=width)

    def dashed(self, start: Point, end: Point) -> None:
        """A broken line."""
        count = max(2, round(math.dist(start, end) / 11))
        for index in range(count):
            self.line(start.between(end, index / count), start.between(end, (index + 0.55) / count), width=1)

    def polygon(self, points: Sequence[Point], fill: tuple[int, int, int] | None = None) -> None:
        """A closed outline."""
        if fill is not None:
            self._draw.polygon([self._place(point) for point in points], fill=fill)
        self.line(*points, points[0])

    def circle(self, centre: Point, radius: float, fill: tuple[int, int, int] | None = None) -> None:
        """A circle."""
        self.arc(centre, radius, 0, 360, fill=fill)

    def arc(
        self, centre: Point, radius: float, start: float, end: float, fill: tuple[int, int, int] | None = None
    ) -> None:
        """An arc counter-clockwise from `start` to `end` degrees; filled it is a slice of pie."""
        steps = max(3, round((end - start) * radius / 150))
        rim = [centre.plus(direction(start + (end - start) * step / steps), radius) for step in range(steps + 1)]
        if fill is not None:
            self._draw.polygon([self._place(point) for point in (centre, *rim)], fill=fill)
        self.line(*rim)

    def dot(self, centre: Point, radius: float = 3.5, colour: tuple[int, int, int] = INK, solid: bool = True) -> None:
        """A filled spot."""
        low, high = (
            self._place(Point(centre.x - radius, centre.y + radius)),
            self._place(Point(centre.x + radius, centre.y - radius)),
        )
        self._draw.ellipse((*low, *high), fill=colour)
        if solid:
            self._mark.ellipse((*low, *high), fill=255)

    def box(self, low: Point, high: Point, fill: tuple[int, int, int]) -> None:
        """A filled upright rectangle, which labels keep away from."""
        left, bottom = self._place(low)
        right, top = self._place(high)
        for sheet, colour in ((self._draw, fill), (self._mark, 255)):
            sheet.rectangle((left, top, right, bottom), fill=colour)

    # -- marks of geometry ------------------------------------------------------------------

    def right_angle(self, corner: Point, one: Point, other: Point, size: float = 14) -> None:
        """The small square in a right angle."""
        a, b = corner.to(one), corner.to(other)
        self.line(corner.plus(a, size), corner.plus(a, size).plus(b, size), corner.plus(b, size), width=1)

    def angle(self, corner: Point, one: Point, other: Point, text: str = "", radius: float = 26) -> None:
        """The arc of the angle at `corner`, the smaller way from one side to the other, with its size."""
        start, end = degrees(corner.to(one)), degrees(corner.to(other))
        if (end - start) % 360 > 180:
            start, end = end, start
        span = (end - start) % 360
        self.arc(corner, radius, start, start + span)
        if text:
            middle = start + span / 2
            self.label(text, corner.plus(direction(middle), radius - 4), middle)

    def ticks(self, start: Point, end: Point, count: int = 1) -> None:
        """Short strokes across the middle of a side: sides with as many are equal."""
        along = start.to(end)
        across = Point(-along.y, along.x)
        for index in range(count):
            middle = start.between(end).plus(along, 5 * (index - (count - 1) / 2))
            self.line(middle.plus(across, 6), middle.plus(across, -6), width=2)

    # -- labels -----------------------------------------------------------------------------

    def label(self, text: str, near: Point, towards: float, size: int = FONT_SIZE) -> None:
        """A text beside a place; it is set down once all lines are drawn."""
        self._waiting.append(Label(text, near, towards, size))

    def side(self, text: str, start: Point, end: Point, inside: Point) -> None:
        """The length of a side, on the side of it that `inside` is not."""
        along, middle = start.to(end), start.between(end)
        across = Point(-along.y, along.x)
        outwards = (middle.x - inside.x) * across.x + (middle.y - inside.y) * across.y
        self.label(text, middle, degrees(across if outwards >= 0 else Point(-across.x, -across.y)))

    def corners(self, names: Iterable[str], points: Sequence[Point]) -> None:
        """The names of points, outwards from the middle of them all."""
        middle = Point(sum(p.x for p in points) / len(points), sum(p.y for p in points) / len(points))
        for name, point in zip(names, points, strict=True):
            self.label(name, point, degrees(middle.to(point)))

    def text(self, text: str, centre: Point, size: int = FONT_SIZE) -> None:
        """A text just here, at once, whatever stands below."""
        self._write(text, self._around(text, centre, size), size)

    def image(self) -> Any:
        """The finished figure, a `PIL.Image.Image`."""
        for label in self._waiting:
            self._write(label.text, self._free(label), label.size)
        self._waiting.clear()
        return self._image.reduce(SCALE)

    def _free(self, label: Label) -> Box:
        """The first place for a label that is free; the least taken one if none is."""
        tried: list[tuple[int, Box]] = []
        for away, aside in TRIALS:
            box = self._around(label.text, label.near.plus(direction(label.towards + aside), away), label.size)
            taken = self._taken_in(box)
            if not taken:
                return box
            tried.append((taken, box))
        return min(tried)[1]

    def _taken_in(self, box: Box) -> int:
        """How much stands in a box and the air around it; much, where it leaves the sheet."""
        air, edge = SCALE * AIR, SCALE * SIZE
        left, top, right, bottom = box[0] - air, box[1] - air, box[2] + air, box[3] + air
        if left < 0 or top < 0 or right > edge or bottom > edge:
            return edge * edge
        return sum(self._taken.crop((left, top, right, bottom)).histogram()[1:])

    def _around(self, text: str, centre: Point, size: int) -> Box:
        """The box of a text whose middle is `centre`."""
        left, top, right, bottom = _font(SCALE * size).getbbox(text)
        x, y = self._place(centre)
        width, height = right - left, bottom - top
        return round(x - width / 2), round(y - height / 2), round(x + width / 2), round(y + height / 2)

    def _write(self, text: str, box: Box, size: int) -> None:
        font = _font(SCALE * size)
        left, top, _, _ = font.getbbox(text)
        self._draw.text((box[0] - left, box[1] - top), text, fill=INK, font=font)
        self._mark.rectangle(box, fill=255)
        self.boxes.setdefault(text, []).append(box)

    @staticmethod
    def _place(point: Point) -> tuple[float, float]:
        return SCALE * point.x, SCALE * (SIZE - point.y)


@lru_cache(maxsize=16)
def _font(size: int) -> Any:
    """The font that comes with Pillow. It has letters, digits and the degree sign, but no π and no √."""
    return cast("Any", need("PIL.ImageFont", extra="vision")).load_default(size)
