"""Estimators with a learned critic: generalised advantage estimation over turns, and over turns and tokens.

What the critic shall learn is advantage + value. An episode that a limit broke off goes on in the critic's eyes: its
last turn is followed by the value of the final observation, not by 0.
"""

from __future__ import annotations

import numpy as np

from gem.train.advantages.arguments import Codes, Floats
from gem.train.advantages.either_library import either_library
from gem.train.advantages.returns import carried_back, ends


@either_library
def gae(
    rewards_N: Floats,
    episode_N: Codes,
    values_N: Floats,
    final_values_E: Floats | None = None,
    *,
    gamma: float = 0.99,
    lam: float = 0.95,
) -> Floats:
    """Generalised advantage estimation (arXiv 1506.02438, equation 16) with one step for each turn.

    δ_t = r_t + γ V(s_{t+1}) - V(s_t); A_t = δ_t + γ λ A_{t+1}. Turns as steps: Turn-PPO (arXiv 2512.17008).
    """
    return _over_turns(rewards_N, episode_N, values_N, final_values_E, gamma, lam)


@either_library
def bilevel_gae(
    rewards_N: Floats,
    episode_N: Codes,
    token_values_M: Floats,
    turn_M: Codes,
    final_values_E: Floats | None = None,
    *,
    gamma: float = 0.95,
    lam: float = 1.0,
    gamma_token: float = 1.0,
    lam_token: float = 1.0,
) -> Floats:
    """Bi-level GAE (VAGEN, arXiv 2510.16907): one advantage for each of the M tokens that the policy chose.

    First GAE over turns with γ and λ, the value of a turn being that before its last token. What comes out, plus this
    value, is the reward at the turn's last token for a second GAE, over the tokens of each turn by itself with
    `gamma_token` and `lam_token`. So the last token gets the turn's advantage; and where both λ and `gamma_token` are
    1, every token of turn t gets G_t, discounted per turn, less its own value.

    As in the authors' code, since the accounts of the paper differ; there one λ serves both levels, and a turn is known
    by a reward that is not 0, so that turns without reward vanish. Here `turn_M` says which tokens are a turn.
    """
    last_M = ends(turn_M)
    turns_N = _over_turns(rewards_N, episode_N, token_values_M[last_M], final_values_E, gamma, lam)
    inside_M = gamma_token * np.roll(token_values_M, -1) - token_values_M
    return carried_back(np.where(last_M, turns_N[turn_M], inside_M), last_M, gamma_token * lam_token)


def _over_turns(
    rewards_N: Floats, episode_N: Codes, values_N: Floats, final_values_E: Floats | None, gamma: float, lam: float
) -> Floats:
    end_N = ends(episode_N)
    after_N = np.zeros_like(values_N) if final_values_E is None else final_values_E[episode_N]
    following_N = np.where(end_N, after_N, np.roll(values_N, -1))
    return carried_back(rewards_N + gamma * following_N - values_N, end_N, gamma * lam)
