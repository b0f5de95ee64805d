"""Policy losses over the M chosen tokens of a batch. Pure functions of tensors."""

from __future__ import annotations

import torch
from torch import Tensor


def policy_gradient(logprobs_M: Tensor, advantages_M: Tensor) -> Tensor:
    """-A log π for each token: the score-function estimator, for samples of the current policy."""
    return -advantages_M * logprobs_M


def clipped_surrogate(logprobs_M: Tensor, old_logprobs_M: Tensor, advantages_M: Tensor, clip: float) -> Tensor:
    """The proximal loss of PPO (arXiv 1707.06347, equation 7) for each token: -min(ρA, clip(ρ, 1±clip)A).

    ρ is the probability ratio to the policy that sampled the token; at ρ = 1 the gradient is that
    of `policy_gradient`.
    """
    ratio_M = (logprobs_M - old_logprobs_M).exp()
    clipped_M = ratio_M.clamp(1 - clip, 1 + clip)
    return -torch.minimum(ratio_M * advantages_M, clipped_M * advantages_M)


def kl_to_sampler(logprobs_M: Tensor, old_logprobs_M: Tensor) -> Tensor:
    """Low-variance estimate of KL(sampler ‖ policy) for each token: ρ - 1 - log ρ, never negative (k3)."""
    log_ratio_M = logprobs_M - old_logprobs_M
    return log_ratio_M.exp() - 1 - log_ratio_M
