"""How an update goes, as single numbers: what the critic explains, and how much the clip cuts. No gradients."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from torch import Tensor

from gem.errors import ConfigError
from gem.train.advantages import FLAT


def explained_variance(values_N: ArrayLike, returns_N: ArrayLike) -> float:
    """1 - Var(returns - values) / Var(returns): what share of the returns' variance the values foresee.

    1 for perfect values, 0 for constant ones (whatever the constant: a bias isn't seen), below 0 for values that are
    worse than a constant. 0 too where there is nothing to explain: no returns, one, or all equal. Never NaN for finite
    input. Raises `ConfigError` for arrays of different shapes.
    """
    values = np.asarray(values_N, dtype=np.float64)
    returns = np.asarray(returns_N, dtype=np.float64)
    if values.shape != returns.shape:
        raise ConfigError(f"values {values.shape} and returns {returns.shape} must belong to the same turns")
    if returns.size == 0 or returns.std() <= FLAT * np.abs(returns).max():
        return 0.0
    return 1 - float((returns - values).var() / returns.var())


def clip_fraction(ratio_M: Tensor, advantages_M: Tensor, bounds: tuple[float, float]) -> float:
    """Share of tokens that the clip of PPO or GSPO leaves without a gradient; 0 for no tokens.

    These have moved beyond a bound in the direction of their advantage. `ratio_M` and `bounds` are those of the loss
    (`losses.ratio`: `token_ratio` or `turn_ratio`, and `clip_bounds`).
    """
    low, high = bounds
    cut_M = ((advantages_M > 0) & (ratio_M > high)) | ((advantages_M < 0) & (ratio_M < low))
    return cut_M.double().mean().item() if len(cut_M) else 0.0
