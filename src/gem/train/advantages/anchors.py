"""Estimators that compare turns which began in the same state ("anchor states"), within a group of episodes.

Two turns of one episode that began in the same state are compared too. A turn alone in its state has nothing to be
compared with, which counts as 0. States are equal if their names are (`gem.rollout.anchors` names them).
"""

from __future__ import annotations

import numpy as np

from gem.train.advantages.arguments import Codes, Floats
from gem.train.advantages.either_library import either_library
from gem.train.advantages.groups import centred, combined, normalised, sizes
from gem.train.advantages.returns import carried_back, ends, episode_returns, positions, starts


@either_library
def gigpo(
    rewards_N: Floats,
    episode_N: Codes,
    group_N: Codes,
    state_N: Codes,
    *,
    gamma: float = 0.95,
    omega: float = 1.0,
    by_std: bool = True,
) -> Floats:
    """GiGPO (arXiv 2505.10978, equations 3 to 8): A = A_E + ω A_S.

    A_E = (R - mean(R)) / F over the episodes of the group, R undiscounted. A_S = (G_t - mean(G)) / F over the group's
    turns that began in the same state, G discounted by γ. F is the std, or 1 without `by_std`; the authors' code has
    both. Ours is the population's, theirs the sample's. Where their code keeps the whole R in a group of one episode,
    A_E is 0 here.
    """
    compared = normalised if by_std else centred
    episode_part_N = compared(episode_returns(rewards_N, episode_N, 1.0), group_N[starts(episode_N)])[episode_N]
    returns_N = carried_back(rewards_N, ends(episode_N), gamma)
    return episode_part_N + omega * compared(returns_N, combined(group_N, state_N))


@either_library
def hgpo(
    rewards_N: Floats,
    episode_N: Codes,
    group_N: Codes,
    state_N: Codes,
    *,
    gamma: float = 0.95,
    alpha: float = 1.0,
    history: int = 2,
    by_std: bool = True,
) -> Floats:
    """HGPO (arXiv 2602.22817): as GiGPO's A_S, but averaged over groups that share more and more of their past.

    A = Σ_k w_k A^(k), k = 0..`history`: A^(k) compares G_t among the group's turns that began in the same state, after
    the same k states before it. Turns earlier than k have no A^(k). w_k is proportional to (k + 2)^α over the groups
    with more than one turn, and sums to 1; the advantage is 0 if there is none.

    Exponent and range are those of the authors' code, where the weight (0 + 1)^α is that of the whole episode, which
    they leave out unless asked; the actions between the states are not compared, nor here. Defaults of α and history
    are theirs; γ is that of GiGPO, as the source was not seen to name one.
    """
    compared = normalised if by_std else centred
    returns_N = carried_back(rewards_N, ends(episode_N), gamma)
    position_N = positions(episode_N)
    past_N = combined(group_N, state_N)
    total_N, weight_N = np.zeros_like(returns_N), np.zeros_like(returns_N)
    for back in range(min(history, int(position_N.max())) + 1):
        if back:
            past_N = combined(past_N, np.roll(state_N, back))
        old_enough = np.flatnonzero(position_N >= back)
        alike = np.unique(past_N[old_enough], return_inverse=True)[1]
        weight = ((back + 2) / (history + 2)) ** alpha * (sizes(alike) > 1)
        total_N[old_enough] += weight * compared(returns_N[old_enough], alike)
        weight_N[old_enough] += weight
    return total_N / np.where(weight_N > 0, weight_N, 1.0)


@either_library
def gagpo(
    rewards_N: Floats,
    episode_N: Codes,
    group_N: Codes,
    state_N: Codes,
    *,
    gamma: float = 0.95,
    lam: float = 0.95,
    by_std: bool = True,
) -> Floats:
    """GAGPO (arXiv 2605.13217): generalised advantage estimation without a critic.

    V(s) is the mean of G over the group's turns that began in s; δ_t = r_t + γ V(s_{t+1}) - V(s_t), with V = 0 after
    the last turn; A_t = δ_t + γ λ A_{t+1}; then normalised over all turns of the group, or left so without `by_std`.

    Read were the abstract and accounts by others, not the equations: γ, λ and the population's std are our choice
    (λ = 1 and λ = 0 are said to be worse), and so is V where one turn began in a state: its own return. An episode that
    a limit broke off counts as ended, as nothing says what its final observation is worth.
    """
    end_N = ends(episode_N)
    returns_N = carried_back(rewards_N, end_N, gamma)
    # Not the mean itself: where a state's returns are equal, rounding shall leave no difference to be magnified.
    values_N = returns_N - centred(returns_N, combined(group_N, state_N))
    following_N = np.where(end_N, 0.0, np.roll(values_N, -1))
    advantages_N = carried_back(rewards_N + gamma * following_N - values_N, end_N, gamma * lam)
    return normalised(advantages_N, group_N) if by_std else advantages_N
