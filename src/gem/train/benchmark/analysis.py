"""What the results say: per env, over all envs of a kind, and against REINFORCE.

Success is put on a scale for aggregates: 0 is random play, 1 the env's own solver, both on the same held-out
instances, each averaged over the seeds of the env. Only envs on which every algorithm is done take part.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gem.errors import ConfigError
from gem.eval.stats import Interval, Statistic, interquartile_mean, mean, paired_bootstrap, stratified_bootstrap
from gem.train.benchmark.curves import area, curve
from gem.train.benchmark.plan import BASELINE, Plan, Start, Task
from gem.train.benchmark.results import Point, Results
from gem.train.benchmark.runner import chosen_lr

START = "warm start"
Reading = Callable[[Sequence[Point]], float]
"""Takes a learning curve to one number."""


def final_success(points: Sequence[Point]) -> float:
    """Success at the end of the budget."""
    return points[-1].success


@dataclass(frozen=True, slots=True)
class Row:
    """One algorithm on one env, or on all envs of a kind."""

    algo: str
    success: Interval
    """At the end of the budget; of a kind, the interquartile mean on the scale from random play to solver."""
    area: Interval
    """The same of the mean height of the learning curve."""
    difference: Interval | None
    """Of `success` to the baseline's, in pairs of seeds; None for the baseline itself and the warm start."""
    mean_return: float | None = None
    mean_turns: float | None = None
    lr: float | None = None
    at_edge: bool = False
    """Whether the sweep chose the lowest or the highest of its learning rates: a better one may lie beyond."""
    diverged: int = 0

    @property
    def word(self) -> str:
        """What the difference says."""
        if self.difference is None:
            return ""
        if math.isnan(self.difference.low):
            return "too few seeds"
        if not self.difference.separable:
            return "not separable"
        return "better" if self.difference.low > 0 else "worse"


@dataclass(frozen=True, slots=True)
class EnvTable:
    """All algorithms on one env."""

    task: Task
    random: float
    start: float
    oracle: float
    """Success of random play, of the warm start and of the solver; 1 where there is no solver."""
    rows: list[Row]
    curves: dict[str, np.ndarray]
    """Success of each algorithm: seeds by marks, the start first."""
    marks: list[int]


@dataclass(frozen=True, slots=True)
class KindTable:
    """All algorithms over all envs of a kind."""

    title: str
    envs: list[str]
    rows: list[Row]
    """The warm start first."""
    curves: dict[str, np.ndarray]
    """Interquartile mean of scaled success of each algorithm at each mark, the start first."""


