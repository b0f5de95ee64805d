"""One training run from start to report: warm start, evaluation, RL, evaluation, figures.

A run's directory holds all of it: config.json, warm_start.json, metrics.jsonl, checkpoint.pt, best.pt,
episodes_before.jsonl and episodes_after.jsonl, summary.json, learning_curve.png, report.html.
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from gem.agents import RandomAgent, SolverAgent
from gem.errors import CheckpointError, StorageError
from gem.rollout.store import EpisodeStore
from gem.rollout.summary import Summary, summarise
from gem.train.beginning import begin
from gem.train.checkpoint import Checkpoint
from gem.train.config import TrainConfig
from gem.train.evaluation import evaluate, training_collector
from gem.train.guards import memory_guard
from gem.train.learner import Learner
from gem.train.metrics import MetricsLog, read_metrics
from gem.train.played_env import env_of
from gem.train.policy import Policy
from gem.train.reply_scores import reply_dependence
from gem.train.watch import Watcher

RUN_FILES = (
    "checkpoint.pt",
    "best.pt",
    "initial.pt",
    "warm_start.json",
    "metrics.jsonl",
    "episodes_before.jsonl",
    "episodes_after.jsonl",
    "summary.json",
    "learning_curve.png",
    "report.html",
)
"""What a run writes besides its config, the checkpoint first."""


def train(config: TrainConfig, directory: Path, *, resume: bool = False, watcher: Watcher | None = None) -> bool:
    """Run `config`, or go on with the run in `directory`; True if it came to its end.

    False means that `watcher.stop` asked for a stop: the checkpoint says where to go on. Going on
    gives, bit for bit, the weights of a run that was never stopped. Raises `TrainingDiverged`, or
    `OutOfMemory`, after which the last checkpoint is as good as before.
    """
    watcher = watcher or Watcher()
    torch.set_num_threads(config.threads)
    env_of(config.env).close()  # an unknown id or a missing extra is found before anything is written
    if resume:
        checkpoint = Checkpoint.load(directory / "checkpoint.pt")
        _save_config(config, directory)
    else:
        checkpoint = _start(config, directory, watcher)
    policy: Policy = checkpoint.agent()
    _check_shape(config, policy, directory)
    initial = Checkpoint.load(directory / "initial.pt").agent() if config.kl else None
    learner = Learner(config, policy, initial)
    learner.restore(checkpoint)
    if not _iterate(config, learner, checkpoint, directory, watcher):
        return False
    _finish(config, policy, directory, watcher)
    return True


def _iterate(config: TrainConfig, learner: Learner, start: Checkpoint, directory: Path, watcher: Watcher) -> bool:
    """Train to the last iteration; False if the watcher asked for a stop before it."""
    watcher.begin("training", config.iterations)
    iteration, best = start.iteration, start.best
    with (
        memory_guard(),
        closing(training_collector(config, learner.policy)) as collector,
        closing(MetricsLog(directory, first=iteration, config=config)) as log,
    ):
        collector.next_index = start.next_index
        for metrics in learner.updates(collector, first=iteration):
            iteration = int(metrics["iteration"])
            if config.eval_every and iteration % config.eval_every == 0:
                played = evaluate(config, learner.policy, watcher, "evaluation")
                watcher.begin("training", config.iterations)
                measured = summarise(played)
                metrics |= {"eval_success": measured.success, "eval_return": measured.mean_return}
                metrics |= {
                    "prompt_share": reply_dependence(learner.policy, played, microbatch=config.microbatch).share
                }
                if best is None or measured.success > best:
                    best = measured.success
                    Checkpoint.of(learner.policy, iteration=iteration, best=best).save(directory / "best.pt")
            log.write(metrics)
            watcher.step(iteration, metrics)
            if watcher.stop or iteration == config.iterations or iteration % config.checkpoint_every == 0:
                learner.checkpoint(iteration, collector.next_index, best).save(directory / "checkpoint.pt")
            if watcher.stop:
                break
    return iteration >= config.iterations


def _start(config: TrainConfig, directory: Path, watcher: Watcher) -> Checkpoint:
    """Make the policy, evaluate it, and write the run's first files.

    The checkpoint comes last, and that of an older run goes first: what has one can be resumed.
    """
    _save_config(config, directory)
    for name in RUN_FILES:
        (directory / name).unlink(missing_ok=True)
    policy, loss, seconds = begin(config, watcher)
    _write_json(directory / "warm_start.json", {"seconds": seconds, "loss": loss})
    EpisodeStore(directory / "episodes_before.jsonl").append(evaluate(config, policy, watcher, "evaluation before"))
    checkpoint = Checkpoint.of(policy)
    if config.kl:
        checkpoint.save(directory / "initial.pt")
    checkpoint.save(directory / "checkpoint.pt")
    return checkpoint


def _check_shape(config: TrainConfig, policy: Policy, directory: Path) -> None:
    """Refuse the checkpoint of another run's tiny model."""
    if config.policy != "tiny":
        return
    shape = policy.settings().get("model", {})
    for name in ("width", "layers", "heads", "context"):
        if shape.get(name) != getattr(config, name):
            path = directory / "checkpoint.pt"
            raise CheckpointError(f"{path} holds a model of another shape than {directory / 'config.json'}")


