"""Which episodes an update learns from, by the returns of their group. Pure functions of arrays.

A batch of E episodes is given by the return of each, and the number of the group it belongs to: the
episodes that began in one state. The answer is a mask, true for the episodes that are kept. Groups
are kept or dropped whole, and whatever the order of the episodes.

A *flat* group, in which all returns are equal, has no episode that was better than another: its
group-relative advantages are zero. So has a group of one. Both filters drop these, and a batch of
nothing else gives an empty mask: a training loop then skips the update, and says so.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gem.errors import ConfigError
from gem.train.advantages import FLAT

Mask = NDArray[np.bool_]


def dynamic_sampling(returns_E: ArrayLike, group_E: ArrayLike) -> Mask:
    """Drop flat groups: the filter of DAPO (arXiv 2503.14476, section 3.2), for returns of any kind.

    DAPO then samples more prompts until the batch is full; that is up to the loop. Raises `ConfigError` for arrays
    of different lengths, or returns that aren't finite.
    """
    spread_G, place_E = _spreads(returns_E, group_E)
    return spread_G[place_E] > 0


def highest_variance(returns_E: ArrayLike, group_E: ArrayLike, keep: float) -> Mask:
    """Keep the share `keep` of the groups whose returns differ most, by their standard deviation.

    The idea: a group's spread is the signal of its gradient, while the noise of sampling and of regularisers is there
    in every group (StarPO-S, arXiv 2504.20073; signal-to-noise filter of RAGEN-2, arXiv 2604.06268). The
    number of groups kept is rounded up; among equal spreads the lower group number wins; flat groups are never kept.
    RAGEN-2's code also has a form that keeps the groups holding a share of the *summed* spread; this isn't that one.

    Raises `ConfigError` for a share that isn't in (0, 1], and as `dynamic_sampling` does.
    """
    if not 0 < keep <= 1:
        raise ConfigError(f"a filter keeps a share of the groups above 0 and up to 1, not {keep}")
    spread_G, place_E = _spreads(returns_E, group_E)
    count = int(np.ceil(round(keep * len(spread_G), 9)))  # 0.28 * 25 is a little above 7
    kept_G = np.zeros(len(spread_G), dtype=bool)
    kept_G[np.argsort(-spread_G, kind="stable")[:count]] = True
    return (kept_G & (spread_G > 0))[place_E]


def _spreads(returns_E: ArrayLike, group_E: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The std of each group's returns, exactly 0 if flat; and the place of each episode's group among them."""
    returns = np.asarray(returns_E, dtype=np.float64)
    groups = np.asarray(group_E)
    if returns.shape != groups.shape or returns.ndim != 1:
        raise ConfigError(f"returns {returns.shape} and groups {groups.shape} must be flat, and of one length")
    if not np.isfinite(returns).all():
        raise ConfigError("a return is NaN or infinite: leave broken episodes out before filtering")
    numbers_G, place_E = np.unique(groups, return_inverse=True)
    # Sorted, so that rounding is the same in whatever order the episodes come, and ties stay ties.
    return np.array([_spread(np.sort(returns[place_E == place])) for place in range(len(numbers_G))]), place_E


def _spread(returns: NDArray[np.float64]) -> float:
    std = float(returns.std())
    return std if std > FLAT * float(np.abs(returns).max()) else 0.0


FILTERS: dict[str, Callable[[ArrayLike, ArrayLike, float], Mask]] = {
    "none": lambda returns_E, _group_E, _keep: np.ones(len(np.asarray(returns_E)), dtype=bool),
    "dynamic": lambda returns_E, group_E, _keep: dynamic_sampling(returns_E, group_E),
    "variance": highest_variance,
}
"""By name, all called as `(returns_E, group_E, keep)`; only `variance` looks at the last."""
