"""`gem-gym bench tools`: do the toy tasks `tool:*` pay what they promise, and can a tiny model learn to use the tool?

Each player of `strategies()` plays each task, beside random moves; its success, return and turns are compared with
what its task promises. A success rate counts as broken outside its 99.99 % interval, so that of a thousand runs one or
two are wrong about it; what is paid for calls and the turns are exact. The printed intervals are 95 %. `--train` trains
the embedded model on a task and prints how its success grows.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from gem._extras import need
from gem.core import Env
from gem.envs.tool_task_ids import TASKS
from gem.envs.tool_tasks import Strategy, ToolTask
from gem.errors import ConfigError
from gem.registry import make
from gem.rollout.summary import wilson_interval
from gem.seeding import derive, generator

EPISODES = 2000
CERTAIN = 0.9999
"""Of the interval outside of which a promise is broken."""
HINT = "tool:Hint-v1"
TRAINING: dict[str, Any] = {"gamma": 1.0, "warm_noise": 1.0, "eval_episodes": 500}
"""Settings of `--train` beside those that `gem-gym train` has anyway: a turn is no loss in itself, and the model is
warmed up on random moves alone, which show how to read and write but not what a call is worth."""
CURVE_LINES = 20


class Played(NamedTuple):
    """What became of one player's episodes."""

    success: float
    returns: list[float]
    turns: float


@dataclass(frozen=True, slots=True)
class Row:
    """One player of one task, with its promise; random moves have none."""

    env_id: str
    player: str
    played: Played
    promised: Strategy | None

    @property
    def broken(self) -> list[str]:
        """The promises that do not hold."""
        if self.promised is None:
            return []
        episodes = len(self.played.returns)
        low, high = wilson_interval(round(self.played.success * episodes), episodes, CERTAIN)
        paid = self.played.success - fmean(self.played.returns)  # for calls: no chance in that
        holds = {
            "success": low <= self.promised.success <= high,
            "return": abs(paid - (self.promised.success - self.promised.mean_return)) < 1e-9,
            "turns": self.played.turns == self.promised.turns,
        }
        return [name for name, held in holds.items() if not held]

    def __str__(self) -> str:
        episodes, promised = len(self.played.returns), self.promised
        low, high = wilson_interval(round(self.played.success * episodes), episodes)
        measured = f"{self.env_id:16} {self.player:16} {self.played.success:7.3f}  {low:.3f} to {high:.3f}"
        expected = f"{promised.success:8.4g} {promised.mean_return:8.4g}" if promised else f"{'':17}"
        verdict = "" if promised is None else f"BROKEN: {', '.join(self.broken)}" if self.broken else "kept"
        return f"{measured} {fmean(self.played.returns):8.3f} {self.played.turns:6.2f} {expected}  {verdict}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What only `bench tools` takes; it also takes `--episodes` and `--seed`."""
    group = parser.add_argument_group("of bench tools (with --episodes and --seed)")
    group.add_argument(
        "--train", nargs="?", const=HINT, metavar="ID", help=f"train the embedded model on a task (default: {HINT})"
    )
    group.add_argument("--iterations", type=int, default=100, metavar="N", help="updates of it (default: 100)")


def run(args: argparse.Namespace) -> int:
    """Play, print, and train if asked to; 1 if a promise does not hold."""
    episodes = EPISODES if args.episodes is None else args.episodes
    if episodes < 2:
        raise ConfigError("--episodes is at least 2: an interval needs a spread")
    if args.words:
        raise ConfigError(f"bench tools takes no {args.words[0]!r}")
    if args.train is not None:
        if args.train not in TASKS:
            raise ConfigError(f"--train takes one of {', '.join(TASKS)}, not {args.train!r}")
        return train(args.train, args.iterations, args.seed)
    print(f"{'':33} success  {'95 %':14}   return  turns  promised   return")
    broken = 0
    for row in rows(TASKS, episodes, args.seed):
        broken += len(row.broken)
        print(row, flush=True)
    print(f"{episodes:,} episodes each; " + (f"{broken} promises BROKEN" if broken else "every promise holds"))
    return 1 if broken else 0


def rows(env_ids: Sequence[str] | dict[str, Any], episodes: int, seed: int) -> Iterator[Row]:
    """Each player of each task, and random moves first."""
    for env_id in env_ids:
        with make(env_id) as env:
            yield Row(env_id, "random", played(env, _random(env), episodes, seed), None)
            assert isinstance(env, ToolTask), f"{env_id} is a task of ours"
            for strategy in env.strategies():
                yield Row(env_id, strategy.name, played(env, lambda _, s=strategy: s.move(), episodes, seed), strategy)


def played(env: Env[Any, Any], move: Callable[[np.random.Generator], str], episodes: int, seed: int) -> Played:
    """Play episodes of the seeds that follow from `seed`; all players meet the same ones."""
    returns: list[float] = []
    wins = turns = 0
    for index in range(episodes):
        episode = derive(seed, "tools", index)
        env.reset(seed=episode)
        rng, total, done, info = generator(derive(episode, "moves")), 0.0, False, {}
        while not done:
            _, reward, terminated, truncated, info = env.step(move(rng))
            total, turns, done = total + reward, turns + 1, terminated or truncated
        returns.append(total)
        wins += bool(info["success"])
    return Played(wins / episodes, returns, turns / episodes)


def train(env_id: str, iterations: int, seed: int) -> int:
    """Clone random moves into the embedded model, then let RL raise it; print the curve."""
    for module in ("torch", "tokenizers", "matplotlib", "jinja2"):
        need(module, extra="train")
    from gem.train.config import TrainConfig
    from gem.train.session import train as train_session
    from gem.train.watch import Watcher

    class Curve(Watcher):
        """A line for every twentieth of the training."""

        def step(self, done: int, facts: dict[str, float]) -> None:
            if "turns" in facts and done % max(1, iterations // CURVE_LINES) == 0:
                print(f"{done:6} {facts['success']:8.3f} {facts['return']:8.3f} {facts['turns']:6.2f}", flush=True)

    config = TrainConfig(env_id, seed=seed, iterations=iterations, **TRAINING)
    print(f"{env_id}: the embedded model, which begins by imitating random moves\n  step  success   return  turns")
    begun = perf_counter()
    with TemporaryDirectory(prefix="gem-tools-") as folder:
        train_session(config, Path(folder), watcher=Curve())
        summary = (Path(folder) / "summary.json").read_text(encoding="utf-8")
    _conclude(summary, perf_counter() - begun)
    return 0


def _conclude(summary: str, seconds: float) -> None:
    import json

    figures = json.loads(summary)["rows"]
    print("success: " + ", ".join(f"{name} {row['success']:.3f}" for name, row in figures.items()))
    print(f"{seconds:.0f} s in all")


def _random(env: Env[Any, Any]) -> Callable[[np.random.Generator], str]:
    return env.sample_random_action
