"""Estimators that compare a turn with the turns of equal number of the group's other episodes."""

from __future__ import annotations

from gem.train.advantages.arguments import Codes, Floats
from gem.train.advantages.either_library import either_library
from gem.train.advantages.groups import combined, normalised
from gem.train.advantages.returns import carried_back, ends, positions


@either_library
def gtpo(rewards_N: Floats, episode_N: Codes, group_N: Codes, *, gamma: float = 0.9) -> Floats:
    """GTPO (arXiv 2511.14846), its advantages: A_t = (G_t - mean(G_t)) / std(G_t) over turn t of a group's episodes.

    G_t is the discounted return from turn t on. Turns are counted from the first. A turn that only one episode of the
    group has reached gets 0, so the last turns of the longest episode teach nothing.

    Read were the abstract and accounts by others, not the equations: that turns are compared by number, counted from
    the front, and the population's std are our choice; γ = 0.9 is said to be the paper's. Its shaping of the rewards of
    failed episodes is not part of this.
    """
    returns_N = carried_back(rewards_N, ends(episode_N), gamma)
    return normalised(returns_N, combined(group_N, positions(episode_N)))