class Analysis:
    """The tables of a plan's results."""

    def __init__(self, plan: Plan, results: Results) -> None:
        self.plan, self.results = plan, results
        self.tasks = [task for task in plan.tasks if self._complete(task)]
        self.missing = [task.env for task in plan.tasks if task not in self.tasks]
        """Envs that are left out because runs are missing."""

    @property
    def baseline(self) -> str:
        """The algorithm that others are compared with: REINFORCE, or the first of a plan without it."""
        return BASELINE if BASELINE in self.plan.algorithms else self.plan.algorithms[0]

    def env_tables(self) -> list[EnvTable]:
        """One for each env that is done."""
        return [self._env_table(task) for task in self.tasks]

    def kind_tables(self) -> list[KindTable]:
        """Single-turn envs, multi-turn envs; without those of which nothing is done."""
        kinds = [("single-turn", False), ("multi-turn", True)]
        chosen = [(title, [task for task in self.tasks if task.multi_turn == multi]) for title, multi in kinds]
        return [self._kind_table(title, tasks) for title, tasks in chosen if tasks]

    def curves(self, task: Task, algo: str) -> list[list[Point]]:
        """The learning curve of each seed, at the marks."""
        lr = chosen_lr(self.plan, self.results, task.env, algo)
        assert lr is not None, "only complete envs are looked at"
        marks = self.plan.marks(task.env, "final")
        return [curve(self.results.done[run], marks) for run in self.plan.final(task.env, algo, lr)]

    def _complete(self, task: Task) -> bool:
        for algo in self.plan.algorithms:
            lr = chosen_lr(self.plan, self.results, task.env, algo)
            if lr is None or any(run not in self.results.done for run in self.plan.final(task.env, algo, lr)):
                return False
        return True

    def _env_table(self, task: Task) -> EnvTable:
        curves = {algo: self.curves(task, algo) for algo in self.plan.algorithms}
        rows = [self._env_row(task, algo, curves) for algo in self.plan.algorithms]
        heights = {algo: np.array([[point.success for point in one] for one in each]) for algo, each in curves.items()}
        start = float(heights[self.baseline][:, 0].mean())
        random, oracle = self._ends(task)
        marks = [0, *self.plan.marks(task.env, "final")]
        return EnvTable(task, random, start, oracle, rows, heights, marks)

    def _env_row(self, task: Task, algo: str, curves: dict[str, list[list[Point]]]) -> Row:
        final_1_S = _read([curves[algo]], final_success)
        ends = [points[-1] for points in curves[algo]]
        lr = chosen_lr(self.plan, self.results, task.env, algo)
        assert lr is not None, "only complete envs are looked at"
        runs = self.plan.final(task.env, algo, lr)
        return Row(
            algo,
            success=stratified_bootstrap(final_1_S, mean),
            area=stratified_bootstrap(_read([curves[algo]], area), mean),
            difference=self._difference(algo, final_1_S, _read([curves[self.baseline]], final_success), mean),
            mean_return=float(np.mean([point.mean_return for point in ends])),
            mean_turns=float(np.mean([point.mean_turns for point in ends])),
            lr=lr,
            at_edge=len(self.plan.lrs) > 1 and lr in (min(self.plan.lrs), max(self.plan.lrs)),
            diverged=sum(self.results.done[run].diverged is not None for run in runs),
        )

    def _kind_table(self, title: str, tasks: list[Task]) -> KindTable:
        curves = {algo: [self.curves(task, algo) for task in tasks] for algo in self.plan.algorithms}
        scaled = {algo: self._scaled(tasks, _read(curves[algo], final_success)) for algo in curves}
        areas = {algo: self._scaled(tasks, _read(curves[algo], area)) for algo in curves}
        first_E_S = self._scaled(tasks, _read(curves[self.baseline], lambda points: points[0].success))
        begun = stratified_bootstrap(first_E_S)
        rows = [Row(START, begun, begun, None)]
        for algo in curves:
            difference = self._difference(algo, scaled[algo], scaled[self.baseline], interquartile_mean)
            rows.append(Row(algo, stratified_bootstrap(scaled[algo]), stratified_bootstrap(areas[algo]), difference))
        heights = {
            algo: np.array([
                interquartile_mean(self._scaled(tasks, _read(each, lambda points, m=m: points[m].success)).reshape(-1))
                for m in range(self.plan.points + 1)
            ])
            for algo, each in curves.items()
        }  # fmt: skip
        return KindTable(title, [task.env for task in tasks], rows, heights)

    def _difference(
        self, algo: str, scores_E_S: np.ndarray, baseline_E_S: np.ndarray, statistic: Statistic
    ) -> Interval | None:
        return None if algo == self.baseline else paired_bootstrap(scores_E_S, baseline_E_S, statistic)

    def _ends(self, task: Task) -> tuple[float, float]:
        """Success of random play and of the solver, averaged over the seeds."""
        starts = [self.results.done[Start(task.env, seed)] for seed in self.plan.seeds]
        random = np.mean([start.references["random"].success for start in starts])
        solver = np.mean(
            [start.references["oracle"].success if "oracle" in start.references else 1 for start in starts]
        )
        return float(random), float(solver)

    def _scaled(self, tasks: Sequence[Task], success_E_S: np.ndarray) -> np.ndarray:
        """Success, E x S, on the scale from random play to the solver."""
        ends = np.array([self._ends(task) for task in tasks])
        spans = ends[:, 1] - ends[:, 0]
        if (spans <= 0).any():
            env = tasks[int(np.argmin(spans))].env
            raise ConfigError(f"{env} has no scale: random play wins as often as its solver")
        return (success_E_S - ends[:, :1]) / spans[:, None]


def _read(curves_E_S: Sequence[Sequence[Sequence[Point]]], reading: Reading) -> np.ndarray:
    return np.array([[reading(points) for points in seeds] for seeds in curves_E_S], dtype=np.float64)
