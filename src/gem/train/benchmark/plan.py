"""What is to be run: every algorithm on every env, with equal turns, an equal sweep of learning rates, paired seeds.

Nothing here runs anything. A plan is a value; the runs that it asks for follow from it and, for the final ones, from
the learning rates that the sweep chose.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

from gem.errors import ConfigError, StorageError
from gem.train.algorithms import ALGORITHMS
from gem.train.config import TrainConfig

COMPARED = ("reinforce", "rebn", "grpo", "ppo", "rloo", "gigpo", "gagpo")
BASELINE = "reinforce"
"""What the others are compared with."""
SHARED: dict[str, Any] = {
    "layers": 2,
    "lr_decay": 0.0,  # a decay would depend on how many iterations an algorithm makes of its turns
    "lr_warmup": 5,
    "episodes": 32,
    "warm_episodes": 1000,
    "warm_batch": 8,
}
"""Settings of all runs that differ from those of `gem-gym train`."""

LISTS = ("tasks", "algorithms", "lrs", "sweep_seeds", "seeds")
"""The fields of a plan that are lists of things to combine."""
Purpose = Literal["sweep", "final"]


@dataclass(frozen=True, slots=True)
class Task:
    """An env, and how long everybody may train on it."""

    env: str
    multi_turn: bool
    traits: str
    """Its horizon and its rewards, in words."""
    turns: int
    """Environment turns of a run."""
    gamma: float
    """Discount of all methods that can use one."""
    settings: Mapping[str, Any]
    """Settings of `TrainConfig` that all runs on it share."""


class Start(NamedTuple):
    """A policy that all algorithms begin with."""

    env: str
    seed: int


class Run(NamedTuple):
    """One training run."""

    env: str
    algo: str
    lr: float
    seed: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole comparison. Raises `ConfigError` for one that would not be fair or complete."""

    tasks: tuple[Task, ...]
    algorithms: tuple[str, ...] = COMPARED
    lrs: tuple[float, ...] = (3e-4, 1e-3, 3e-3)
    sweep_seeds: tuple[int, ...] = (1000, 1001)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    points: int = 5
    """Evaluations of a final run after its start, at equal distances in turns."""
    eval_episodes: int = 150

    def __post_init__(self) -> None:
        unknown = [algo for algo in self.algorithms if algo not in ALGORITHMS]
        if unknown:
            raise ConfigError(f"there is no algorithm {unknown[0]!r}; there are {', '.join(ALGORITHMS)}")
        for name in LISTS:
            values = getattr(self, name)
            keys = [task.env for task in values] if name == "tasks" else values
            if not keys or len(set(keys)) < len(keys):
                raise ConfigError(f"{name} of a plan are different from each other, and at least one; got {keys}")
        if set(self.seeds) & set(self.sweep_seeds):
            raise ConfigError("a seed that chose the learning rate says nothing about it afterwards: use other seeds")
        if self.points < 1 or min(task.turns for task in self.tasks) < self.points:
            raise ConfigError("a run needs at least one evaluation, and a turn for each")

    def task(self, env: str) -> Task:
        """The task of an env of this plan."""
        return next(task for task in self.tasks if task.env == env)

    def starts(self) -> list[Start]:
        """The policies to begin with: one for each env and seed."""
        return [Start(task.env, seed) for task in self.tasks for seed in (*self.sweep_seeds, *self.seeds)]

    def sweep(self, env: str, algo: str) -> list[Run]:
        """The runs that choose a learning rate."""
        return [Run(env, algo, lr, seed) for lr in self.lrs for seed in self.sweep_seeds]

    def final(self, env: str, algo: str, lr: float) -> list[Run]:
        """The runs that are reported."""
        return [Run(env, algo, lr, seed) for seed in self.seeds]

    def pairs(self) -> list[tuple[str, str]]:
        """Each env with each algorithm."""
        return [(task.env, algo) for task in self.tasks for algo in self.algorithms]

    def size(self) -> int:
        """How many starts and runs there are in all."""
        each = len(self.lrs) * len(self.sweep_seeds) + len(self.seeds)
        return len(self.starts()) + len(self.pairs()) * each

    def marks(self, env: str, purpose: Purpose) -> list[int]:
        """The turns at which a run is evaluated; a run of the sweep is at its end only."""
        turns = self.task(env).turns
        points = self.points if purpose == "final" else 1
        return [round(turns * point / points) for point in range(1, points + 1)]

    def purpose(self, run: Run) -> Purpose:
        """What a run is for."""
        return "sweep" if run.seed in self.sweep_seeds else "final"

    def config(self, run: Run) -> TrainConfig:
        """The settings of a run. No algorithm has any of its own but its estimator, its groups and its critic."""
        task = self.task(run.env)
        own = {"env": task.env, "algo": run.algo, "seed": run.seed, "lr": run.lr, "gamma": task.gamma}
        # each iteration collects a turn at least, so that turns end a run, never its iterations
        limits = {"iterations": task.turns, "eval_episodes": self.eval_episodes}
        return TrainConfig.from_dict({**SHARED, **task.settings, **own, **limits})

    def start_config(self, start: Start) -> TrainConfig:
        """The settings of a warm start, which no algorithm and no learning rate has a part in."""
        return replace(self.config(Run(start.env, BASELINE, 0.0, start.seed)), iterations=0)

    def save(self, path: Path) -> None:
        """Write the plan as JSON. Raises `StorageError`."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise StorageError(f"{path} cannot be written: {error.strerror or error}") from error

    @classmethod
    def load(cls, path: Path) -> Plan:
        """Read what `save` wrote. Raises `ConfigError` if that can't be done."""
        try:
            values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            values["tasks"] = [Task(**task) for task in values["tasks"]]
            values |= {name: tuple(values[name]) for name in LISTS}
            return cls(**values)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"{path} is no plan of a benchmark: {error}") from error
