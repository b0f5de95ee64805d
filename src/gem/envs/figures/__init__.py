"""Figures with a question: drawn by Pillow from a few numbers, with answers that are exact.

A figure is a value: a frozen dataclass of the numbers that it shows. `image()` draws them, the same pixels for the
same numbers; nothing here needs Pillow before that.
"""

from __future__ import annotations

from gem.envs.figures.angles import Isosceles, ParallelLines, PolygonAngles
from gem.envs.figures.areas import CompositeArea
from gem.envs.figures.charts import BarChart, LineChart, PieChart
from gem.envs.figures.circles import Chord, InscribedAngle, Sector
from gem.envs.figures.clocks import Clock
from gem.envs.figures.figure import EASY as EASY
from gem.envs.figures.figure import HARD as HARD
from gem.envs.figures.figure import MEDIUM as MEDIUM
from gem.envs.figures.figure import Figure as Figure
from gem.envs.figures.grids import Coordinates, Lattice
from gem.envs.figures.triangles import RightTriangle, SimilarTriangles, SpecialTriangle

KINDS: dict[str, type[Figure]] = {
    figure.kind: figure
    for figure in (
        RightTriangle,
        SpecialTriangle,
        SimilarTriangles,
        Isosceles,
        PolygonAngles,
        ParallelLines,
        Chord,
        InscribedAngle,
        Sector,
        CompositeArea,
        Coordinates,
        Lattice,
        BarChart,
        LineChart,
        PieChart,
        Clock,
    )
}
"""Every kind of figure, by its name."""