def _finish(config: TrainConfig, policy: Policy, directory: Path, watcher: Watcher) -> None:
    """Evaluate the trained policy beside random play and the solver; write summary, curve and report."""
    from gem.train.report import write_report

    before = list(EpisodeStore(directory / "episodes_before.jsonl"))
    after = evaluate(config, policy, watcher, "evaluation after")
    (directory / "episodes_after.jsonl").unlink(missing_ok=True)
    EpisodeStore(directory / "episodes_after.jsonl").append(after)
    rows = {"random": summarise(evaluate(config, RandomAgent(), watcher, "random play", slots=1))}
    rows |= {"before": summarise(before), "after": summarise(after)}
    with env_of(config.env) as env:
        solvable = hasattr(env, "solve")
    if solvable:
        rows["oracle"] = summarise(evaluate(config, SolverAgent(), watcher, "oracle", slots=1))
    metrics = read_metrics(directory / "metrics.jsonl")
    warm_start = json.loads((directory / "warm_start.json").read_text())
    summary = summary_of(config, rows, metrics, warm_start["seconds"])
    _write_json(directory / "summary.json", summary)
    write_report(directory, config, rows, metrics, before, after, summary)


def summary_of(
    config: TrainConfig, rows: dict[str, Summary], metrics: list[dict[str, float]], warm_seconds: float
) -> dict[str, Any]:
    """The figures of a finished run, by the names that scripts read."""
    before, after, oracle = rows["before"], rows["after"], rows.get("oracle")
    rl_seconds = sum(line["collect_s"] + line["update_s"] for line in metrics)
    return {
        "env": config.env,
        "algo": config.algo,
        "seed": config.seed,
        "success_before": before.success,
        "success_before_interval": [before.success_low, before.success_high],
        "success_after": after.success,
        "success_after_interval": [after.success_low, after.success_high],
        "episodes": after.episodes,
        "mean_turns": after.mean_turns,
        "optimal_turns": None if oracle is None else oracle.mean_turns,
        "train_seconds": warm_seconds + rl_seconds,
        "warm_start_seconds": warm_seconds,
        "rl_seconds": rl_seconds,
        "rows": {name: asdict(row) for name, row in rows.items()},
    }


def _save_config(config: TrainConfig, directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        config.save(directory / "config.json")
    except OSError as error:
        raise StorageError(f"{directory} cannot be written: {error.strerror or error}") from error


def _write_json(path: Path, values: dict[str, Any]) -> None:
    try:
        path.write_text(json.dumps(values, indent=2) + "\n")
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror or error}") from error
