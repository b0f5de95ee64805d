"""Statistics of episodes."""

import math

import pytest

from gem.rollout import Episode, Turn, summarise
from gem.rollout.summary import wilson_interval


def episode(rewards, success=False, error=None):
    return Episode("id", 0, [Turn("", "", reward) for reward in rewards], success=success, error=error)


def test_figures_of_a_few_episodes():
    summary = summarise([episode([0, 1], True), episode([0, 0, 0]), episode([-0.1]), episode([0], error="lost")])
    assert (summary.episodes, summary.errors) == (3, 1)
    assert summary.success == pytest.approx(1 / 3)
    assert summary.mean_turns == pytest.approx(2)
    assert summary.mean_turns_of_wins == 2
    assert summary.format_errors == pytest.approx(1 / 3)
    assert summary.mean_return == pytest.approx(0.3)


def test_nothing_to_summarise_is_no_crash():
    summary = summarise([])
    assert math.isnan(summary.success)
    assert (summary.success_low, summary.success_high) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("wins", "trials", "low", "high"), [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962)]
)
def test_wilson_interval_has_the_published_values(wins, trials, low, high):
    assert wilson_interval(wins, trials) == pytest.approx((low, high), abs=1e-4)
