"""The embedded model as scripts of this folder use it: cloned from any player, trained by any algorithm, measured.

The loops are those of `gem.train`; this only does without a run's directory, report and progress bars.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import torch

from gem.agents import SolverAgent
from gem.agents.protocol import Agent
from gem.agents.tiny import ModelConfig, TinyAgent, TinyDecoder
from gem.agents.tiny.tokenizer import TinyTokenizer
from gem.rollout.collect import Collector
from gem.rollout.trajectory import Episode
from gem.seeding import derive
from gem.train.baselines import BASELINES
from gem.train.cloning import clone, transcripts
from gem.train.config import TrainConfig
from gem.train.evaluation import training_collector
from gem.train.learner import Learner
from gem.train.played_env import env_of

TOKENIZER_EPISODES = 1000
"""Episodes of each env that the tokenizer learns from, at most."""


def settings_for(env_id: str) -> dict[str, Any]:
    """What suits the env, as the table of baselines has it; nothing for an env that is not in there."""
    return dict(next((row.settings for row in BASELINES if row.env == env_id), {}))


def cloned(config: TrainConfig, teacher: Agent | None = None, readable: Sequence[str] = ()) -> TinyAgent:
    """A new model that imitates `config.warm_episodes` of the teacher, by default the env's noisy solver.

    Its tokenizer also learns the words of the envs in `readable`, which the model itself is not shown.
    """
    torch.set_num_threads(config.threads)
    player = teacher or SolverAgent(config.warm_noise)
    demonstrations = played(config.env, player, config.warm_episodes, derive(config.seed, "demos"))
    texts = transcripts(demonstrations[:TOKENIZER_EPISODES])
    for env_id in readable:
        texts += transcripts(played(env_id, SolverAgent(), TOKENIZER_EPISODES // 5, derive(config.seed, "words")))
    tokenizer = TinyTokenizer.train(texts, config.vocab_size)
    shape = ModelConfig(tokenizer.vocab_size, config.width, config.layers, config.heads, config.context)
    model = TinyDecoder(shape, seed=config.seed)
    agent = TinyAgent(model, tokenizer, max_new_tokens=config.max_new_tokens, temperature=config.temperature)
    for _ in clone(agent, demonstrations, config):
        pass
    return agent


def trained(config: TrainConfig, agent: TinyAgent, learner: Learner | None = None) -> Iterator[dict[str, float]]:
    """Train the agent; the metrics of each update."""
    with closing(training_collector(config, agent)) as collector:
        yield from (learner or Learner(config, agent)).updates(collector, 0)


def played(env_id: str, agent: Agent, count: int, seed: int) -> list[Episode]:
    """`count` episodes of any agent."""
    slots = 1 if agent.renderer is None else min(count, 128)
    with closing(Collector(lambda: env_of(env_id), agent, slots=slots, seed=seed)) as collector:
        return collector.episodes(count)
