"""Statistics over few seeds of several envs: the interquartile mean, and intervals from the bootstrap.

After Agarwal et al., "Deep reinforcement learning at the edge of the statistical precipice" (arXiv 2108.13264): seeds
are resampled within each env, never envs. Percentile intervals of five seeds are far too narrow, so they are expanded
as Hesterberg proposes ("What teachers should know about the bootstrap", arXiv 1411.5279). Nothing here knows of runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from gem.errors import ConfigError
from gem.seeding import generator

Statistic = Callable[[np.ndarray], np.ndarray]
"""Takes values along the last axis to one value."""

CONFIDENCE, RESAMPLES = 0.95, 10_000
FEWEST_SEEDS = 5
"""With fewer, even the range of the seeds holds the truth in less than nine of ten cases: then there is no interval."""
LARGEST_T = 1e9


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and where the truth may lie; the bounds are NaN where there are too few seeds to tell."""

    estimate: float
    low: float
    high: float

    @property
    def separable(self) -> bool:
        """Whether zero lies outside: for a difference, whether there is one."""
        return self.low > 0 or self.high < 0


def interquartile_mean(values: np.ndarray) -> np.ndarray:
    """The mean along the last axis without its lowest and highest quarter, each rounded down to whole values.

    >>> interquartile_mean(np.array([0.0, 1.0, 2.0, 99.0])).item()
    1.5
    """
    count = values.shape[-1]
    cut = count // 4
    return np.sort(values, axis=-1)[..., cut : count - cut].mean(axis=-1)


def mean(values: np.ndarray) -> np.ndarray:
    """The mean along the last axis."""
    return values.mean(axis=-1)


def stratified_bootstrap(
    scores_E_S: np.ndarray,
    statistic: Statistic = interquartile_mean,
    *,
    confidence: float = CONFIDENCE,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """The statistic of all scores, E envs by S seeds, with its interval.

    Raises `ConfigError` for scores that are no such table, are empty, or are not finite.
    """
    scores_E_S = _checked(scores_E_S)
    pick = _picks(scores_E_S.shape, resamples, seed)
    drawn_R = statistic(_flat(pick(scores_E_S)))
    return _interval(statistic(scores_E_S.reshape(-1)), drawn_R, scores_E_S.shape, confidence)


def paired_bootstrap(
    scores_E_S: np.ndarray,
    baseline_E_S: np.ndarray,
    statistic: Statistic = interquartile_mean,
    *,
    confidence: float = CONFIDENCE,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """How much the statistic of `scores` exceeds that of `baseline`; the same seeds are drawn for both.

    Raises `ConfigError` as `stratified_bootstrap` does, and for tables of different shapes.
    """
    scores_E_S, baseline_E_S = _checked(scores_E_S), _checked(baseline_E_S)
    if scores_E_S.shape != baseline_E_S.shape:
        raise ConfigError(f"pairs need tables of one shape, not {scores_E_S.shape} and {baseline_E_S.shape}")
    pick = _picks(scores_E_S.shape, resamples, seed)
    drawn_R = statistic(_flat(pick(scores_E_S))) - statistic(_flat(pick(baseline_E_S)))
    estimate = statistic(scores_E_S.reshape(-1)) - statistic(baseline_E_S.reshape(-1))
    return _interval(estimate, drawn_R, scores_E_S.shape, confidence)


def expanded_tail(tail: float, envs: int, seeds: int) -> float:
    """The probability to cut off a bootstrap distribution on one side, so that a mean's interval is Student's.

    Hesterberg's Φ(√(n/(n-1)) · t), with n seeds in each stratum, and the degrees of freedom of all strata together.
    """
    quantile = student_quantile(tail, envs * (seeds - 1))
    return NormalDist().cdf(math.sqrt(seeds / (seeds - 1)) * quantile)


def student_quantile(probability: float, freedom: int) -> float:
    """The quantile of Student's t for whole degrees of freedom, by bisection.

    >>> round(student_quantile(0.975, 4), 3)
    2.776
    """
    if probability < 0.5:
        return -student_quantile(1 - probability, freedom)
    low, high = 0.0, LARGEST_T
    while high - low > 1e-12 * (1 + low):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 + _student_within(middle, freedom)) / 2 < probability else (low, middle)
    return (low + high) / 2


def _student_within(t: float, freedom: int) -> float:
    """P(|T| < t) for t ≥ 0, as a finite sum (Abramowitz and Stegun, 26.7.3 and 26.7.4)."""
    angle = math.atan(t / math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2 == 1
    term = cosine if odd else 1.0
    total = 0.0
    for step in range(2 + odd, freedom + 1, 2):
        total += term
        term *= cosine * cosine * (step - 1) / step
    return 2 / math.pi * (angle + sine * total) if odd else sine * total


def _picks(shape: tuple[int, ...], resamples: int, seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """Draws seeds with replacement within each env: the same ones for every table it is given."""
    envs, seeds = shape
    chosen_R_E_S = generator(seed).integers(seeds, size=(resamples, envs, seeds))
    return lambda scores_E_S: scores_E_S[np.arange(envs)[None, :, None], chosen_R_E_S]


def _flat(drawn_R_E_S: np.ndarray) -> np.ndarray:
    return drawn_R_E_S.reshape(len(drawn_R_E_S), -1)


def _interval(estimate: np.ndarray, drawn_R: np.ndarray, shape: tuple[int, ...], confidence: float) -> Interval:
    envs, seeds = shape
    if seeds < FEWEST_SEEDS:
        return Interval(float(estimate), math.nan, math.nan)
    tail = expanded_tail((1 - confidence) / 2, envs, seeds)
    low, high = np.quantile(drawn_R, [tail, 1 - tail])
    return Interval(float(estimate), float(low), float(high))


def _checked(scores_E_S: np.ndarray) -> np.ndarray:
    scores_E_S = np.asarray(scores_E_S, dtype=np.float64)
    if scores_E_S.ndim != 2 or not scores_E_S.size or not np.isfinite(scores_E_S).all():
        raise ConfigError(f"scores are finite, one row for each env, one column for each seed; got {scores_E_S!r}")
    return scores_E_S
