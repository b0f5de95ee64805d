"""The figures as a picture: for each kind, steps per second and CPU time per step against the number of envs."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

from gem._extras import need
from gem.cli.vector_bench.figures import Run, limit_per_s, sizes
from gem.cli.vector_bench.sides import KINDS, LOOP, OURS, SIDES

COLOURS = {OURS: "#c1121f", LOOP: "#6c757d"}
OTHER_COLOURS = ("#003049", "#f2a65a", "#d4a373", "#669bbc", "#2a9d8f", "#8ab17d", "#7b2cbf", "#c77dff")
COLUMNS = 4


def draw(run: Run, path: Path) -> None:
    """Write the picture. Raises `MissingExtra` without matplotlib."""
    need("matplotlib", extra="train").use("Agg")
    plt: Any = need("matplotlib.pyplot", extra="train")
    kinds = [kind for kind in KINDS if any(each.steps_per_s for each in run.at(kind))]
    columns, blocks = min(COLUMNS, len(kinds)), -(-len(kinds) // COLUMNS)
    height = 6 * blocks + 1.2
    figure, axes = plt.subplots(2 * blocks, columns, figsize=(4 * columns + 0.6, height), squeeze=False)
    for axis in axes.flat[:]:
        axis.set_visible(False)
    for index, kind in enumerate(kinds):
        block, column = divmod(index, columns)
        rates, costs = axes[2 * block][column], axes[2 * block + 1][column]
        _draw_kind(rates, costs, run, kind)
        if column == 0:
            rates.set_ylabel("steps per second")
            costs.set_ylabel("CPU µs per step")
    lines: dict[str, Any] = {}
    for axis in axes.flat:
        handles, labels = axis.get_legend_handles_labels()
        lines |= dict(zip(labels, handles, strict=True))
    figure.legend(lines.values(), lines.keys(), loc="lower center", ncols=2 * columns, frameon=False)
    figure.suptitle(f"{run.machine['cpu']}, {run.machine['cores']} cores, {run.machine['date'][:10]}", fontsize=9)
    figure.tight_layout(rect=(0, 1 / height, 1, 1))
    figure.savefig(path, dpi=80)
    plt.close(figure)


def _draw_kind(rates: Any, costs: Any, run: Run, kind: str) -> None:
    """One column: medians, with bars from the least to the greatest."""
    colours = dict(zip((side.name for side in SIDES if side.name not in COLOURS), OTHER_COLOURS, strict=True)) | COLOURS
    for name, colour in colours.items():
        found = [each for each in run.at(kind) if each.side == name and each.steps_per_s]
        style = {"label": name, "color": colour, "lw": 2.2 if name == OURS else 1.1, "zorder": 3 if name == OURS else 2}
        for axis, columns in (
            (rates, [(each.num_envs, each.steps_per_s) for each in found]),
            (costs, [(each.num_envs, each.cpu_us) for each in found if each.cpu_us]),
        ):
            if columns:
                middle = [median(values) for _, values in columns]
                below = [median(values) - min(values) for _, values in columns]
                above = [max(values) - median(values) for _, values in columns]
                axis.errorbar([n for n, _ in columns], middle, [below, above], marker="o", ms=3.5, **style)
    counts = sizes(run.at(kind))
    limits = [limit_per_s(kind, n) for n in counts]
    if None not in limits:
        rates.plot(counts, limits, "k--", lw=1, label="limit", zorder=1)
    rates.set_title(kind)
    for axis in (rates, costs):
        axis.set_visible(True)
        axis.set_xscale("log", base=2)
        axis.set_yscale("log")
        axis.set_xticks(counts, [str(n) for n in counts])
        axis.grid(alpha=0.25)
    costs.set_xlabel("envs")
