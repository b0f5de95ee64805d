"""The figures: exact, legible, the same everywhere, and not to be answered from the text alone."""

import math
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from fractions import Fraction
from itertools import combinations, permutations

import pytest

from gem.envs.figures import EASY, HARD, KINDS, MEDIUM
from gem.envs.figures.angles import Isosceles, ParallelLines, PolygonAngles
from gem.envs.figures.areas import CompositeArea
from gem.envs.figures.canvas import SCALE, SIZE, Canvas, Point, degrees, fitted
from gem.envs.figures.charts import BarChart, LineChart, PieChart
from gem.envs.figures.circles import Chord, InscribedAngle, Sector
from gem.envs.figures.clocks import Clock
from gem.envs.figures.grids import Coordinates, Lattice, convex
from gem.envs.figures.triangles import TRIPLES, RightTriangle, SimilarTriangles, SpecialTriangle
from gem.seeding import derive, generator

pytest.importorskip("PIL.Image")
LEVELS = (EASY, MEDIUM, HARD)
WHOLE_FIGURES = {"right_triangle": "sides", "chord": ("distance", "half", "radius")}
"""Kinds whose numbers only make sense together: they grow alike."""
DRAWN = 300
"""Figures of a kind and level that are compared by their texts."""
MEANT = {"pair", "hidden", "wanted", "turn", "kind"}
"""Fields that are no numbers of the figure."""


def drawn(kind, level, seed=0):
    return KINDS[kind].new(generator(derive(seed, kind, level)), level)


def perturbed(figure):
    """The figure with one of its numbers changed by one, for each of its numbers."""
    if isinstance(figure, RightTriangle):
        yield replace(figure, sides=tuple(2 * side for side in figure.sides))
        return
    if isinstance(figure, Chord):
        yield replace(figure, distance=2 * figure.distance, half=2 * figure.half, radius=2 * figure.radius)
        return
    for entry in fields(figure):
        value = getattr(figure, entry.name)
        if entry.name in MEANT or isinstance(value, str | bool):
            continue
        yield from (replace(figure, **{entry.name: other}) for other in _nearby(value))


def _nearby(value):
    if isinstance(value, int):
        yield value + 1
        return
    for index, inner in enumerate(value):
        for other in _nearby(inner):
            yield (*value[:index], other, *value[index + 1 :])


@pytest.mark.parametrize("kind", KINDS)
def test_the_picture_carries_every_number_that_matters(kind):
    for level in LEVELS:
        figure = drawn(kind, level)
        pixels = figure.image().tobytes()
        told = [
            other for other in perturbed(figure) if other.answer != figure.answer and other.question == figure.question
        ]
        assert told, f"no number of {figure} matters"
        for other in told:
            assert other.image().tobytes() != pixels, f"{other} looks like {figure}"


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_text_alone_is_not_enough(kind):
    """Who learns the most common answer to each text from some figures is rarely right about others."""
    for level in LEVELS:
        answers = defaultdict(Counter)
        for seed in range(DRAWN):
            figure = drawn(kind, level, seed)
            assert not any(char.isdigit() for char in figure.question)
            answers[figure.question][figure.answer] += 1
        others = [drawn(kind, level, seed) for seed in range(DRAWN, 2 * DRAWN)]
        guesses = {question: counted.most_common(1)[0][0] for question, counted in answers.items()}
        right = sum(guesses.get(figure.question) == figure.answer for figure in others)
        assert right <= 0.12 * DRAWN
        assert all(len(counted) > 5 for counted in answers.values() if counted.total() > 50)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_labels_stand_apart_and_on_the_sheet(kind):
    for level in LEVELS:
        for seed in range(12):
            canvas = Canvas()
            drawn(kind, level, seed).draw(canvas)
            canvas.image()
            boxes = [box for placed in canvas.boxes.values() for box in placed]
            assert all(0 <= edge <= SCALE * SIZE for box in boxes for edge in box)
            for one, other in combinations(boxes, 2):
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert apart, f"labels overlap: {kind}, level {level}, seed {seed}"


def test_the_same_numbers_give_the_same_pixels_in_every_thread():
    figures = [drawn(kind, level) for kind in KINDS for level in LEVELS][:12]
    alone = [figure.image().tobytes() for figure in figures]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda figure: figure.image().tobytes(), figures * 2))
    assert together == alone * 2


def test_a_label_goes_where_nothing_stands():
    canvas = Canvas()
    canvas.line(Point(0, 200), Point(384, 200), width=8)
    canvas.label("7", Point(192, 200), 90)
    canvas.label("8", Point(192, 200), 90)
    canvas.image()
    (seven,), (eight,) = canvas.boxes["7"], canvas.boxes["8"]
    assert seven != eight
    assert seven[3] < SCALE * (SIZE - 200)


def test_a_fitted_shape_keeps_its_form_and_stays_on_the_sheet():
    points = fitted([(0, 0), (3, 0), (0, 4)], turn=33)
    lengths = [math.dist(one, other) for one, other in combinations(points, 2)]
    assert [round(length / lengths[0], 6) for length in lengths] == [1, round(4 / 3, 6), round(5 / 3, 6)]
    assert all(0 < value < SIZE for point in points for value in point)


def test_angles_run_counter_clockwise_from_the_x_axis():
    assert [degrees(Point(*place)) for place in ((1, 0), (0, 1), (-1, 0), (0, -1))] == [0, 90, 180, 270]


