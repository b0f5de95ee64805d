"""What the seeds of the baseline runs say together, and the table of it. Nothing is run here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import fmean, stdev
from typing import NamedTuple

from gem.errors import UnknownEnv
from gem.reference_scores import reference
from gem.train.algorithms import ALGORITHMS
from gem.train.baseline_results import Z_95, Result
from gem.train.baselines import BASELINES, CATEGORIES, Baseline

T_95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
"""Student's t at 97.5 % for 1 to 9 degrees of freedom; with more, the last one is a little too wide."""
NAMES = {"reinforce": "REINFORCE", "rebn": "ReBN"}
NOTHING = "–"


class Gain(NamedTuple):
    """How much success RL adds, with its 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """What the interval allows to say."""
        if self.low > 0:
            return "learns"
        return "gets worse" if self.high < 0 else "does not learn"


def gain_of(runs: Sequence[Result]) -> Gain:
    """What RL adds, over the seeds.

    The interval is the wider of two: Student's over the seeds' gains, and what the evaluations' own chance leaves
    open (Agresti & Caffo 2000, with a success and a failure added to each). The second is never of width zero, so
    that neither one seed nor seeds that agree by chance look certain.
    """
    gains = [run.end - run.start for run in runs]
    between = T_95[min(len(runs) - 1, len(T_95)) - 1] * stdev(gains) / math.sqrt(len(runs)) if len(runs) > 1 else 0.0
    variances = [_variance(rate, run.episodes) for run in runs for rate in (run.start, run.end)]
    within = Z_95 * math.sqrt(sum(variances)) / len(runs)
    half, mean = max(between, within), fmean(gains)
    return Gain(mean, mean - half, mean + half)


def _variance(rate: float, episodes: int) -> float:
    adjusted = (rate * episodes + 1) / (episodes + 2)
    return adjusted * (1 - adjusted) / (episodes + 2)


def table(runs: Iterable[Result], baselines: Sequence[Baseline] = BASELINES) -> str:
    """Markdown: each baseline from start to end for each algorithm, beside random play and the expert.

    An environment without runs stays in the table. Success rates; `±` is the standard deviation over seeds.
    """
    runs = list(runs)
    algos = [name for name in ALGORITHMS if any(run.algo == name for run in runs)]
    titles = [title for algo in algos for title in (NAMES.get(algo, algo), "gain")]
    lines = [_row(["environment", "random", *titles, "expert", "note"]), _row(["-"] * (len(titles) + 4))]
    for category in CATEGORIES:
        rows = [baseline for baseline in baselines if baseline.category == category]
        if rows:
            lines.append(_row(_category(category, rows, runs, algos)))
            lines += [_row(_cells(baseline, runs, algos)) for baseline in rows]
    return "\n".join(lines) + "\n"


def _cells(baseline: Baseline, runs: list[Result], algos: list[str]) -> list[str]:
    random, expert = _marks(baseline.env)
    cells = [f"`{baseline.env}`", _rate(random)]
    for algo in algos:
        own = [run for run in runs if (run.env, run.algo) == (baseline.env, algo)]
        cells += [_from_to(own), _verdict(own)]
    return [*cells, _rate(expert), baseline.note]


def _category(name: str, rows: Sequence[Baseline], runs: list[Result], algos: list[str]) -> list[str]:
    """Means over the category's environments, and on how many each algorithm learns."""
    marks = [_marks(row.env) for row in rows]
    cells = [f"**{name}** ({len(rows)})", _rate(_mean([random for random, _ in marks]))]
    for algo in algos:
        each = [[run for run in runs if (run.env, run.algo) == (row.env, algo)] for row in rows]
        each = [own for own in each if own]
        starts = _mean([fmean(run.start for run in own) for own in each])
        ends = _mean([fmean(run.end for run in own) for own in each])
        learned = sum(gain_of(own).verdict == "learns" for own in each)
        cells += [f"{_rate(starts)} → {_rate(ends)}", f"{learned} of {len(each)} learn"] if each else [NOTHING] * 2
    return [*cells, _rate(_mean([expert for _, expert in marks])), ""]


def _from_to(runs: list[Result]) -> str:
    if not runs:
        return NOTHING
    ends = [run.end for run in runs]
    spread = f" ± {stdev(ends):.3f}" if len(runs) > 1 else ""
    return f"{fmean(run.start for run in runs):.3f} → {fmean(ends):.3f}{spread}"


def _verdict(runs: list[Result]) -> str:
    if not runs:
        return NOTHING
    gain = gain_of(runs)
    return f"{gain.verdict}: {gain.mean:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"


def _marks(env_id: str) -> tuple[float | None, float | None]:
    """Success of random play and of the expert; None where it has not been measured."""
    try:
        known = reference(env_id)
    except UnknownEnv:
        return None, None
    return known.random.success, None if known.expert is None else known.expert.success


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _rate(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.3f}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
