"""Estimators that compare whole episodes with others of their group: all turns of an episode get one advantage.

A group holds episodes that began in one state. In a group of one there is nothing to compare with: advantage 0, as
where all episodes of a group earned the same. γ discounts from the first turn on; the sources have one turn, or γ = 1.
"""

from __future__ import annotations

import numpy as np

from gem.train.advantages.arguments import Codes, Floats
from gem.train.advantages.either_library import either_library
from gem.train.advantages.groups import centred, normalised, sizes
from gem.train.advantages.returns import episode_returns, starts


@either_library
def grpo(rewards_N: Floats, episode_N: Codes, group_N: Codes, *, gamma: float = 1.0) -> Floats:
    """GRPO (DeepSeekMath, arXiv 2402.03300, section 4.1): A = (R - mean(R)) / std(R) over the episodes of the group.

    The source leaves open which std; here it is the population's.
    """
    return normalised(episode_returns(rewards_N, episode_N, gamma), group_N[starts(episode_N)])[episode_N]


@either_library
def dr_grpo(rewards_N: Floats, episode_N: Codes, group_N: Codes, *, gamma: float = 1.0) -> Floats:
    """Dr. GRPO (arXiv 2503.20783): A = R - mean(R) over the episodes of the group.

    Without the std, which makes much of the groups that are nearly always won, or lost. The other half of Dr. GRPO, no
    division by the length of the reply, belongs to the loss.
    """
    return centred(episode_returns(rewards_N, episode_N, gamma), group_N[starts(episode_N)])[episode_N]


@either_library
def rloo(rewards_N: Floats, episode_N: Codes, group_N: Codes, *, gamma: float = 1.0) -> Floats:
    """REINFORCE leave-one-out (arXiv 2402.14740): A_i = R_i - mean of the R_j of the group's other episodes.

    Computed as n / (n - 1) (R_i - mean(R)), which is the same.
    """
    group_E = group_N[starts(episode_N)]
    size_E = sizes(group_E)
    scale_E = size_E / np.maximum(size_E - 1, 1)
    return (scale_E * centred(episode_returns(rewards_N, episode_N, gamma), group_E))[episode_N]


@either_library
def reinforce_pp_baseline(rewards_N: Floats, episode_N: Codes, group_N: Codes, *, gamma: float = 1.0) -> Floats:
    """REINFORCE++ with baseline (arXiv 2501.03262): R - mean(R) over the group, then normalised over the batch.

    The source normalises over tokens. Over the turns of a batch, where long episodes count more often, the mean need
    not be 0: a group whose episodes all earned the same is then pushed, a little. Episodes that are alone in their
    group are left out of it, with advantage 0.
    """
    group_E = group_N[starts(episode_N)]
    advantages_N = centred(episode_returns(rewards_N, episode_N, gamma), group_E)[episode_N]
    compared_N = (sizes(group_E) > 1)[episode_N]
    together = np.zeros(int(compared_N.sum()), dtype=np.int64)
    advantages_N[compared_N] = normalised(advantages_N[compared_N], together)
    return advantages_N
