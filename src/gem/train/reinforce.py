"""REINFORCE over turns, with or without return batch normalisation: collect, estimate, update.

Each iteration plays whole fresh episodes with the current policy, gives every turn its advantage
(`gem.train.advantages`), and takes a few proximal steps on the tokens that the policy chose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import perf_counter

import numpy as np
import torch

from gem.agents.tiny.agent import TinyAgent
from gem.errors import EnvError
from gem.rollout.collect import Collector
from gem.rollout.summary import summarise
from gem.rollout.trajectory import Episode
from gem.seeding import derive, generator
from gem.train.advantages import ESTIMATORS
from gem.train.batch import Batch, chosen_logprobs, flat_turns
from gem.train.config import TrainConfig
from gem.train.losses import clipped_surrogate, kl_to_sampler

Metrics = dict[str, float]


def reinforce(
    config: TrainConfig, agent: TinyAgent, optimiser: torch.optim.Optimizer, collector: Collector, first: int = 0
) -> Iterator[Metrics]:
    """Train from iteration number `first` on; yields the metrics of each iteration after its update.

    All that changes between iterations are the weights, the optimiser's moments and
    `collector.next_index`: with these a run goes on bit for bit where it stopped.
    """
    estimate = ESTIMATORS[config.algo]
    for iteration in range(first, config.iterations):
        started = perf_counter()
        agent.sampler.forget()
        episodes = usable(collector.episodes(config.episodes))
        advantages_N = estimate(*flat_turns(episodes), config.gamma)
        collected = perf_counter()

        lr = learning_rate(config, iteration)
        for group in optimiser.param_groups:
            group["lr"] = lr
        steps: list[Metrics] = []
        for epoch in range(config.epochs):
            rng = generator(derive(config.seed, "minibatches", iteration, epoch))
            for batch, chosen_N in minibatches(episodes, config.minibatches, agent.renderer.pad, rng):
                advantages_M = torch.from_numpy(advantages_N[chosen_N]).float()[batch.turn_M]
                steps.append(update(config, agent, optimiser, batch, advantages_M))

        yield {
            "iteration": iteration + 1,
            **outcome(episodes),
            **{name: float(np.mean([step[name] for step in steps])) for name in steps[0]},
            "lr": lr,
            "collect_s": collected - started,
            "update_s": perf_counter() - collected,
        }


def update(
    config: TrainConfig,
    agent: TinyAgent,
    optimiser: torch.optim.Optimizer,
    batch: Batch,
    advantages_M: torch.Tensor,
) -> Metrics:
    """One optimiser step on one minibatch; the loss is the mean over its chosen tokens."""
    logprobs_M, entropy_M = chosen_logprobs(agent.model, batch, config.temperature or 1.0)
    surrogate_M = clipped_surrogate(logprobs_M, batch.logprobs_M, advantages_M, config.clip)
    loss = surrogate_M.mean() - config.entropy_bonus * entropy_M.mean()
    optimiser.zero_grad()
    loss.backward()
    grad_norm = torch.nn.utils.clip_grad_norm_(agent.model.parameters(), config.grad_clip)
    optimiser.step()
    with torch.no_grad():
        ratio_M = (logprobs_M - batch.logprobs_M).exp()
        return {
            "loss": loss.item(),
            "entropy": entropy_M.mean().item(),
            "kl": kl_to_sampler(logprobs_M, batch.logprobs_M).mean().item(),
            "clipped": ((ratio_M - 1).abs() > config.clip).float().mean().item(),
            "grad_norm": grad_norm.item(),
        }


def learning_rate(config: TrainConfig, iteration: int) -> float:
    """Rising linearly over the first iterations, while Adam's moments are still guesses; then falling linearly."""
    rise = min(1.0, (iteration + 1) / max(1, config.lr_warmup))
    return config.lr * rise * (1 - config.lr_decay * iteration / config.iterations)


def minibatches(
    episodes: Sequence[Episode], count: int, pad: int, rng: np.random.Generator
) -> Iterator[tuple[Batch, np.ndarray]]:
    """The episodes in random order, in `count` parts: each packed, with the numbers of its turns."""
    _, episode_N = flat_turns(episodes)
    turns_of = [np.flatnonzero(episode_N == index) for index in range(len(episodes))]
    for part in np.array_split(rng.permutation(len(episodes)), min(count, len(episodes))):
        yield Batch.of([episodes[index] for index in part], pad), np.concatenate([turns_of[index] for index in part])


def usable(episodes: Sequence[Episode]) -> list[Episode]:
    """The episodes that say something about the policy: those that the world didn't break off.

    Raises `EnvError` if there are none.
    """
    kept = [episode for episode in episodes if episode.error is None and episode.turns]
    if not kept:
        reason = episodes[0].error or "no reply fitted into the model's context"
        raise EnvError(f"all {len(episodes)} episodes of an iteration failed, the first with: {reason}")
    return kept


def outcome(episodes: Sequence[Episode]) -> Metrics:
    """How the collected episodes went."""
    summary = summarise(episodes)
    return {
        "success": summary.success,
        "return": summary.mean_return,
        "turns": summary.mean_turns,
        "format_errors": summary.format_errors,
        "tokens": float(sum(len(turn.token_ids) for episode in episodes for turn in episode.turns)),
    }
