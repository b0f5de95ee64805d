"""What is kept of a finished baseline run: one JSON line, with all that its figures depend on."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from gem.errors import StorageError
from gem.rollout.store import EpisodeStore
from gem.rollout.trajectory import Episode
from gem.train.config import TrainConfig
from gem.train.metrics import read_metrics

Z_95 = 1.96


@dataclass(frozen=True, slots=True)
class Result:
    """One finished run."""

    env: str
    category: str
    algo: str
    seed: int
    config: dict[str, Any]
    """Every setting."""
    episodes: int
    """Of each evaluation."""
    start: float
    """Success before RL."""
    start_interval: tuple[float, float]
    end: float
    end_interval: tuple[float, float]
    start_return: float
    start_return_interval: tuple[float, float]
    end_return: float
    end_return_interval: tuple[float, float]
    end_turns: float
    """Mean turns of an episode after RL."""
    trained_turns: int
    """Turns that RL learned from."""
    seconds: float
    """Of warm start, collection and updates."""
    machine: dict[str, Any]
    commit: str | None

    @property
    def key(self) -> tuple[str, str, int]:
        """What a run is known by."""
        return self.env, self.algo, self.seed


def result_of(
    directory: Path, config: TrainConfig, category: str, machine: dict[str, Any], commit: str | None
) -> Result:
    """The figures of the finished run in `directory`."""
    summary: dict[str, Any] = json.loads((directory / "summary.json").read_text(encoding="utf-8"))
    start_return, start_interval = _mean_return(EpisodeStore(directory / "episodes_before.jsonl"))
    end_return, end_interval = _mean_return(EpisodeStore(directory / "episodes_after.jsonl"))
    metrics = read_metrics(directory / "metrics.jsonl")
    return Result(
        env=config.env,
        category=category,
        algo=config.algo,
        seed=config.seed,
        config=asdict(config),
        episodes=summary["episodes"],
        start=summary["success_before"],
        start_interval=tuple(summary["success_before_interval"]),
        end=summary["success_after"],
        end_interval=tuple(summary["success_after_interval"]),
        start_return=start_return,
        start_return_interval=start_interval,
        end_return=end_return,
        end_return_interval=end_interval,
        end_turns=summary["mean_turns"],
        trained_turns=round(sum(line["turns"] for line in metrics) * config.episodes),
        seconds=round(summary["train_seconds"], 1),
        machine=machine,
        commit=commit,
    )


def _mean_return(episodes: Iterable[Episode]) -> tuple[float, tuple[float, float]]:
    returns = [episode.total_reward for episode in episodes if episode.error is None]
    mean = fmean(returns)
    half = Z_95 * stdev(returns) / math.sqrt(len(returns)) if len(returns) > 1 else math.inf
    return mean, (mean - half, mean + half)


def read_results(path: Path) -> dict[tuple[str, str, int], Result]:
    """The finished runs in a file, of two with one key the later; a torn last line is passed over."""
    results = [_from_json(json.loads(line)) for line in _whole_lines(path)]
    return {result.key: result for result in results}


def add_result(path: Path, result: Result) -> None:
    """Append one finished run. The file is replaced as a whole; raises `StorageError` if it can't be."""
    fresh = path.with_suffix(".new")
    try:
        fresh.write_text("".join([*_whole_lines(path), json.dumps(asdict(result)) + "\n"]), encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise StorageError(f"{path}: {error.strerror or error}") from error


def _whole_lines(path: Path) -> list[str]:
    if not path.exists():
        return []
    return [line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if line.endswith("\n")]


def _from_json(values: dict[str, Any]) -> Result:
    """JSON has no tuples."""
    pairs: dict[str, Any] = {name: tuple(value) for name, value in values.items() if name.endswith("_interval")}
    return Result(**{**values, **pairs})
