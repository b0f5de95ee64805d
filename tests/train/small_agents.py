"""Small policies and runs for tests of training."""

from __future__ import annotations

import torch

import gem
from gem.agents import RandomAgent
from gem.agents.tiny import ModelConfig, TinyAgent, TinyDecoder
from gem.agents.tiny.tokenizer import TinyTokenizer
from gem.core import Env, termination, transition, truncation
from gem.rollout import Collector
from gem.train.cloning import transcripts
from gem.train.config import TrainConfig

ID = "game:GuessTheNumber-v1-easy"
SMALL = TrainConfig(
    ID, iterations=4, episodes=8, warm_episodes=60, warm_epochs=1, vocab_size=400, width=32, layers=1, heads=2,
    context=128, eval_episodes=8, checkpoint_every=2,
)  # fmt: skip


def guess():
    return gem.make(ID)


def small_agent(make_env=guess, seed=0, context=128, **settings):
    torch.set_num_threads(1)
    episodes = Collector(make_env, RandomAgent(), slots=1, seed=0).episodes(50)
    tokenizer = TinyTokenizer.train(transcripts(episodes), 400)
    model = TinyDecoder(ModelConfig(tokenizer.vocab_size, width=32, layers=1, heads=2, context=context), seed=seed)
    return TinyAgent(model, tokenizer, **{"max_new_tokens": 8, **settings})


class Ladder(Env):
    """Three turns that pay whatever is said; then a limit breaks the episode off, or the rules end it."""

    def __init__(self, truncates: bool = True) -> None:
        super().__init__()
        self.truncates = truncates

    def _reset(self):
        self.state = {"rung": 0, "high": bool(self.rng.random() < 0.5)}
        return f"rung 0 of a {'high' if self.state['high'] else 'low'} ladder", {}

    def _step(self, action):
        self.state["rung"] += 1
        reward = 1.0 if self.state["high"] else 0.25
        seen = f"rung {self.state['rung']}"
        if self.state["rung"] < 3:
            return transition(seen, reward)
        return truncation(seen, reward) if self.truncates else termination(seen, reward)

    def sample_random_action(self, rng=None):
        return "up"
