"""How the losses of M tokens become one number, which decides how much a long turn weighs.

A batch has M tokens in N turns; `turn_M` names the turn of each. A turn without tokens has no loss:
it counts nowhere, and N is the number of turns that have some. No tokens at all give zero.

| name | loss of the batch | a token of a turn of length L weighs |
|-|-|-|
| `token_mean` | 1/M Σ_m l_m | 1/M: long turns weigh more than short ones |
| `sequence_mean` | 1/N Σ_n 1/L_n Σ_{m in n} l_m | 1/(N L): all turns alike, their tokens not |
| `constant` | 1/N Σ_n 1/C Σ_{m in n} l_m | 1/(N C): whatever the length |
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from gem.errors import ConfigError

Aggregation = Callable[[Tensor, Tensor, float | None], Tensor]


def token_mean(loss_M: Tensor) -> Tensor:
    """The mean over all tokens of the batch (DAPO, arXiv 2503.14476, section 3.3)."""
    return loss_M.sum() / max(1, len(loss_M))


def sequence_mean(loss_M: Tensor, turn_M: Tensor) -> Tensor:
    """The mean over turns of the mean over each turn's tokens (GRPO, arXiv 2402.03300, equation 3).

    Among turns with the same advantage, each token of a longer one is pushed less: long failures are punished softly.
    """
    return (loss_M / turn_lengths(turn_M)).sum() / _turns(turn_M)


def sequence_sum_constant(loss_M: Tensor, turn_M: Tensor, constant: float | None) -> Tensor:
    """The mean over turns of the sum over each turn's tokens, divided by one constant for all turns.

    The policy gradient without bias from lengths (Dr. GRPO, arXiv 2503.20783, section 3). The constant, in tokens,
    only scales the loss; the longest reply allowed is a usual choice. Raises `ConfigError` unless it is positive.
    """
    if constant is None or not 0 < constant < float("inf"):
        raise ConfigError(f"the aggregation 'constant' divides by a positive number of tokens, not by {constant}")
    return loss_M.sum() / (constant * _turns(turn_M))


def turn_sums(values_M: Tensor, turn_M: Tensor) -> Tensor:
    """For each token, the sum of the values of all tokens of its turn; M of them."""
    turns_N, place_M = torch.unique(turn_M, return_inverse=True)
    return values_M.new_zeros(len(turns_N)).index_add(0, place_M, values_M)[place_M]


def turn_lengths(turn_M: Tensor) -> Tensor:
    """For each token, how many tokens its turn has; M of them."""
    return turn_sums(torch.ones_like(turn_M), turn_M)


def _turns(turn_M: Tensor) -> int:
    return max(1, len(torch.unique(turn_M)))


AGGREGATIONS: dict[str, Aggregation] = {
    "token_mean": lambda loss_M, _turn_M, _constant: token_mean(loss_M),
    "sequence_mean": lambda loss_M, turn_M, _constant: sequence_mean(loss_M, turn_M),
    "constant": sequence_sum_constant,
}
"""By name, all called as `(loss_M, turn_M, constant)`; only `constant` looks at the last."""
