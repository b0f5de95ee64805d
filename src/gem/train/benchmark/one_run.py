"""One warm start, or one training run of a fixed number of environment turns.

The training itself is the loop of `gem-gym train`; here it is stopped when its turns are spent, and evaluated on the
way. Nothing is written but the checkpoint of a start.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from time import process_time

import torch

from gem.agents import Agent, RandomAgent, SolverAgent
from gem.errors import TrainingDiverged
from gem.rollout.summary import summarise
from gem.train.beginning import begin
from gem.train.benchmark.plan import Run, Start
from gem.train.benchmark.provenance import provenance
from gem.train.benchmark.results import Point, Result
from gem.train.checkpoint import Checkpoint
from gem.train.config import TrainConfig
from gem.train.evaluation import evaluate, training_collector
from gem.train.learner import Learner
from gem.train.played_env import env_of
from gem.train.policy import Policy
from gem.train.watch import Watcher


def checkpoint_of(folder: Path, start: Start) -> Path:
    """Where a start's policy lies."""
    slug = "".join(letter if letter.isalnum() else "-" for letter in start.env)
    return folder / "starts" / f"{slug}-{start.seed}.pt"


def make_start(start: Start, config: TrainConfig, folder: Path) -> Result:
    """Make the policy that all algorithms begin with, and measure it beside random play and the solver."""
    torch.set_num_threads(config.threads)
    begun = process_time()
    policy = begin(config, Watcher()).policy
    made = process_time()
    references = {"random": measure(config, RandomAgent(), 0)}
    with env_of(config.env) as env:
        solvable = hasattr(env, "solve")
    if solvable:
        references["oracle"] = measure(config, SolverAgent(), 0)
    point = measure(config, policy, 0)
    measured = process_time()
    path = checkpoint_of(folder, start)
    path.parent.mkdir(parents=True, exist_ok=True)
    Checkpoint.of(policy).save(path)
    return Result(
        key=start,
        config=asdict(config),
        points=[point],
        seconds=made - begun,
        evaluation_seconds=measured - made,
        references=references,
        provenance=provenance(),
    )


def train(run: Run, config: TrainConfig, marks: Sequence[int], folder: Path, first: Point) -> Result:
    """Train from the cached start to the last of `marks`; `first` is what the start achieves."""
    torch.set_num_threads(config.threads)
    policy: Policy = Checkpoint.load(checkpoint_of(folder, Start(run.env, run.seed))).agent()
    learner = Learner(config, policy)
    points, turns, iterations, diverged = [first], 0, 0, None
    begun, evaluating = process_time(), 0.0
    with closing(training_collector(config, policy)) as collector:
        updates = learner.updates(collector, first=0)
        while turns < marks[-1]:
            try:
                metrics = next(updates)
            except TrainingDiverged as error:  # the weights are still those of the last good step
                diverged, turns = str(error), marks[-1]
            else:
                iterations += 1
                turns += round(metrics["turns"] * config.episodes)
            if any(points[-1].turns < mark <= turns for mark in marks):
                paused = process_time()
                points.append(measure(config, policy, turns))
                evaluating += process_time() - paused
    return Result(
        key=run,
        config=asdict(config),
        points=points,
        seconds=process_time() - begun - evaluating,
        evaluation_seconds=evaluating,
        turns=turns,
        iterations=iterations,
        diverged=diverged,
        provenance=provenance(),
    )


def measure(config: TrainConfig, agent: Agent, turns: int) -> Point:
    """Play the held-out instances of the run's seed: the same ones for every agent."""
    slots = 1 if agent.renderer is None else config.eval_episodes
    summary = summarise(evaluate(config, agent, Watcher(), "evaluation", slots=slots))
    return Point(turns, summary.success, summary.mean_return, summary.mean_turns)
