"""Returns: what was earned from each turn on, and in each episode as a whole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gem.train.advantages.arguments import Codes, Floats
from gem.train.advantages.either_library import either_library


@either_library
def reward_to_go(rewards_N: Floats, episode_N: Codes, gamma: float) -> Floats:
    """The discounted return from each turn on: G_t = r_t + γ G_{t+1} within an episode.

    >>> reward_to_go([0, 0, 1, 5], [7, 7, 7, 8], gamma=0.5).tolist()
    [0.25, 0.5, 1.0, 5.0]
    """
    return carried_back(rewards_N, ends(episode_N), gamma)


def carried_back(x_N: Floats, end_N: NDArray[np.bool_], factor: float) -> Floats:
    """y_t = x_t + factor y_{t+1}, up to each end. Python's floats are float64 too, and quicker one by one."""
    y_N: list[float] = []
    following = 0.0
    for x, end in zip(reversed(x_N.tolist()), reversed(end_N.tolist()), strict=True):
        following = x if end else x + factor * following
        y_N.append(following)
    return np.array(y_N[::-1], dtype=np.float64)


def ends(episode_N: Codes) -> NDArray[np.bool_]:
    """True at the last turn of each episode; N of at least 1."""
    return np.append(episode_N[1:] != episode_N[:-1], True)


def starts(episode_N: Codes) -> NDArray[np.bool_]:
    """True at the first turn of each episode; N of at least 1."""
    return np.append(True, episode_N[1:] != episode_N[:-1])


def positions(episode_N: Codes) -> Codes:
    """The number of each turn within its episode, from 0."""
    return np.arange(len(episode_N)) - np.flatnonzero(starts(episode_N))[episode_N]


def episode_returns(rewards_N: Floats, episode_N: Codes, gamma: float) -> Floats:
    """R_E: the return of each episode from its first turn on."""
    return carried_back(rewards_N, ends(episode_N), gamma)[starts(episode_N)]
