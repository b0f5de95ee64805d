"""One training run from start to report: warm start, evaluation, RL, evaluation, figures.

A run's directory holds all of it: config.json, warm_start.json, metrics.jsonl, checkpoint.pt,
episodes_before.jsonl and episodes_after.jsonl, summary.json, learning_curve.png, report.html.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

from gem.agents import Agent, RandomAgent, SolverAgent
from gem.agents.tiny import ModelConfig, TinyAgent, TinyDecoder
from gem.agents.tiny.tokenizer import TinyTokenizer
from gem.core import Env
from gem.errors import CheckpointError, ConfigError, StorageError
from gem.registry import make
from gem.rollout.collect import Collector
from gem.rollout.store import EpisodeStore
from gem.rollout.summary import Summary, summarise
from gem.rollout.trajectory import Episode
from gem.seeding import derive
from gem.train.checkpoint import Checkpoint
from gem.train.cloning import clone, transcripts
from gem.train.config import TrainConfig
from gem.train.metrics import MetricsLog, read_metrics
from gem.train.reinforce import reinforce
from gem.train.watch import Watcher

RUN_FILES = (
    "checkpoint.pt",
    "warm_start.json",
    "metrics.jsonl",
    "episodes_before.jsonl",
    "episodes_after.jsonl",
    "summary.json",
    "learning_curve.png",
    "report.html",
)
"""What a run writes besides its config, the checkpoint first."""
EVALUATION_SLOTS = 128
"""Episodes that an evaluation plays side by side."""
TOKENIZER_EPISODES, LEAST_EPISODES = 1000, 100
"""Episodes whose texts the tokenizer learns from, at most and at least."""


def train(config: TrainConfig, directory: Path, *, resume: bool = False, watcher: Watcher | None = None) -> bool:
    """Run `config`, or go on with the run in `directory`; True if it came to its end.

    False means that `watcher.stop` asked for a stop: the checkpoint says where to go on. Going on
    gives, bit for bit, the weights of a run that was never stopped.
    """
    watcher = watcher or Watcher()
    torch.set_num_threads(config.threads)
    make(config.env).close()  # an unknown id or a missing extra is found before anything is written
    checkpoint_path = directory / "checkpoint.pt"
    if resume:
        checkpoint = Checkpoint.load(checkpoint_path)
        agent = checkpoint.agent()
        _save_config(config, directory)
    else:
        agent, checkpoint = _start(config, directory, watcher)
    model_config = ModelConfig(agent.renderer.vocab_size, config.width, config.layers, config.heads, config.context)
    if agent.model.config != model_config:
        raise CheckpointError(f"{checkpoint_path} holds a model of another shape than {directory / 'config.json'}")

    optimiser = torch.optim.AdamW(agent.model.parameters(), lr=config.lr, betas=(0.9, 0.95), weight_decay=0)
    if checkpoint.optimiser is not None:
        optimiser.load_state_dict(checkpoint.optimiser)
    watcher.begin("training", config.iterations)
    iteration = checkpoint.iteration
    with (
        closing(_collector(config, agent, slots=config.episodes, purpose="training")) as collector,
        closing(MetricsLog(directory, first=iteration)) as log,
    ):
        collector.next_index = checkpoint.next_index
        for metrics in reinforce(config, agent, optimiser, collector, first=iteration):
            iteration = int(metrics["iteration"])
            log.write(metrics)
            watcher.step(iteration, metrics)
            if watcher.stop or iteration == config.iterations or iteration % config.checkpoint_every == 0:
                now = Checkpoint.of(agent, optimiser=optimiser, iteration=iteration, next_index=collector.next_index)
                now.save(checkpoint_path)
            if watcher.stop:
                break
    if iteration < config.iterations:
        return False
    _finish(config, agent, directory, watcher)
    return True


def _start(config: TrainConfig, directory: Path, watcher: Watcher) -> tuple[TinyAgent, Checkpoint]:
    """Warm-start a new agent, evaluate it, and write the run's first files.

    The checkpoint comes last, and that of an older run goes first: what has one can be resumed.
    """
    _save_config(config, directory)
    for name in RUN_FILES:
        (directory / name).unlink(missing_ok=True)
    started = perf_counter()
    agent, loss = _warm_start(config, watcher)
    seconds = perf_counter() - started
    _write_json(directory / "warm_start.json", {"seconds": seconds, "loss": loss})
    EpisodeStore(directory / "episodes_before.jsonl").append(evaluate(config, agent, watcher, "evaluation before"))
    checkpoint = Checkpoint.of(agent)
    checkpoint.save(directory / "checkpoint.pt")
    return agent, checkpoint


def _warm_start(config: TrainConfig, watcher: Watcher) -> tuple[TinyAgent, float | None]:
    """A new agent that imitates the env's noisy solver, and its last loss."""
    episodes = _demonstrations(config, watcher)
    tokenizer = TinyTokenizer.train(transcripts(episodes[:TOKENIZER_EPISODES]), config.vocab_size)
    shape = ModelConfig(tokenizer.vocab_size, config.width, config.layers, config.heads, config.context)
    model = TinyDecoder(shape, seed=config.seed)
    loss = None
    if config.warm_episodes:
        for progress in clone(model, episodes[: config.warm_episodes], tokenizer, config):
            loss = progress["loss"]
            if progress["step"] == 1:
                watcher.begin("warm start", int(progress["steps"]))
            watcher.step(int(progress["step"]), {"cloning_loss": loss})
    agent = TinyAgent(model, tokenizer, max_new_tokens=config.max_new_tokens, temperature=config.temperature)
    return agent, loss


