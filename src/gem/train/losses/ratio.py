"""How much likelier a policy makes a token, or a turn, than the policy before it. Pure functions of tensors."""

from __future__ import annotations

from torch import Tensor

from gem.errors import ConfigError
from gem.train.aggregation import turn_lengths, turn_sums

LOG_RATIO_LIMIT = 20.0
"""Log-ratios are cut off here, where ratios are 2e-9 and 5e8: what lies beyond is finite, and has no gradient."""


def log_ratio(logprobs_M: Tensor, old_logprobs_M: Tensor) -> Tensor:
    """The change of each token's log-probability, log π - log π_old, within ±`LOG_RATIO_LIMIT`."""
    return limited(logprobs_M - old_logprobs_M)


def token_ratio(logprobs_M: Tensor, old_logprobs_M: Tensor) -> Tensor:
    """ρ = π(token) / π_old(token), for each token."""
    return log_ratio(logprobs_M, old_logprobs_M).exp()


def turn_ratio(logprobs_M: Tensor, old_logprobs_M: Tensor, turn_M: Tensor) -> Tensor:
    """For each token the geometric mean of its turn's token ratios, s = (π(turn) / π_old(turn))^(1/length).

    The value of GSPO's sequence ratio (arXiv 2507.18071, equation 7), where a turn is one reply, with the gradient of
    GSPO-token (section 4.3): s_m = sg[s] π_m / sg[π_m], so that a token's ratio moves with its own log-probability
    alone. GAGPO's length-normalised ratio of an action (arXiv 2605.13217) has the same value.
    """
    held_M = logprobs_M.detach()
    mean_M = turn_sums(held_M - old_logprobs_M, turn_M) / turn_lengths(turn_M)
    return limited(mean_M + (logprobs_M - held_M)).exp()


def limited(log_ratio_M: Tensor) -> Tensor:
    """The same, within ±`LOG_RATIO_LIMIT`."""
    return log_ratio_M.clamp(-LOG_RATIO_LIMIT, LOG_RATIO_LIMIT)


def clip_bounds(clip_low: float | None, clip_high: float | None, default: tuple[float, float]) -> tuple[float, float]:
    """The least and the greatest ratio: 1 - clip_low and 1 + clip_high.

    Without `clip_high` the clip is as wide above as below; without both it is the method's `default`. A `clip_low`
    from 1 on bounds nothing, since no ratio is below 0. Raises `ConfigError` for negative widths.
    """
    low = default[0] if clip_low is None else clip_low
    high = clip_high if clip_high is not None else default[1] if clip_low is None else clip_low
    if not (low >= 0 and high >= 0):
        raise ConfigError(f"a ratio is clipped to [1 - low, 1 + high] with widths from 0 on, not {low} and {high}")
    return 1 - low, 1 + high
