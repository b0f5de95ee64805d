"""What a set of episodes says: success with its interval, return, turns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from gem.rollout.trajectory import Episode


@dataclass(frozen=True, slots=True)
class Summary:
    """Statistics over finished episodes; those that the world broke off are counted apart."""

    episodes: int
    success: float
    """Share of episodes that reached the goal."""
    success_low: float
    success_high: float
    """95 % Wilson interval of the success rate."""
    mean_return: float
    mean_turns: float
    mean_turns_of_wins: float
    format_errors: float
    """Share of episodes that ended with a negative reward: a reply that could not be read."""
    errors: int


def summarise(episodes: Sequence[Episode]) -> Summary:
    """Statistics of `episodes`; rates are NaN where there is nothing to divide by."""
    played = [episode for episode in episodes if episode.error is None]
    wins = [episode for episode in played if episode.success]
    low, high = wilson_interval(len(wins), len(played))
    return Summary(
        episodes=len(played),
        success=_mean([episode.success for episode in played]),
        success_low=low,
        success_high=high,
        mean_return=_mean([episode.total_reward for episode in played]),
        mean_turns=_mean([len(episode.turns) for episode in played]),
        mean_turns_of_wins=_mean([len(episode.turns) for episode in wins]),
        format_errors=_mean([bool(episode.turns) and episode.turns[-1].reward < 0 for episode in played]),
        errors=len(episodes) - len(played),
    )


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of a success probability (Wilson 1927); (0, 1) without trials.

    >>> [round(bound, 3) for bound in wilson_interval(9, 10)]
    [0.596, 0.982]
    """
    if trials == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    rate = successes / trials
    centre = rate + z * z / (2 * trials)
    spread = z * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    low, high = (centre - spread) / scale, (centre + spread) / scale
    return max(0.0, min(rate, low)), min(1.0, max(rate, high))  # rounding must not push the rate itself out


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan
