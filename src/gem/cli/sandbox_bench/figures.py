"""What was measured, and what is made of it: statistics of each repeat, ratios repeat by repeat, bars met or not."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from gem.cli.sandbox_bench.rows import BARS, OURS, RELEASED, Bar, Statistic


@dataclass(slots=True)
class Figures:
    """One contestant at one row."""

    row: str
    contestant: str
    repeats_ms: list[list[float]] = field(default_factory=list[list[float]])
    """The calls of each repeat; of calls that overlap, their mean share of the time."""
    wrong: int = 0
    """How many calls did not give what they should."""
    error: str | None = None
    """Why there is nothing, or nothing more."""

    def each(self, statistic: Statistic) -> list[float]:
        """The statistic of every repeat."""
        return [_STATISTICS[statistic](calls) for calls in self.repeats_ms if calls]

    def value(self, statistic: Statistic) -> float | None:
        """That of the whole; None if nothing was measured."""
        return overall(self.each(statistic), statistic)


@dataclass(slots=True)
class Run:
    """All figures of one run, with what they were measured on."""

    machine: dict[str, Any]
    settings: dict[str, Any]
    levels: dict[str, str] = field(default_factory=dict[str, str])
    """What holds the programs of each contestant."""
    versions: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    notes: list[str] = field(default_factory=list[str])
    """What is missing, and why."""
    figures: list[Figures] = field(default_factory=list[Figures])

    def find(self, row: str, contestant: str) -> Figures:
        """The figures of one contestant at one row; empty ones if there are none."""
        each = (each for each in self.figures if (each.row, each.contestant) == (row, contestant))
        return next(each, Figures(row, contestant))

    def start(self, row: str, contestant: str) -> Figures:
        """The same, which the run keeps from now on."""
        figures = self.find(row, contestant)
        if not any(figures is each for each in self.figures):
            self.figures.append(figures)
        return figures

    def ratios(self, row: str, statistic: Statistic, than: str = RELEASED) -> list[float]:
        """How many times our time the other's is, repeat by repeat."""
        ours, other = self.find(row, OURS).each(statistic), self.find(row, than).each(statistic)
        return [theirs / mine for mine, theirs in zip(ours, other, strict=False) if mine > 0]

    def write(self, path: Path) -> None:
        """As JSON, put in place whole."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(_rounded(asdict(self))) + "\n", encoding="utf-8")
        part.replace(path)


class Verdict(NamedTuple):
    """What came of a bar."""

    bar: Bar
    reached: list[float]
    """Of each repeat; none if it could not be measured."""
    wrong: int = 0
    """Wrong answers of ours: who gives them is not fast."""

    @property
    def figure(self) -> float | None:
        """The one that counts."""
        return overall(self.reached, self.bar.statistic)

    @property
    def met(self) -> bool | None:
        """None where there is nothing to judge."""
        if self.figure is None:
            return None
        if self.wrong:
            return False
        if self.bar.times is not None:
            return self.figure >= self.bar.times
        return self.figure <= (self.bar.at_most_ms or 0.0)


def verdicts(run: Run) -> list[Verdict]:
    """One for each bar whose row was asked for."""
    asked = {each.row for each in run.figures}
    return [Verdict(bar, _reached(run, bar), run.find(bar.row, OURS).wrong) for bar in BARS if bar.row in asked]


def read(path: Path) -> Run:
    """A run that was written."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    content["figures"] = [Figures(**each) for each in content["figures"]]
    return Run(**content)


def percentile(values: Sequence[float], share: float) -> float:
    """The least of the values that so many do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def overall(repeats: Sequence[float], statistic: Statistic) -> float | None:
    """One figure of those of the repeats: the worst of all, or the median; None of none."""
    if not repeats:
        return None
    return max(repeats) if statistic == "worst" else median(repeats)


def _reached(run: Run, bar: Bar) -> list[float]:
    if bar.times is None:
        return run.find(bar.row, OURS).each(bar.statistic)
    return run.ratios(bar.row, bar.statistic)


def _p99(calls: Sequence[float]) -> float:
    return percentile(calls, 0.99)


_STATISTICS: dict[Statistic, Callable[[Sequence[float]], float]] = {"p50": median, "p99": _p99, "worst": max}


def _rounded(value: Any) -> Any:
    """To what the figures are good for."""
    match value:
        case float():
            return float(f"{value:.5g}")
        case dict():
            return {name: _rounded(inner) for name, inner in value.items()}  # pyright: ignore[reportUnknownVariableType]
        case list():
            return [_rounded(inner) for inner in value]  # pyright: ignore[reportUnknownVariableType]
        case _:
            return value
