"""What a finished run shows to people: a learning curve, and a report that is one HTML file."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

from gem._extras import need
from gem.rollout.summary import Summary
from gem.rollout.trajectory import Episode
from gem.train.config import TrainConfig

SMOOTHING = 15
"""Iterations that the bold line of the learning curve averages over."""
SHOWN_EPISODES = 6


def write_report(
    directory: Path,
    config: TrainConfig,
    rows: dict[str, Summary],
    metrics: Sequence[dict[str, float]],
    before: Sequence[Episode],
    after: Sequence[Episode],
    summary: dict[str, Any],
) -> None:
    """Write `learning_curve.png` and `report.html`, which needs no other file and no network."""
    curve = directory / "learning_curve.png"
    draw_curve(curve, rows, metrics)
    jinja2 = need("jinja2", extra="train")
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    template = environment.from_string(files("gem.train").joinpath("report.html").read_text())
    page = template.render(
        config=config,
        settings=asdict(config),
        rows=rows,
        summary=summary,
        curve=base64.b64encode(curve.read_bytes()).decode("ascii"),
        pairs=list(zip(before, after, strict=False))[:SHOWN_EPISODES],
        directory=directory,
    )
    (directory / "report.html").write_text(page)


def draw_curve(path: Path, rows: dict[str, Summary], metrics: Sequence[dict[str, float]]) -> None:
    """Success and turns over the iterations, between random play and the oracle."""
    need("matplotlib", extra="train").use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, 2, figsize=(11, 3.8), layout="constrained")
    iterations = [line["iteration"] for line in metrics]
    drawn = [("success", "success rate", "success"), ("turns", "turns per episode", "mean_turns")]
    measured = [(line["iteration"], line["eval_success"]) for line in metrics if "eval_success" in line]
    if measured:
        panels[0].plot(
            *zip(*measured, strict=True), "o-", color="#7c3aed", markersize=4, linewidth=1, label="evaluation"
        )
    for panel, (key, title, field) in zip(panels, drawn, strict=True):
        values = [line[key] for line in metrics]
        panel.plot(iterations, values, color="#2563eb", alpha=0.25, linewidth=0.8)
        panel.plot(iterations, running_mean(values, SMOOTHING), color="#2563eb", linewidth=2, label="training")
        for name, colour in (("random", "#9ca3af"), ("before", "#d97706"), ("oracle", "#16a34a")):
            if name in rows:
                panel.axhline(getattr(rows[name], field), color=colour, linestyle="--", linewidth=1.2, label=name)
        panel.set(title=title, xlabel="iteration")
        panel.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylim(-0.03, 1.03)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=5, frameon=False)
    figure.savefig(path, dpi=130)
    pyplot.close(figure)


def running_mean(values: Sequence[float], width: int) -> list[float]:
    """The mean of each value and up to `width - 1` before it."""
    means: list[float] = []
    for end in range(1, len(values) + 1):
        window = values[max(0, end - width) : end]
        means.append(sum(window) / len(window))
    return means
