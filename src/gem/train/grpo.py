"""GRPO and its kin: episodes that began in one state are compared with each other.

Collect groups that start from identical snapshots, leave out groups that say nothing, compare within each group
(`gem.train.advantages`), and take a few proximal steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import numpy as np

from gem.rollout.collect import Collector
from gem.rollout.trajectory import Episode
from gem.train.advantages import ESTIMATORS
from gem.train.batch import flat_turns
from gem.train.config import TrainConfig
from gem.train.filters import FILTERS
from gem.train.improvement import Improvement, Metrics
from gem.train.outcome import outcome, usable

SETTINGS = ("lam", "omega", "history")
"""Those of the methods' settings that a config has; the others are the methods' own."""


def grpo(
    config: TrainConfig,
    improvement: Improvement,
    collector: Collector,
    first: int = 0,
) -> Iterator[Metrics]:
    """Train from iteration number `first` on; yields the metrics of each iteration after its update.

    An iteration in which no group says anything updates nothing.
    """
    for iteration in range(first, config.iterations):
        started = perf_counter()
        improvement.policy.forget()
        episodes, kept = _collect(config, collector)
        advantages_N = advantages(config, kept)
        collected = perf_counter()
        steps = improvement.improve(kept, advantages_N, iteration) if kept else {}
        yield {
            "iteration": iteration + 1,
            **outcome(episodes),
            "kept": len(kept) / len(episodes),
            **steps,
            "collect_s": collected - started,
            "update_s": perf_counter() - collected,
        }


def advantages(config: TrainConfig, episodes: list[Episode]) -> np.ndarray:
    """One advantage per turn, by the method that `config.algo` names."""
    method = ESTIMATORS[config.algo]
    turns = flat_turns(episodes)
    given = {"group": turns.group_N, "state": turns.state_N}
    arrays = {f"{name}_N": given[name] for name in given if name in method.needs}
    settings = {name: getattr(config, name) for name in method.parameters if name in SETTINGS}
    return method(turns.rewards_N, turns.episode_N, **arrays, **settings, gamma=config.discount)


def _collect(config: TrainConfig, collector: Collector) -> tuple[list[Episode], list[Episode]]:
    """All episodes of an iteration, and those that the filter keeps (dynamic sampling, arXiv 2503.14476)."""
    episodes: list[Episode] = []
    kept: list[Episode] = []
    for _ in range(1 + config.refills):
        fresh = usable(collector.episodes(config.episodes))
        episodes += fresh
        kept += _informative(config, fresh)
        if len(kept) >= config.episodes:
            break
    return episodes, kept[: config.episodes]


def _informative(config: TrainConfig, episodes: list[Episode]) -> list[Episode]:
    returns_E = np.array([episode.total_reward for episode in episodes])
    group_E = np.array([episode.group for episode in episodes])
    mask_E = FILTERS[config.filter](returns_E, group_E, config.keep)
    return [episode for episode, keep in zip(episodes, mask_E, strict=True) if keep]