def _demonstrations(config: TrainConfig, watcher: Watcher) -> list[Episode]:
    """Episodes of the env's noisy solver, or of random play where there is none; enough for a tokenizer at least."""
    count = max(config.warm_episodes, LEAST_EPISODES)
    watcher.begin("demonstrations", count)
    env = make(config.env)
    teacher = SolverAgent(config.warm_noise if hasattr(env, "solve") else 1.0)
    collector = Collector(lambda: env, teacher, slots=1, seed=derive(config.seed, "demos"), max_turns=config.max_turns)
    episodes = collector.episodes(count)
    env.close()
    watcher.step(count, {})
    failed = next((episode.error for episode in episodes if episode.error is not None), None)
    if failed is not None:
        raise ConfigError(f"{config.env} failed while its solver played: {failed}")
    return episodes


def evaluate(
    config: TrainConfig, agent: Agent, watcher: Watcher, phase: str, slots: int = EVALUATION_SLOTS
) -> list[Episode]:
    """Play the evaluation episodes: the same instances for every agent, and none of the training's."""
    watcher.begin(phase, config.eval_episodes)
    if isinstance(agent, TinyAgent):
        agent.sampler.forget()
    collector = _collector(config, agent, slots=min(slots, config.eval_episodes), purpose="evaluation")
    episodes: list[Episode] = []
    while len(episodes) < config.eval_episodes:
        episodes += collector.episodes(min(slots, config.eval_episodes - len(episodes)))
        watcher.step(len(episodes), {"success": summarise(episodes).success})
    collector.close()
    return episodes


def _finish(config: TrainConfig, agent: TinyAgent, directory: Path, watcher: Watcher) -> None:
    """Evaluate the trained agent beside random play and the solver; write summary, curve and report."""
    from gem.train.report import write_report

    before = list(EpisodeStore(directory / "episodes_before.jsonl"))
    after = evaluate(config, agent, watcher, "evaluation after")
    (directory / "episodes_after.jsonl").unlink(missing_ok=True)
    EpisodeStore(directory / "episodes_after.jsonl").append(after)
    rows = {"random": summarise(evaluate(config, RandomAgent(), watcher, "random play", slots=1))}
    rows |= {"before": summarise(before), "after": summarise(after)}
    with make(config.env) as env:
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


def _collector(config: TrainConfig, agent: Agent, *, slots: int, purpose: str) -> Collector:
    make_env: Callable[[], Env[Any, Any]] = lambda: make(config.env)  # noqa: E731
    return Collector(make_env, agent, slots=slots, seed=derive(config.seed, purpose), max_turns=config.max_turns)


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
