"""Off-policy corrections: weights for tokens that a somewhat different policy sampled, and how different it was.

Two policies are compared: the learner's before the update (π_old, `old_logprobs_M`, as the trainer computes them) and
the sampler's (μ, `sampler_logprobs_M`, as recorded when the tokens were drawn). They differ where the sampler holds
older weights, or computes with other kernels or in another precision. Each token's loss is multiplied by its weight.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gem.errors import ConfigError
from gem.train.aggregation import turn_sums
from gem.train.losses.ratio import limited, log_ratio

CAP = 2.0
"""The largest weight; the one that Oat and ms-swift use."""


def truncated_weights(old_logprobs_M: Tensor, sampler_logprobs_M: Tensor, cap: float = CAP) -> Tensor:
    """Truncated importance sampling: min(π_old / μ, cap) for each token, without gradient.

    Unbiased but for the tokens at the cap (Ionides 2008, "Truncated importance sampling"; for language models: Yao et
    al. 2025, "Your efficient RL framework secretly brings you off-policy RL training"). Raises `ConfigError` for a cap
    that isn't positive.
    """
    return log_ratio(old_logprobs_M, sampler_logprobs_M).exp().clamp(max=_checked(cap)).detach()


def masked_weights(old_logprobs_M: Tensor, sampler_logprobs_M: Tensor, turn_M: Tensor, cap: float = CAP) -> Tensor:
    """Masked importance sampling over turns: π_old(turn) / μ(turn) for each of its tokens, or 0 where above `cap`.

    The ratio is the product over the turn's tokens: the weight that makes a whole reply unbiased, with the turns that
    would dominate the batch left out (Liu et al. 2025, "When speed kills stability"; without gradient). An aggregation
    counts tokens of weight 0 in its mean: leave them out beforehand where that matters. Raises `ConfigError` for a
    cap that isn't positive.
    """
    change_M = (old_logprobs_M - sampler_logprobs_M).detach()
    weights_M = limited(turn_sums(change_M, turn_M)).exp()
    return weights_M * (weights_M <= _checked(cap))


def effective_share(weights_M: Tensor) -> float:
    """Kish's effective sample size as a share of the sample: (Σw)² / (M Σw²).

    1 for equal weights, 1/M where one token has all the weight; 0 for no tokens, or none with weight.
    """
    weights = weights_M.detach().double()
    if not (weights != 0).any():
        return 0.0
    weights = weights / weights.abs().max()  # squares neither overflow nor vanish
    return (weights.sum().square() / (len(weights) * weights.square().sum())).item()


@dataclass(frozen=True, slots=True)
class Staleness:
    """How far the sampler was from the learner, over the tokens of a batch; all zero for none."""

    mean_log_ratio: float
    """Of log π_old - log μ. Its negative estimates KL(μ ‖ π_old), in nats per token."""
    largest_log_ratio: float
    """The greatest |log π_old - log μ|."""
    beyond: float
    """Share of tokens whose ratio is above the cap, or below its inverse."""
    effective_share: float
    """Of the token weights π_old / μ, not truncated (`effective_share`)."""
    versions_behind: float
    """Mean number of updates between the sampler's weights and the learner's."""
    most_versions_behind: float


def staleness(
    old_logprobs_M: Tensor, sampler_logprobs_M: Tensor, versions_behind_M: Tensor | None = None, cap: float = CAP
) -> Staleness:
    """Measure a batch before its update. `versions_behind_M` is 0 for tokens of the newest weights, and if not given.

    Raises `ConfigError` for a cap that isn't positive.
    """
    bound = abs(torch.tensor(_checked(cap)).log().item())
    change_M = (old_logprobs_M - sampler_logprobs_M).detach().double()
    if len(change_M) == 0:
        return Staleness(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    behind_M = torch.zeros(len(change_M)) if versions_behind_M is None else versions_behind_M.double()
    return Staleness(
        mean_log_ratio=change_M.mean().item(),
        largest_log_ratio=change_M.abs().max().item(),
        beyond=(change_M.abs() > bound).double().mean().item(),
        effective_share=effective_share(limited(change_M).exp()),
        versions_behind=behind_M.mean().item(),
        most_versions_behind=behind_M.max().item(),
    )


def _checked(cap: float) -> float:
    if not cap > 0:
        raise ConfigError(f"the cap of importance weights must be above 0, not {cap}")
    return cap
