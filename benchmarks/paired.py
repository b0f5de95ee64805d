"""Statistics and printing for paired measurements: ours and the peer's from the same run.

The ratio is taken pair by pair and its median is shown, because both halves of a pair met the same state of the
machine. `best/best`, the ratio of the two least figures, is the second witness: on a shared machine time is only ever
added. It measures nothing itself.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

HEADERS = ("what", "ours", "peer", "ours/peer", "ratio min..max", "best/best", "peer/ours", "pairs", "bar", "met")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of a report."""

    what: str
    unit: str
    ours: list[float]
    peer: list[float]
    bar: float | None = None
    """The largest ratio ours/peer that is good enough; None: shown for information."""
    errors: list[str] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """One per pair; none where a side has no figures."""
        return [ours / peer for ours, peer in zip(self.ours, self.peer, strict=False)]

    @property
    def met(self) -> bool | None:
        """Whether the median ratio is within the bar; None where there is no bar or nothing to compare."""
        return None if self.bar is None or not self.ratios else median(self.ratios) <= self.bar

    def cells(self) -> list[str]:
        """This line under `HEADERS`."""
        ratios = self.ratios
        verdict = {True: "yes", False: "NO", None: "-" if self.bar is None else "?"}[self.met]
        return [
            self.what,
            spread(self.ours, self.unit),
            spread(self.peer, self.unit),
            f"{median(ratios):.3f}" if ratios else "-",
            f"{min(ratios):.3f}..{max(ratios):.3f}" if ratios else "-",
            f"{min(self.ours) / min(self.peer):.3f}" if ratios else "-",
            f"{1 / median(ratios):.2f}x" if ratios else "-",
            str(len(ratios)),
            f"<= {self.bar:g}" if self.bar is not None else "-",
            verdict,
        ]

    def as_json(self) -> dict[str, Any]:
        """Every single figure and what was made of them."""
        ratio = median(self.ratios) if self.ratios else None
        return {**asdict(self), "median_ratio": ratio, "met": self.met}


def spread(values: Sequence[float], unit: str) -> str:
    """Median and range, such as `4.6 us (4.1..5.9)`."""
    if not values:
        return "missing"
    digits = 3 if unit == "s" else 1
    return f"{median(values):.{digits}f} {unit} ({min(values):.{digits}f}..{max(values):.{digits}f})"


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with aligned columns."""
    widths = [max(len(line[column]) for line in (headers, *rows)) for column in range(len(headers))]
    lines = [headers, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )


def report(title: str, notes: str, comparisons: Sequence[Comparison], headers: Sequence[str] = HEADERS) -> str:
    """Title, table, and what went wrong on either side."""
    parts = [f"## {title}", notes, table(headers, [item.cells() for item in comparisons]), _error_list(comparisons)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _error_list(comparisons: Sequence[Comparison]) -> str:
    """Each error once, with the lines that it left without figures."""
    touched: dict[str, list[str]] = {}
    for item in comparisons:
        for error in item.errors:
            touched.setdefault(error, []).append(item.what)
    return "\n".join(f"- {error} [{'; '.join(lines)}]" for error, lines in touched.items())


def write_json(path: Path, benchmark: str, comparisons: Sequence[Comparison], **details: Any) -> None:
    """Every single figure, so that other statistics can be drawn from the same run."""
    content = {"benchmark": benchmark, **details, "comparisons": [item.as_json() for item in comparisons]}
    path.write_text(json.dumps(content, indent=1) + "\n")
