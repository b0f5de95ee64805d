"""Policy losses: one number for each of the M chosen tokens, to be made small. Pure functions of tensors.

What they share: `advantages_M` are constants; at the policy that sampled the tokens each has the
gradient of `policy_gradient`; huge log-ratios give finite losses and gradients (`ratio.LOG_RATIO_LIMIT`).
"""

from __future__ import annotations

import torch
from torch import Tensor

from gem.train.losses.ratio import clip_bounds, token_ratio, turn_ratio

PPO_CLIP = (0.2, 0.2)
GSPO_CLIP = (3e-4, 4e-4)
CISPO_CLIP = (1.0, 4.0)
"""Downwards nothing is clipped, upwards weights up to 5 pass."""


def policy_gradient(logprobs_M: Tensor, advantages_M: Tensor) -> Tensor:
    """-A log π for each token: the score-function estimator, for samples of the current policy."""
    return -advantages_M * logprobs_M


def clipped_surrogate(
    logprobs_M: Tensor,
    old_logprobs_M: Tensor,
    advantages_M: Tensor,
    clip: float | None = None,
    clip_high: float | None = None,
) -> Tensor:
    """The proximal loss of PPO (arXiv 1707.06347, equation 7): -min(ρA, clip(ρ, 1 - clip, 1 + clip_high) A).

    ρ is the probability ratio to the policy that sampled the token. A token that has moved past the bound in the
    direction of its advantage has no gradient. By default both bounds are 0.2 wide; 0.2 and 0.28 are the clip-higher
    of DAPO (arXiv 2503.14476, section 3.1).
    """
    bounds = clip_bounds(clip, clip_high, PPO_CLIP)
    return _pessimistic(token_ratio(logprobs_M, old_logprobs_M), advantages_M, bounds)


def gspo(
    logprobs_M: Tensor,
    old_logprobs_M: Tensor,
    advantages_M: Tensor,
    turn_M: Tensor,
    clip_low: float | None = None,
    clip_high: float | None = None,
) -> Tensor:
    """Group sequence policy optimisation (arXiv 2507.18071): PPO's loss with one ratio for the whole turn.

    The ratio is `ratio.turn_ratio`, in the token form of section 4.3, so that tokens of a turn may have different
    advantages. Where they share one, `sequence_mean` of these losses has the value and the gradient of equation 5.
    Ratios of turns are far closer to 1 than those of tokens, hence the bounds of section 5.1: 3e-4 and 4e-4.
    """
    bounds = clip_bounds(clip_low, clip_high, GSPO_CLIP)
    return _pessimistic(turn_ratio(logprobs_M, old_logprobs_M, turn_M), advantages_M, bounds)


def cispo(
    logprobs_M: Tensor,
    old_logprobs_M: Tensor,
    advantages_M: Tensor,
    clip_low: float | None = None,
    clip_high: float | None = None,
) -> Tensor:
    """MiniMax-M1's loss (arXiv 2506.13585, equations 4 and 5): -sg[clip(ρ, 1 - clip_low, 1 + clip_high)] A log π.

    The weight is clipped and the gradient is not: rare tokens that one step made much likelier go on learning. As in
    the paper nothing is clipped downwards by default. The paper tunes the upper bound and doesn't tell it; ours is 5.
    """
    low, high = clip_bounds(clip_low, clip_high, CISPO_CLIP)
    weights_M = token_ratio(logprobs_M, old_logprobs_M).clamp(low, high).detach()
    return -weights_M * advantages_M * logprobs_M


def _pessimistic(ratio_M: Tensor, advantages_M: Tensor, bounds: tuple[float, float]) -> Tensor:
    return -torch.minimum(ratio_M * advantages_M, ratio_M.clamp(*bounds) * advantages_M)
