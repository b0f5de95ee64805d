"""Estimators that compare turns with the whole batch, or with nothing."""

from __future__ import annotations

from gem.train.advantages.arguments import Codes, Floats
from gem.train.advantages.either_library import either_library
from gem.train.advantages.groups import normalised
from gem.train.advantages.returns import carried_back, ends


@either_library
def reinforce(rewards_N: Floats, episode_N: Codes, gamma: float) -> Floats:
    """REINFORCE (Williams 1992): the return from each turn on, without a baseline."""
    return carried_back(rewards_N, ends(episode_N), gamma)


@either_library
def rebn(rewards_N: Floats, episode_N: Codes, gamma: float) -> Floats:
    """REINFORCE with return batch normalisation (GEM, arXiv 2510.01051, section 3.2):

    A_t = (G_t - mean(G)) / std(G) over all turns of the batch, with the population's std.
    Exactly zero when all returns are equal: then no turn was better than another.
    """
    return normalised(carried_back(rewards_N, ends(episode_N), gamma), episode_N * 0)