# -- the answers, by hand -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "answer"),
    [
        (RightTriangle((3, 4, 5), 2, "side", 0), 5),
        (RightTriangle((3, 4, 5), 0, "side", 0), 3),
        (RightTriangle((3, 4, 5), 2, "area", 0), 6),
        (RightTriangle((3, 4, 5), 2, "perimeter", 0), 12),
        (RightTriangle((3, 4, 5), 2, "height", 0), Fraction(12, 5)),
        (SpecialTriangle(30, (9, 5), "short", 0), Fraction(9, 2)),
        (SpecialTriangle(60, (9, 5), "long", 0), 18),
        (SpecialTriangle(45, (9, 5), "leg", 0), 9),
        (SpecialTriangle(30, (8, 6), "triangle", 0), 12),
        (SpecialTriangle(30, (8, 6), "parallelogram", 0), 24),
        (SimilarTriangles(4, 6, 8, "side", 0), 12),
        (SimilarTriangles(4, 6, 8, "parallel", 0), 20),
        (SimilarTriangles(4, 4, 10, "area", 0), 30),
        (Isosceles(70, "apex", 0), 40),
        (Isosceles(70, "outside", 0), 110),
        (Isosceles(72, "inner", 0), 36),
        (PolygonAngles((120, 110, 130), False, 0), 50),
        (ParallelLines(70, 10, "equal", 0), 70),
        (ParallelLines(70, 10, "supplement", 0), 110),
        (ParallelLines(70, 11, "algebra", 0), Fraction(59, 2)),
        (ParallelLines(40, 30, "bent", 0), 70),
        (Chord(3, 4, 5, "chord", 0), 8),
        (Chord(3, 4, 5, "distance", 0), 3),
        (Chord(3, 4, 5, "radius", 0), 5),
        (InscribedAngle(40, "rim", 0), 40),
        (InscribedAngle(40, "centre", 0), 80),
        (InscribedAngle(40, "thales", 0), 50),
        (InscribedAngle(40, "base", 0), 40),
        (InscribedAngle(40, "cyclic", 0), 140),
        (InscribedAngle(40, "tangent", 0), 40),
        (Sector(6, 0, 60, "area", 0), 6),
        (Sector(6, 0, 60, "arc", 0), 2),
        (Sector(6, 3, 120, "area", 0), 9),
        (CompositeArea(10, 8, (4, 3), "corner"), 68),
        (CompositeArea(10, 8, (4, 3), "hole"), 68),
        (CompositeArea(10, 8, (4, 3), "roof"), 95),
        (CompositeArea(10, 8, (4, 3), "slant"), 74),
        (CompositeArea(10, 8, (4, 3), "step"), 36),
        (CompositeArea(10, 8, (4, 3), "frame"), 48),
        (Coordinates(((1, 2), (4, 4)), "slope"), Fraction(2, 3)),
        (Coordinates(((1, 2), (4, 4)), "distance"), 13),
        (Coordinates(((0, 0), (4, 0), (1, 3)), "area"), 6),
        (Lattice(((0, 0), (4, 0), (0, 4)), "area"), 8),
        (Lattice(((0, 0), (4, 0), (0, 4)), "inside"), 3),
        (Lattice(((0, 0), (4, 0), (0, 4)), "all"), 15),
        (BarChart((4, 6, 8, 10, 12), 10, (4, 0), "sum"), 80),
        (BarChart((4, 6, 8, 10, 12), 10, (4, 0), "difference"), 40),
        (BarChart((4, 6, 8, 10, 12), 10, (4, 0), "mean"), 40),
        (LineChart((4, 6, 2, 10, 12, 3), 10, (0, 2), "change"), 10),
        (LineChart((4, 6, 2, 10, 12, 3), 10, (0, 2), "range"), 50),
        (LineChart((4, 6, 2, 10, 12, 3), 10, (0, 2), "rise"), 60),
        (PieChart((10, 20, 30, 40), 200, 2, "percent"), 60),
        (Clock(95, 0, "time"), 95),
        (Clock(90, 0, "angle"), 135),
        (Clock(5, 715, "angle"), Fraction(55, 2)),
        (Clock(100, 350, "between"), 250),
    ],
)  # fmt: skip
def test_an_answer_is_what_one_finds_by_hand(figure, answer):
    assert figure.answer == answer
    assert figure.image().size == (SIZE, SIZE)


@pytest.mark.parametrize("seed", range(20))
def test_dots_are_counted_as_pick_says(seed):
    figure = drawn("lattice", HARD, seed)
    places = [(x, y) for x in range(9) for y in range(9)]
    corners = figure.corners

    def side(a, b, p):
        return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])

    sides = list(zip(corners, (*corners[1:], corners[0]), strict=True))
    assert figure.answer == sum(all(side(a, b, place) >= 0 for a, b in sides) for place in places)
    inside = replace(figure, asked="inside")
    assert inside.answer == sum(all(side(a, b, place) > 0 for a, b in sides) for place in places)


def test_only_shapes_that_turn_one_way_are_convex():
    assert convex(((0, 0), (4, 0), (4, 4), (0, 4)))
    assert not convex(((0, 0), (4, 0), (1, 1), (0, 4)))
    assert not any(convex(order) for order in permutations(((0, 0), (2, 0), (4, 0))))


def test_all_right_triangles_are_right():
    assert all(a * a + b * b == c * c for a, b, c in TRIPLES)
    assert len(TRIPLES) == len(set(TRIPLES)) > 50


@pytest.mark.parametrize("seed", range(30))
def test_polygons_close(seed):
    for level in LEVELS:
        figure = drawn("polygon_angles", level, seed)
        assert sum(figure.outer) == 360
        assert not figure.equal or figure.outer[-1] == figure.outer[-2]
