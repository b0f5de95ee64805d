"""The figures of the report, as PNG: learning curves per env, curves and ends over all envs of a kind, differences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gem._extras import need
from gem.train.benchmark.analysis import START, EnvTable, KindTable, Row

COLOURS = ("#000000", "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9")
"""Of the algorithms in the order of the plan: Okabe and Ito's, which the colour-blind can tell apart."""
DASHES = ("-", "--", "-.", ":")
PANEL_COLUMNS, DPI = 3, 120
FAINT = "#9ca3af"
CURVES, KINDS, ENDS, DIFFERENCES = "curves.png", "kinds.png", "ends.png", "differences.png"


def draw(folder: Path, envs: Sequence[EnvTable], kinds: Sequence[KindTable], baseline: str) -> list[Path]:
    """Write all figures; returns their paths."""
    need("matplotlib", extra="train").use("Agg")
    folder.mkdir(parents=True, exist_ok=True)
    draw_env_curves(folder / CURVES, envs)
    draw_kind_curves(folder / KINDS, kinds)
    draw_rows(folder / ENDS, kinds, "scaled success at the end (interquartile mean)", differences=False)
    title = f"difference to {baseline} (in pairs of seeds)"
    draw_rows(folder / DIFFERENCES, kinds, title, differences=True)
    return [folder / name for name in (CURVES, KINDS, ENDS, DIFFERENCES)]


def draw_env_curves(path: Path, envs: Sequence[EnvTable]) -> None:
    """Success against turns, the mean of the seeds; one panel for each env."""
    columns = min(PANEL_COLUMNS, len(envs))
    figure, panels = _panels(-(-len(envs) // columns), columns, (4.2, 3.0))
    for panel, env in zip(panels, envs, strict=False):
        for name, height in (("random play", env.random), ("solver", env.oracle)):
            panel.axhline(height, color=FAINT, linewidth=1, linestyle=":" if name == "solver" else "--", label=name)
        for index, (algo, heights_S_P) in enumerate(env.curves.items()):
            panel.plot(env.marks, heights_S_P.mean(axis=0), label=algo, **_line(index))
        panel.set_title(env.task.env, fontsize=10)
        panel.set(xlabel="turns", ylim=(-0.03, 1.03))
    _finish(figure, panels, len(envs), path, "success")


def draw_kind_curves(path: Path, kinds: Sequence[KindTable]) -> None:
    """Scaled success against the share of the budget; one panel for each kind."""
    figure, panels = _panels(1, len(kinds), (5.4, 3.6))
    for panel, kind in zip(panels, kinds, strict=True):
        for index, (algo, heights_P) in enumerate(kind.curves.items()):
            panel.plot(np.linspace(0, 100, len(heights_P)), heights_P, label=algo, **_line(index))
        panel.set_title(_title(kind), fontsize=10)
        panel.set(xlabel="turns, % of the budget")
    _finish(figure, panels, len(kinds), path, "scaled success (interquartile mean)")


def draw_rows(path: Path, kinds: Sequence[KindTable], label: str, *, differences: bool) -> None:
    """Each algorithm's estimate with its interval; one panel for each kind."""
    figure, panels = _panels(1, len(kinds), (5.4, 3.2))
    for panel, kind in zip(panels, kinds, strict=True):
        colours = dict(zip(kind.curves, COLOURS * len(kind.curves), strict=False))
        rows = [row for row in kind.rows if row.algo != START and (row.difference is not None or not differences)]
        for place, row in enumerate(reversed(rows)):
            _draw_interval(panel, place, row, colours[row.algo], differences=differences)
        panel.set_yticks(range(len(rows)), [row.algo for row in reversed(rows)])
        level = 0.0 if differences else kind.rows[0].success.estimate
        panel.axvline(level, color=FAINT, linestyle="--", linewidth=1)
        panel.set_title(_title(kind), fontsize=10)
        panel.set_xlabel(label if differences else f"{label}; dashed: {START}", fontsize=9)
        panel.set_ylim(-0.6, max(len(rows), 1) - 0.4)
    _save(figure, path)


def _draw_interval(panel: Any, place: int, row: Row, colour: str, *, differences: bool) -> None:
    shown = row.difference if differences else row.success
    assert shown is not None, "rows without a difference are not drawn"
    sure = not differences or shown.separable
    panel.plot([shown.low, shown.high], [place, place], color=colour, linewidth=2.5, alpha=1.0 if sure else 0.55)
    panel.plot(shown.estimate, place, "o", color=colour, markersize=7, markerfacecolor=colour if sure else "white")


def _title(kind: KindTable) -> str:
    return f"{kind.title}, {len(kind.envs)} env{'' if len(kind.envs) == 1 else 's'}"


def _line(index: int) -> dict[str, Any]:
    """How the curve of an algorithm looks: by colour, and in print by its dashes."""
    return {
        "color": COLOURS[index % len(COLOURS)],
        "linestyle": DASHES[index % len(DASHES)],
        "marker": "o",
        "markersize": 2.5,
        "linewidth": 1.6,
    }


def _panels(rows: int, columns: int, size: tuple[float, float]) -> tuple[Any, list[Any]]:
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(
        rows, columns, figsize=(size[0] * columns, size[1] * rows), layout="constrained", squeeze=False
    )
    return figure, list(panels.flat)


def _finish(figure: Any, panels: list[Any], used: int, path: Path, label: str) -> None:
    """One legend for all panels; those that nothing was drawn in disappear."""
    for panel in panels[used:]:
        panel.set_visible(False)
    panels[0].set_ylabel(label)
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=min(len(names), 5), frameon=False, fontsize=9)
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    from matplotlib import pyplot

    for panel in figure.axes:
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=DPI, facecolor="white")
    pyplot.close(figure)
