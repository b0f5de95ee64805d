"""REINFORCE, and ReBN's mean, spread and invariances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem.train.advantages import normalise, rebn, reinforce, reward_to_go
from tests.train.advantages import loops
from tests.train.advantages.batches import EPISODES, GAMMAS, columns


def returns_and_episodes(episodes):
    batch = columns(episodes)
    return batch["rewards_N"], batch["episode_N"]


def test_reinforce_is_the_return_itself():
    assert reinforce([0, 0, 1], [0, 0, 0], 0.5).tolist() == [0.25, 0.5, 1.0]


@given(EPISODES, GAMMAS)
def test_rebn_is_the_return_compared_with_all_of_the_batch(episodes, gamma):
    returns = list(loops.all_returns(episodes, gamma).values())
    expected = [loops.compared(value, returns) for value in returns]
    np.testing.assert_allclose(rebn(*returns_and_episodes(episodes), gamma), expected, atol=1e-9)


@given(EPISODES, GAMMAS)
def test_rebn_has_zero_mean_and_unit_population_std_or_is_zero(episodes, gamma):
    advantages = rebn(*returns_and_episodes(episodes), gamma)
    if advantages.any():
        assert advantages.mean() == pytest.approx(0, abs=1e-9)
        assert advantages.std() == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("value", [-0.1, 0.9, 1.0, 0.0, 1e-30, 1e12, 0.1 + 0.2])
@pytest.mark.parametrize("size", [1, 2, 3, 16, 64, 100, 256, 1000])
def test_rebn_of_equal_returns_is_exactly_zero(value, size):
    """The released GEM gives NaN here, or reinforces format errors."""
    assert not rebn([value] * size, list(range(size)), 0.9).any()


@given(EPISODES, st.floats(0.1, 100), st.floats(-5, 5))
def test_rebn_does_not_care_for_scale_and_offset_of_single_turn_rewards(episodes, scale, offset):
    rewards = [turns[0][0] for _, turns in episodes]
    numbers = list(range(len(rewards)))
    moved = [scale * reward + offset for reward in rewards]
    np.testing.assert_allclose(rebn(moved, numbers, 0.9), rebn(rewards, numbers, 0.9), atol=1e-6)


def test_rebn_of_zero_one_rewards_equals_that_of_minus_one_one_rewards_but_reinforce_differs():
    episodes = [0, 1, 2, 3]
    np.testing.assert_allclose(rebn([0, 1, 1, 0], episodes, 1.0), rebn([-1, 1, 1, -1], episodes, 1.0))
    assert reinforce([0, 1, 1, 0], episodes, 1.0).tolist() != reinforce([-1, 1, 1, -1], episodes, 1.0).tolist()


def test_normalise_keeps_small_differences_beside_a_large_offset():
    advantages = normalise(np.array([1e6, 1e6 + 1, 1e6 + 2]))
    np.testing.assert_allclose(advantages, [-np.sqrt(1.5), 0, np.sqrt(1.5)], atol=1e-6)


def test_normalise_takes_off_the_mean_that_rounding_left():
    assert abs(normalise(np.array([1e7 + 0.1, 1e7 + 0.7, 1e7 + 0.9] * 1000)).mean()) < 1e-12


@given(EPISODES, GAMMAS)
def test_rebn_is_the_normalised_return(episodes, gamma):
    batch = returns_and_episodes(episodes)
    assert rebn(*batch, gamma).tolist() == normalise(reward_to_go(*batch, gamma)).tolist()
