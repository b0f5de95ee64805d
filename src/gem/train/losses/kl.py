"""Estimates of KL(sampled ‖ other), from tokens of the policy `sampled`.

By J. Schulman, "Approximating KL divergence" (2020). With x = log sampled - log other for each token; all three are
zero where the policies agree. As a *loss* for the policy that sampled they differ more than as a metric: below is what
their gradients are in expectation.

| name | value | expectation | gradient, as a loss for `sampled` |
|-|-|-|-|
| `k1` | x | KL(sampled ‖ other) | 0: no penalty at all; of use in rewards, and as a metric |
| `k2` | x²/2 | near it | that of KL(sampled ‖ other) |
| `k3` | exp(-x) - 1 + x | KL(sampled ‖ other) | that of KL(other ‖ sampled) |
"""

from __future__ import annotations

from torch import Tensor

from gem.train.losses.ratio import log_ratio


def k1(sampled_logprobs_M: Tensor, other_logprobs_M: Tensor) -> Tensor:
    """The log-ratio x: unbiased; below zero for many tokens, so noisy."""
    return log_ratio(sampled_logprobs_M, other_logprobs_M)


def k2(sampled_logprobs_M: Tensor, other_logprobs_M: Tensor) -> Tensor:
    """x²/2: never negative, biased in value and right in gradient."""
    return log_ratio(sampled_logprobs_M, other_logprobs_M).square() / 2


def k3(sampled_logprobs_M: Tensor, other_logprobs_M: Tensor) -> Tensor:
    """exp(-x) - 1 + x: never negative, unbiased, and less noisy than k1 where the policies are close."""
    x_M = log_ratio(sampled_logprobs_M, other_logprobs_M)
    return (-x_M).expm1() + x_M


def kl_to_sampler(logprobs_M: Tensor, old_logprobs_M: Tensor) -> Tensor:
    """KL(sampler ‖ policy) by k3, ρ - 1 - log ρ for each token, where the tokens are those of the sampler."""
    return k3(old_logprobs_M, logprobs_M)
