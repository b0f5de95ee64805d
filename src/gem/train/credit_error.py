"""How well an estimator assigns credit: its advantages against true ones, turn by turn.

True ones come from `gem.rollout.turn_values`, with an error of their own, for which `ceiling` accounts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gem.agents.protocol import Agent
from gem.errors import ConfigError
from gem.registry import make
from gem.rollout.collect import Collector
from gem.rollout.episode import Anchor
from gem.rollout.moments import SLOTS
from gem.rollout.trajectory import Episode
from gem.rollout.turn_values import TurnValues, turn_values
from gem.seeding import derive

Floats = NDArray[np.float64]
Estimator = Callable[[Sequence[Episode]], ArrayLike]
"""The advantage of every turn of some episodes, flat, in their order."""

FLAT = 1e-12
"""Values whose spread is below this share of their size are equal but for rounding."""


class CreditError(NamedTuple):
    """How estimated advantages relate to true ones, over N turns."""

    pearson: float
    """Linear correlation, -1 to 1."""
    spearman: float
    """Correlation of ranks, -1 to 1."""
    error: float
    """Mean squared error over the mean square of the truth, at the best scale for the estimate; 0 to 1."""
    signs: float
    """Share of the turns with a true advantage whose sign is right; a zero is half right."""


def credit_error(advantages_N: ArrayLike, true_N: ArrayLike) -> CreditError:
    """All measures at once. Raises `ConfigError` for lengths that differ and for values that are not finite."""
    estimated, true = _vector(advantages_N), _vector(true_N)
    if estimated.shape != true.shape:
        raise ConfigError(f"{len(estimated)} advantages cannot be compared with {len(true)}")
    return CreditError(
        pearson(estimated, true), spearman(estimated, true), scaled_error(estimated, true), same_signs(estimated, true)
    )


def pearson(one_N: ArrayLike, other_N: ArrayLike) -> float:
    """Linear correlation; 0 where either is flat, for what does not vary explains nothing."""
    one, other = _unit(_centred(_vector(one_N))), _unit(_centred(_vector(other_N)))
    return float(np.clip(one @ other, -1.0, 1.0))


def spearman(one_N: ArrayLike, other_N: ArrayLike) -> float:
    """Linear correlation of the ranks, where equal values share their mean rank; 0 where either is flat."""
    return pearson(_ranks(_vector(one_N)), _ranks(_vector(other_N)))


def scaled_error(advantages_N: ArrayLike, true_N: ArrayLike) -> float:
    """Mean squared error at the best scale: min over c >= 0 of mean((true - c advantage)²) / mean(true²).

    0 is perfect. 1 is no better than zeros, as is an estimate that points the other way. The scale is left to the
    learning rate, but an offset is an error. Where all true advantages are 0 there is nothing to explain: 0.
    """
    estimated, true = _unit(_vector(advantages_N)), _unit(_vector(true_N))
    if not true.any():
        return 0.0
    along = max(0.0, float(estimated @ true))
    return float(np.clip(1.0 - along**2, 0.0, 1.0))


def same_signs(advantages_N: ArrayLike, true_N: ArrayLike) -> float:
    """Share of the turns with a true advantage whose sign is right; a zero is half right. 0.5 where there are none."""
    estimated, true = np.sign(_vector(advantages_N)), np.sign(_vector(true_N))
    matters = true != 0
    if not matters.any():
        return 0.5
    return float(np.mean((1.0 + estimated[matters] * true[matters]) / 2.0))


def ceiling(true_N: ArrayLike, errors_N: ArrayLike) -> float:
    """The Pearson correlation that a perfect estimator can expect with estimates of the truth, given their errors.

    sqrt(1 - mean(error²) / variance), the classical correction for attenuation (Spearman 1904); 0 if all is noise.
    """
    true, errors = np.asarray(true_N, dtype=np.float64), np.asarray(errors_N, dtype=np.float64)
    variance = float(np.mean(_centred(true) ** 2)) if true.size else 0.0
    if variance == 0 or not np.isfinite(errors).all():
        return 0.0
    return float(np.sqrt(max(0.0, 1.0 - float(np.mean(errors**2)) / variance)))


def measured(
    env_id: str,
    agent: Agent,
    estimators: Mapping[str, Estimator],
    *,
    gamma: float,
    groups: int,
    group_size: int,
    continuations: int,
    seed: int,
    max_turns: int | None = None,
    slots: int = SLOTS,
    anchor: Anchor | None = None,
) -> tuple[dict[str, CreditError], TurnValues]:
    """Each estimator's error on the same episodes of `agent`, and the truth that it was measured against.

    `groups` times `group_size` episodes are played, with `anchor` naming their states; those that the world broke off
    are left out.
    """
    with closing(
        Collector(
            lambda: make(env_id),
            agent,
            slots=slots,
            seed=derive(seed, "episodes"),
            max_turns=max_turns,
            group_size=group_size,
            anchor=anchor,
        )
    ) as collector:
        played = collector.episodes(groups * group_size)
        episodes = [episode for episode in played if episode.error is None and episode.turns]
        truth = turn_values(
            collector.envs[0],
            episodes,
            agent,
            gamma=gamma,
            continuations=continuations,
            seed=derive(seed, "truth"),
            max_turns=max_turns,
            slots=slots,
        )
    errors = {name: credit_error(estimate(episodes), truth.advantages_N) for name, estimate in estimators.items()}
    return errors, truth


def table(errors: Mapping[str, CreditError]) -> str:
    """The measures of each estimator as rows of a Markdown table."""
    rows = [f"| {name} | " + " | ".join(f"{value:.3f}" for value in row) + " |" for name, row in errors.items()]
    return "\n".join([f"| estimator | {' | '.join(CreditError._fields)} |", "|-|-|-|-|-|", *rows])


def _vector(values_N: ArrayLike) -> Floats:
    vector = np.asarray(values_N, dtype=np.float64)
    if vector.ndim != 1 or not np.isfinite(vector).all():
        raise ConfigError("advantages are a flat list of finite numbers")
    return vector


def _centred(values_N: Floats) -> Floats:
    """Minus the mean; all zero for equal values."""
    if values_N.size == 0:
        return values_N
    centred_N = values_N - values_N.mean()
    size = float(np.abs(values_N).max())
    return np.zeros_like(values_N) if float(np.abs(centred_N).max()) <= FLAT * size else centred_N


def _unit(values_N: Floats) -> Floats:
    """Length 1; zeros stay zeros."""
    size = float(np.abs(values_N).max()) if values_N.size else 0.0
    if size == 0:
        return np.zeros_like(values_N)
    scaled_N = values_N / size  # first, so that squares neither overflow nor vanish
    return scaled_N / np.linalg.norm(scaled_N)


def _ranks(values_N: Floats) -> Floats:
    """Rank of each value from 0 up; equal values share the mean of their ranks. All zero for equal values."""
    if not _centred(values_N).any():
        return np.zeros_like(values_N)
    _, place_N, counts = np.unique(values_N, return_inverse=True, return_counts=True)
    last = np.cumsum(counts) - 1.0
    return (last - (counts - 1) / 2.0)[place_N]
