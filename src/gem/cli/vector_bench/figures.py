"""What was measured, and what is made of it: medians, spreads, ratios pair by pair, shares of what is possible."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from gem.cli.vector_bench.side.work import MEAN_LATENCY_S
from gem.cli.vector_bench.sides import CPU_STEP_S, OURS
from gem.vector.cores import CORES


@dataclass(slots=True)
class Figures:
    """One side at one kind and number of envs; entry k of each list is of the k-th repeat."""

    side: str
    kind: str
    num_envs: int
    executor: str = ""
    steps_per_s: list[float] = field(default_factory=list[float])
    cpu_us: list[float] = field(default_factory=list[float])
    """Microseconds of all processors per step; empty where they cannot be counted."""
    skipped: str | None = None
    """Why nobody has tried."""
    error: str | None = None
    """Why there is nothing, or nothing more."""

    def add(self, answer: dict[str, Any]) -> None:
        """What a worker answered."""
        self.steps_per_s.append(answer["steps"] / answer["wall_s"])
        if answer["cpu_s"] is not None:
            self.cpu_us.append(1e6 * answer["cpu_s"] / answer["steps"])

    @property
    def share_of_limit(self) -> float | None:
        """The median rate as a part of what is possible; None if nothing is known of that."""
        limit = limit_per_s(self.kind, self.num_envs)
        return median(self.steps_per_s) / limit if limit and self.steps_per_s else None


@dataclass(slots=True)
class Run:
    """All figures of one run, with what they were measured on."""

    machine: dict[str, Any]
    settings: dict[str, Any]
    versions: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    """Of each side."""
    notes: list[str] = field(default_factory=list[str])
    """What is missing, and why."""
    figures: list[Figures] = field(default_factory=list[Figures])

    def at(self, kind: str, num_envs: int | None = None) -> list[Figures]:
        """The figures of a kind."""
        return [each for each in self.figures if each.kind == kind and num_envs in (None, each.num_envs)]

    def find(self, side: str, kind: str, num_envs: int) -> Figures | None:
        """Those of one side, if there are any."""
        return next((each for each in self.at(kind, num_envs) if each.side == side and each.steps_per_s), None)

    def write(self, path: Path) -> None:
        """As JSON, put in place whole."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(_rounded(asdict(self)), indent=1) + "\n", encoding="utf-8")
        part.replace(path)


def read(path: Path) -> Run:
    """A run that was written."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    content["figures"] = [Figures(**each) for each in content["figures"]]
    return Run(**content)


def limit_per_s(kind: str, num_envs: int) -> float | None:
    """Steps per second that no executor can exceed on this machine; None where nothing but overhead limits them."""
    if kind in ("blocking", "awaiting"):
        return num_envs / MEAN_LATENCY_S
    if kind == "cpu":
        return min(num_envs, CORES) / CPU_STEP_S
    return None


def times_faster(ours: Figures, other: Figures) -> float | None:
    """How many times the other's steps per second ours are: the median over the pairs."""
    return _ratio(ours.steps_per_s, other.steps_per_s)


def times_less_cpu(ours: Figures, other: Figures) -> float | None:
    """How many times our CPU seconds per step the other's are: the median over the pairs."""
    return _ratio(other.cpu_us, ours.cpu_us)


def machine() -> dict[str, Any]:
    """What the figures are measured on, and how busy it was before."""
    return {
        "cpu": _cpu_model(),
        "cores": CORES,
        "platform": platform.platform(),
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "load_average": [round(load, 2) for load in os.getloadavg()],
    }


def sizes(figures: Sequence[Figures]) -> list[int]:
    """Their numbers of envs, in order."""
    return sorted({each.num_envs for each in figures})


def ours_among(figures: Sequence[Figures]) -> Figures | None:
    """The figures that the others are compared with."""
    return next((each for each in figures if each.side == OURS and each.steps_per_s), None)


def _ratio(above: Sequence[float], below: Sequence[float]) -> float | None:
    pairs = [upper / lower for upper, lower in zip(above, below, strict=False) if lower > 0]
    return median(pairs) if pairs else None


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


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
