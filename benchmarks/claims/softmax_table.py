"""A softmax policy in a table, one row of logits for each state, with its gradient by hand and Adam.

No network and no autograd: what a test of estimators measures is then the estimators of `gem.train.advantages`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

BETAS, EPSILON = (0.9, 0.95), 1e-8
"""Of Adam, as in `gem.train.learner`."""


class Turns(NamedTuple):
    """N turns of some episodes, those of an episode together and in order, as estimators take them."""

    rewards_N: Floats
    episode_N: Whole
    group_N: Whole
    """The turn's group of episodes that began in one state."""
    state_N: Whole
    """The row of the table that the turn began in."""
    action_N: Whole


Estimate = Callable[[Turns], Floats]
"""The advantage of every turn."""
BatchLevel = Callable[[Floats, Whole, float], Floats]
"""`reinforce` or `rebn`."""


class SoftmaxTable:
    """All actions that `allowed_S_A` allows are equally likely at first."""

    def __init__(self, allowed_S_A: NDArray[np.bool_], lr: float = 0.05) -> None:
        self.logits_S_A = np.where(allowed_S_A, 0.0, -np.inf)
        self.lr, self.steps = lr, 0
        self.momentum, self.squares = np.zeros(allowed_S_A.shape), np.zeros(allowed_S_A.shape)

    def probabilities(self, state_N: Whole) -> Floats:
        """Of each action, N x A."""
        logits = self.logits_S_A[state_N]
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        return weights / weights.sum(axis=1, keepdims=True)

    def draw(self, state_N: Whole, rng: np.random.Generator) -> Whole:
        """One action for each state."""
        steps = self.probabilities(state_N).cumsum(axis=1)
        # The last sum may fall short of 1 by rounding, and must not be passed.
        return (steps <= rng.random(len(state_N))[:, None] * steps[:, -1:]).sum(axis=1)

    def gradient(self, turns: Turns, advantages_N: Floats) -> Floats:
        """Of the mean over turns of advantage times log-probability: the softmax's is (chosen - probabilities)."""
        chosen_N_A = -self.probabilities(turns.state_N)
        chosen_N_A[np.arange(len(advantages_N)), turns.action_N] += 1
        gradient = np.zeros(self.logits_S_A.shape)
        np.add.at(gradient, turns.state_N, chosen_N_A * (advantages_N / len(advantages_N))[:, None])
        return gradient

    def improve(self, turns: Turns, advantages_N: Floats) -> None:
        """One step of Adam upwards."""
        self.steps += 1
        gradient = self.gradient(turns, advantages_N)
        first, second = BETAS
        self.momentum += (1 - first) * (gradient - self.momentum)
        self.squares += (1 - second) * (gradient**2 - self.squares)
        mean = self.momentum / (1 - first**self.steps)
        spread = np.sqrt(self.squares / (1 - second**self.steps))
        self.logits_S_A += self.lr * mean / (spread + EPSILON)


def single_turns(rewards_N: Floats, state_N: Whole, action_N: Whole) -> Turns:
    """Episodes of one turn, each in a group of its own."""
    episode_N = np.arange(len(rewards_N))
    return Turns(rewards_N, episode_N, episode_N, state_N, action_N)


def batch_level(method: BatchLevel, gamma: float) -> Estimate:
    """An estimator that compares with the whole batch, or with nothing."""
    return lambda turns: method(turns.rewards_N, turns.episode_N, gamma)
