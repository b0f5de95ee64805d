"""The figures as Markdown tables, one for each kind."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from gem.cli.vector_bench.figures import (
    Figures,
    Run,
    limit_per_s,
    ours_among,
    sizes,
    times_faster,
    times_less_cpu,
)
from gem.cli.vector_bench.side.work import MEAN_LATENCY_S
from gem.cli.vector_bench.sides import CPU_STEP_S, KINDS

ABOUT = {
    "cheap": "about 1 µs of Python a step",
    "text": "about 10 µs of work on strings a step",
    "chat": "a game with the whole conversation as observation, through a template with tools",
    "blocking": f"sleeps, Pareto-distributed, {1e3 * MEAN_LATENCY_S:.0f} ms on average, 1 s at most",
    "awaiting": "the same latencies, awaited; the peers can only block",
    "cpu": f"{1e3 * CPU_STEP_S:g} ms of Python a step",
    "mixed": "a quarter each of cheap, text, blocking, cpu; only a barrier makes the quick ones wait for the slow ones",
}
HEADERS = ("envs", "side", "executor", "steps/s", "CPU µs/step", "ours is faster", "and takes less CPU")
WITH_LIMIT = (*HEADERS[:4], "of the limit", *HEADERS[4:])
"""The limit is what no executor can exceed on this machine."""


def report(run: Run) -> str:
    """The machine, a table for each kind, and what is missing."""
    parts = [", ".join(f"{name} {value}" for name, value in run.machine.items()) + "."]
    for kind in KINDS:
        if found := run.at(kind):
            headers = HEADERS if limit_per_s(kind, 1) is None else WITH_LIMIT
            parts += [f"## {kind}: {ABOUT[kind]}", table(headers, _rows(found)), _missing(found)]
    parts.append("\n".join(f"- {note}" for note in run.notes))
    return "\n\n".join(part for part in parts if part) + "\n"


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with aligned columns."""
    widths = [max(len(line[column]) for line in (headers, *rows)) for column in range(len(headers))]
    lines = [headers, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )


def _rows(figures: Sequence[Figures]) -> list[list[str]]:
    rows: list[list[str]] = []
    for size in sizes(figures):
        here = [each for each in figures if each.num_envs == size and each.steps_per_s]
        ours = ours_among(here)
        rows.extend(_row(each, ours) for each in here)
    return rows


def _row(each: Figures, ours: Figures | None) -> list[str]:
    share = each.share_of_limit
    return [
        str(each.num_envs),
        each.side,
        each.executor,
        _spread(each.steps_per_s, ",.0f" if median(each.steps_per_s) >= 100 else ".1f"),
        *([] if share is None else [f"{share:.0%}"]),
        _spread(each.cpu_us, ",.0f" if each.cpu_us and median(each.cpu_us) >= 100 else ".2f"),
        "" if ours is None or ours is each else _times(times_faster(ours, each)),
        "" if ours is None or ours is each else _times(times_less_cpu(ours, each)),
    ]


def _missing(figures: Sequence[Figures]) -> str:
    """Each reason once."""
    reasons = {f"- Not measured: {each.side}, {each.skipped}." for each in figures if each.skipped}
    failed = {f"- Failed: {each.side}, n = {each.num_envs}: {each.error}" for each in figures if each.error}
    return "\n".join(sorted(reasons) + sorted(failed))


def _times(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f} ×"


def _spread(values: Sequence[float], form: str) -> str:
    """Median and range, such as `4.6 (4.1..5.9)`."""
    return f"{median(values):{form}} ({min(values):{form}}..{max(values):{form}})" if values else "unknown"
