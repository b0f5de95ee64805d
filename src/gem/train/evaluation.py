"""Measuring agents in the course of a run: the same instances for every agent, and none of the training's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

from gem.agents import Agent
from gem.core import Env
from gem.rollout.anchors import ANCHORS
from gem.rollout.collect import Collector
from gem.rollout.summary import summarise
from gem.rollout.trajectory import Episode
from gem.seeding import derive
from gem.train.advantages import ESTIMATORS
from gem.train.config import TrainConfig
from gem.train.played_env import env_of
from gem.train.watch import Watcher

EVALUATION_SLOTS = 128
"""Episodes that an evaluation plays side by side."""


def evaluate(
    config: TrainConfig, agent: Agent, watcher: Watcher, phase: str, slots: int = EVALUATION_SLOTS
) -> list[Episode]:
    """Play the evaluation episodes."""
    watcher.begin(phase, config.eval_episodes)
    slots = min(slots, config.slots or slots, config.eval_episodes)
    forget: Callable[[], None] = getattr(agent, "forget", lambda: None)
    forget()
    episodes: list[Episode] = []
    with closing(
        Collector(
            env_maker(config), agent, slots=slots, seed=derive(config.seed, "evaluation"), max_turns=config.max_turns
        )
    ) as collector:
        while len(episodes) < config.eval_episodes:
            episodes += collector.episodes(min(slots, config.eval_episodes - len(episodes)))
            watcher.step(len(episodes), {"success": summarise(episodes).success})
    forget()
    return episodes


def training_collector(config: TrainConfig, agent: Agent) -> Collector:
    """Plays the episodes that a run trains on."""
    method = ESTIMATORS.get(config.algo)
    compares_states = method is not None and "state" in method.needs
    return Collector(
        env_maker(config),
        agent,
        slots=min(config.slots or config.episodes, config.episodes),
        seed=derive(config.seed, "training"),
        max_turns=config.max_turns,
        group_size=config.per_group,
        anchor=ANCHORS[config.anchor] if compares_states else None,
    )


def env_maker(config: TrainConfig) -> Callable[[], Env[Any, Any]]:
    """Makes the env of a run, which may be a mixture."""
    return lambda: env_of(config.env)
