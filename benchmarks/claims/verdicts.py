"""What the scripts of this folder share: options, paired comparisons with intervals, and the verdict made of them.

A script states its claim as a list of checks. A check has one figure for each seed, such as how many more turns one
algorithm takes than another on that seed, and a bound that the mean of these figures is claimed to be above (or below).
The interval is a bootstrap over seeds, widened as a handful of them asks for (`gem.eval.stats`). It trains nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from gem.eval.stats import mean, stratified_bootstrap

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from paired import table

HOLDS, FAILS, UNCLEAR = "holds", "does not hold", "not separable"
LEAST_SEEDS = 5
"""With fewer seeds no check is decided."""


@dataclass(frozen=True, slots=True)
class Check:
    """One part of a claim: that the mean of `figures`, one for each seed, is on `side` of `bound`."""

    what: str
    figures: Sequence[float]
    side: Literal["above", "below"]
    bound: float = 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 % of the mean."""
        return interval_of(self.figures)

    @property
    def verdict(self) -> str:
        """`HOLDS` if the whole interval is on the claimed side, `FAILS` if it is on the other, else `UNCLEAR`."""
        low, high = self.interval
        if len(self.figures) < LEAST_SEEDS or not np.isfinite(self.figures).all():
            return UNCLEAR
        above, below = low > self.bound, high < self.bound
        claimed, refuted = (above, below) if self.side == "above" else (below, above)
        return HOLDS if claimed else FAILS if refuted else UNCLEAR

    def cells(self) -> list[str]:
        """This check as a row of a table."""
        claimed = f"{self.side} {self.bound:g}"
        return [
            self.what,
            f"{np.mean(self.figures):.4g}",
            _between(self.interval, ".4g"),
            claimed,
            str(len(self.figures)),
            self.verdict,
        ]

    def as_json(self) -> dict[str, Any]:
        """Every figure and what was made of them."""
        return {**asdict(self), "interval": self.interval, "verdict": self.verdict}


CHECK_HEADINGS = ("check", "mean", "95 %", "claimed", "seeds", "verdict")


@dataclass(slots=True)
class Report:
    """A script's figures, one column for each seed, and the checks that its claim consists of."""

    claim: str
    settings: Mapping[str, Any]
    figures: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    """By row and name, one for each seed in order."""
    checks: list[Check] = field(default_factory=list)
    asides: list[Check] = field(default_factory=list)
    """Worth knowing, but no part of the claim."""

    def add(self, row: str, **figures: float) -> None:
        """Note what one more seed gave in a row."""
        for name, value in figures.items():
            self.figures.setdefault(row, {}).setdefault(name, []).append(float(value))

    def paired(self, name: str, first: str, second: str) -> list[float]:
        """`name` of the first row less that of the second, seed by seed."""
        pairs = zip(self.figures[first][name], self.figures[second][name], strict=True)
        return [one - other for one, other in pairs]

    @property
    def verdict(self) -> str:
        """`FAILS` if any check fails, `HOLDS` if all hold, else `UNCLEAR`; so too without checks."""
        return overall([check.verdict for check in self.checks])

    def text(self) -> str:
        """Claim, figures, checks, verdict."""
        names = list(dict.fromkeys(name for row in self.figures.values() for name in row))
        rows = [[row, *(_shown(values.get(name)) for name in names)] for row, values in self.figures.items()]
        parts = [self.claim, table(["", *names], rows), table(CHECK_HEADINGS, [check.cells() for check in self.checks])]
        if self.asides:
            parts += [
                "Aside, not part of the verdict:",
                table(CHECK_HEADINGS, [check.cells() for check in self.asides]),
            ]
        return "\n\n".join([*parts, f"VERDICT: {self.verdict}"])

    def save(self, path: Path) -> None:
        """Every figure, with settings, machine and verdict, as JSON."""
        content = {
            "claim": self.claim,
            "settings": dict(self.settings),
            "machine": platform.platform(),
            "figures": self.figures,
            "checks": [check.as_json() for check in self.checks],
            "asides": [check.as_json() for check in self.asides],
            "verdict": self.verdict,
        }
        path.write_text(json.dumps(content, indent=1) + "\n")


def overall(verdicts: Sequence[str]) -> str:
    """One verdict of many: one failure refutes, and only all together hold."""
    if FAILS in verdicts:
        return FAILS
    return HOLDS if verdicts and set(verdicts) == {HOLDS} else UNCLEAR


def interval_of(figures: Sequence[float]) -> tuple[float, float]:
    """95 % of their mean (`gem.eval.stats`); NaN for too few, and where one is not finite."""
    if not np.isfinite(figures).all():
        return math.nan, math.nan
    found = stratified_bootstrap(np.array([figures]), mean)
    return found.low, found.high


def options(description: str | None, steps: int, quick_steps: int, seeds: int = 5) -> argparse.ArgumentParser:
    """What every script takes; `parsed` puts the defaults in."""
    parser = argparse.ArgumentParser(description=(description or "").strip().splitlines()[0])
    parser.add_argument("--seeds", type=int, default=None, help=f"how many, from 0 on (default: {seeds}, quick: 2)")
    parser.add_argument("--steps", type=int, default=None, help=f"updates (default: {steps}, quick: {quick_steps})")
    parser.add_argument("--quick", action="store_true", help="only to see that the script runs; decides nothing")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write every figure there")
    parser.set_defaults(full=(seeds, steps), short=(2, quick_steps))
    return parser


def parsed(parser: argparse.ArgumentParser, words: Sequence[str] | None = None) -> argparse.Namespace:
    """The options, with seeds and steps filled in."""
    chosen = parser.parse_args(words)
    seeds, steps = chosen.short if chosen.quick else chosen.full
    chosen.seeds = seeds if chosen.seeds is None else chosen.seeds
    chosen.steps = steps if chosen.steps is None else chosen.steps
    if chosen.seeds < 1 or chosen.steps < 1:
        parser.error("--seeds and --steps are at least 1")
    return chosen


def settings_of(chosen: argparse.Namespace, **more: Any) -> dict[str, Any]:
    """What a report says about how it was made."""
    return {"seeds": chosen.seeds, "steps": chosen.steps, "quick": chosen.quick, **more}


def finish(report: Report, chosen: argparse.Namespace) -> int:
    """Print the report, and save it if asked to; the exit status is 0 whatever the verdict."""
    print(report.text())
    if chosen.json is not None:
        report.save(chosen.json)
    return 0


def _shown(values: Sequence[float] | None) -> str:
    if not values:
        return "-"
    return f"{np.mean(values):.3f} ({_between(interval_of(values), '.3f')})"


def _between(interval: tuple[float, float], form: str) -> str:
    low, high = interval
    return "?" if math.isnan(low) else f"{low:{form}} to {high:{form}}"
