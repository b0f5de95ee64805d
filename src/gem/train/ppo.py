"""PPO over turns: a critic values the state before each reply, and turn-level GAE compares what came of it.

Where a limit broke an episode off, the value of its final observation stands for what would have followed; where the
rules ended it, nothing does.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import torch

from gem.rollout.collect import Collector
from gem.train.advantages import gae, normalise, reward_to_go
from gem.train.batch import flat_turns
from gem.train.config import TrainConfig
from gem.train.critic import Critic
from gem.train.diagnostics import explained_variance
from gem.train.improvement import Improvement, Metrics
from gem.train.outcome import outcome, usable


def ppo(
    config: TrainConfig,
    improvement: Improvement,
    collector: Collector,
    critic: Critic,
    critic_optimiser: torch.optim.Optimizer,
    first: int = 0,
) -> Iterator[Metrics]:
    """Train from iteration number `first` on; yields the metrics of each iteration after its updates."""
    for iteration in range(first, config.iterations):
        started = perf_counter()
        improvement.policy.forget()
        episodes = usable(collector.episodes(config.episodes))
        turns = flat_turns(episodes)
        collected = perf_counter()
        values_N, finals_E = critic.values(episodes, config.microbatch)
        raw_N = gae(turns.rewards_N, turns.episode_N, values_N, finals_E, gamma=config.discount, lam=config.lam)
        advantages_N = normalise(raw_N) if config.normalise else raw_N
        explained = explained_variance(values_N, reward_to_go(turns.rewards_N, turns.episode_N, config.discount))
        steps = improvement.improve(episodes, advantages_N, iteration)
        error = critic.fit(config, critic_optimiser, episodes, raw_N + values_N, iteration)
        yield {
            "iteration": iteration + 1,
            **outcome(episodes),
            **steps,
            "explained_variance": float(explained),
            "critic_error": error,
            "collect_s": collected - started,
            "update_s": perf_counter() - collected,
        }
