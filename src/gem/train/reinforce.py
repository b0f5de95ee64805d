"""REINFORCE over turns, with or without return batch normalisation: collect, estimate, update.

Each iteration plays whole fresh episodes with the current policy, gives every turn its advantage
(`gem.train.advantages`), and takes a few proximal steps on the tokens that the policy chose.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

from gem.rollout.collect import Collector
from gem.train.advantages import ESTIMATORS
from gem.train.batch import flat_turns
from gem.train.config import TrainConfig
from gem.train.improvement import Improvement, Metrics
from gem.train.outcome import outcome, usable


def reinforce(
    config: TrainConfig,
    improvement: Improvement,
    collector: Collector,
    first: int = 0,
) -> Iterator[Metrics]:
    """Train from iteration number `first` on; yields the metrics of each iteration after its update.

    All that changes between iterations are the weights, the optimiser's moments and
    `collector.next_index`: with these a run goes on bit for bit where it stopped.
    """
    estimate = ESTIMATORS[config.algo]
    for iteration in range(first, config.iterations):
        started = perf_counter()
        improvement.policy.forget()
        episodes = usable(collector.episodes(config.episodes))
        turns = flat_turns(episodes)
        advantages_N = estimate(turns.rewards_N, turns.episode_N, gamma=config.discount)
        collected = perf_counter()
        steps = improvement.improve(episodes, advantages_N, iteration)
        yield {
            "iteration": iteration + 1,
            **outcome(episodes),
            **steps,
            "collect_s": collected - started,
            "update_s": perf_counter() - collected,
        }
