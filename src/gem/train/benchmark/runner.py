"""Runs what a plan asks for and a folder lacks: starts, then the sweep, then the runs that are reported.

A run waits for its start, and a final run for the whole sweep of its env and algorithm; else everything goes on side
by side. Results are written as they come.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from gem.errors import ConfigError
from gem.train.benchmark.curves import final_point
from gem.train.benchmark.one_run import checkpoint_of, make_start, train
from gem.train.benchmark.plan import Plan, Run, Start
from gem.train.benchmark.results import Key, Results
from gem.train.benchmark.workers import Job, Workers
from gem.train.watch import Watcher

PHASE = "runs"


class Runner:
    """Brings the results in `folder` to what `plan` asks for.

    Raises `ConfigError` if the folder holds a run of the same name with other settings.
    """

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan, self.folder = plan, folder
        self.results = Results(folder)
        self.failed: dict[Key, str] = {}
        """What could not be done, and why; it is tried again the next time."""
        self._given: set[Key] = set()
        for key in self.finished():
            self._check(key)

    def run(self, jobs: int, watcher: Watcher) -> None:
        """Run what is missing, in `jobs` processes; whatever was done is kept if this is interrupted."""
        watcher.begin(PHASE, self.plan.size())
        watcher.step(len(self.finished()), {})
        with Workers(jobs) as workers:
            for outcome in workers.run(self._ready):
                if outcome.error is not None:
                    self.failed[outcome.key] = outcome.error
                    watcher.say(f"{' '.join(map(str, outcome.key))} failed: {outcome.error}")
                    continue
                self.results.add(outcome.value)
                watcher.step(len(self.finished()), {})

    def finished(self) -> list[Key]:
        """The starts and runs of the plan that are done."""
        return [key for key in (*self.plan.starts(), *self._runs()) if key in self.results.done]

    def _ready(self) -> list[Job]:
        """What can be begun now and has not been, in the order of the plan."""
        done = self.results.done
        runs = [run for run in self._runs() if run not in done and self._start(run) not in self.failed]
        starts = {self._start(run): None for run in runs}
        missing = [start for start in starts if start not in done or not checkpoint_of(self.folder, start).exists()]
        keys = [*missing, *(run for run in runs if self._start(run) not in missing)]
        fresh = [key for key in keys if key not in self._given]
        self._given |= set(fresh)
        return [self._job(key) for key in fresh]

    def _runs(self) -> list[Run]:
        """The runs that are known by now: final ones follow when their sweep is whole."""
        runs: list[Run] = []
        for env, algo in self.plan.pairs():
            runs += self.plan.sweep(env, algo)
            lr = self.chosen_lr(env, algo)
            runs += self.plan.final(env, algo, lr) if lr is not None else []
        return runs

    def chosen_lr(self, env: str, algo: str) -> float | None:
        """The learning rate with the best final evaluations; None while the sweep is not whole."""
        return chosen_lr(self.plan, self.results, env, algo)

    def _start(self, run: Run) -> Start:
        return Start(run.env, run.seed)

    def _job(self, key: Key) -> Job:
        if isinstance(key, Start):
            return Job(key, make_start, (key, self.plan.start_config(key), self.folder))
        first = self.results.done[self._start(key)].points[0]
        marks = self.plan.marks(key.env, self.plan.purpose(key))
        return Job(key, train, (key, self.plan.config(key), marks, self.folder, first))

    def _check(self, key: Key) -> None:
        """Refuse to go on with a folder of other settings."""
        config = self.plan.start_config(key) if isinstance(key, Start) else self.plan.config(key)
        there, asked = self.results.done[key].config, asdict(config)
        changed = [name for name in asked if there.get(name) != asked[name]]
        if changed:
            raise ConfigError(
                f"{self.folder} holds results of another plan: {changed[0]} of {key.env} was {there.get(changed[0])} "
                f"and is {asked[changed[0]]} now; take another folder, or the settings of before"
            )


def chosen_lr(plan: Plan, results: Results, env: str, algo: str) -> float | None:
    """The learning rate of the sweep with the highest success, then return, at the end; the lowest of equals."""
    scores: list[tuple[float, float, float]] = []
    for lr in plan.lrs:
        runs = [results.done.get(run) for run in plan.sweep(env, algo) if run.lr == lr]
        ends = [final_point(run, plan.task(env).turns) for run in runs if run is not None]
        if len(ends) < len(plan.sweep_seeds):
            return None
        successes, returns = [end.success for end in ends], [end.mean_return for end in ends]
        scores.append((sum(successes) / len(ends), sum(returns) / len(ends), -lr))
    return -max(scores)[2]
