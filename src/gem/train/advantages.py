"""Advantage estimators over one flat batch of turns. Pure functions, float64 in and out.

A batch of N turns is given by `rewards_N` and `episode_N`, the number of the episode that each
turn belongs to; the turns of an episode stand together and in order. γ counts per turn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

FLAT = 1e-8
"""Returns whose spread is below this share of their size are equal but for rounding."""


def reward_to_go(rewards_N: ArrayLike, episode_N: ArrayLike, gamma: float) -> Floats:
    """The discounted return from each turn on: G_t = r_t + γ G_{t+1} within an episode.

    >>> reward_to_go([0, 0, 1, 5], [7, 7, 7, 8], gamma=0.5).tolist()
    [0.25, 0.5, 1.0, 5.0]
    """
    returns_N = np.array(rewards_N, dtype=np.float64)
    episodes = np.asarray(episode_N)
    for turn in range(len(returns_N) - 2, -1, -1):
        if episodes[turn] == episodes[turn + 1]:
            returns_N[turn] += gamma * returns_N[turn + 1]
    return returns_N


def reinforce(rewards_N: ArrayLike, episode_N: ArrayLike, gamma: float) -> Floats:
    """REINFORCE (Williams 1992): the return from each turn on, without a baseline."""
    return reward_to_go(rewards_N, episode_N, gamma)


def rebn(rewards_N: ArrayLike, episode_N: ArrayLike, gamma: float) -> Floats:
    """REINFORCE with return batch normalisation (GEM, arXiv 2510.01051, section 3.2):

    A_t = (G_t - mean(G)) / std(G) over all turns of the batch, with the population's std.
    Exactly zero when all returns are equal: then no turn was better than another.
    """
    return normalise(reward_to_go(rewards_N, episode_N, gamma))


def normalise(values_N: Floats) -> Floats:
    """Zero mean and unit population std; all zero for equal values. Two passes, so no cancellation."""
    if values_N.size == 0:
        return values_N.copy()
    centred_N = values_N - values_N.mean()
    centred_N -= centred_N.mean()
    std = float(np.sqrt(np.mean(centred_N**2)))
    if std <= FLAT * float(np.abs(values_N).max()):
        return np.zeros_like(values_N)
    return centred_N / std


ESTIMATORS = {"reinforce": reinforce, "rebn": rebn}
"""By the name that `--algo` takes."""
