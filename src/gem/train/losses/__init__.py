"""Losses over the M chosen tokens of a batch, and the tables that a training loop picks them from by name."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from gem.train.losses.kl import k1, k2, k3, kl_to_sampler
from gem.train.losses.policy import cispo, clipped_surrogate, gspo, policy_gradient

__all__ = [
    "KLS",
    "LOSSES",
    "Divergence",
    "Loss",
    "cispo",
    "clipped_surrogate",
    "gspo",
    "k1",
    "k2",
    "k3",
    "kl_to_sampler",
    "policy_gradient",
]

Loss = Callable[[Tensor, Tensor, Tensor, Tensor, float | None, float | None], Tensor]
Divergence = Callable[[Tensor, Tensor], Tensor]

LOSSES: dict[str, Loss] = {
    "policy_gradient": lambda new_M, _old_M, advantages_M, _turn_M, _low, _high: policy_gradient(new_M, advantages_M),
    "ppo": lambda new_M, old_M, advantages_M, _turn_M, low, high: clipped_surrogate(
        new_M, old_M, advantages_M, low, high
    ),
    "gspo": gspo,
    "cispo": lambda new_M, old_M, advantages_M, _turn_M, low, high: cispo(new_M, old_M, advantages_M, low, high),
}
"""By name, all called as `(logprobs_M, old_logprobs_M, advantages_M, turn_M, clip_low, clip_high)`.

None for a clip is the method's default (`ratio.clip_bounds`)."""

KLS: dict[str, Divergence] = {"k1": k1, "k2": k2, "k3": k3}
"""By name, all called as `(sampled_logprobs_M, other_logprobs_M)`."""
