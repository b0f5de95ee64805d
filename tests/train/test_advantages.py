"""The estimators against plain loops, on degenerate batches, and for their identities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem.train.advantages import ESTIMATORS, normalise, rebn, reinforce, reward_to_go

REWARDS = st.floats(-10, 10, allow_nan=False)
EPISODES = st.lists(st.lists(REWARDS, min_size=1, max_size=6), min_size=1, max_size=8)
GAMMAS = st.sampled_from([0.0, 0.5, 0.9, 1.0])


def flat(episodes):
    rewards = [reward for episode in episodes for reward in episode]
    numbers = [number for number, episode in enumerate(episodes) for _ in episode]
    return rewards, numbers


@given(EPISODES, GAMMAS)
def test_reward_to_go_is_the_discounted_sum_of_what_follows(episodes, gamma):
    expected = [
        sum(gamma**ahead * reward for ahead, reward in enumerate(episode[turn:]))
        for episode in episodes
        for turn in range(len(episode))
    ]
    np.testing.assert_allclose(reward_to_go(*flat(episodes), gamma), expected, atol=1e-9)


def test_reward_to_go_does_not_leak_between_neighbours_with_equal_rewards():
    assert reward_to_go([1, 1, 1], [0, 1, 1], 1.0).tolist() == [1, 2, 1]


def test_inputs_are_not_changed():
    rewards = np.array([1.0, 2.0])
    reward_to_go(rewards, [0, 0], 1.0)
    assert rewards.tolist() == [1.0, 2.0]


def test_reinforce_is_the_return_itself():
    assert reinforce([0, 0, 1], [0, 0, 0], 0.5).tolist() == [0.25, 0.5, 1.0]


@given(EPISODES, GAMMAS)
def test_rebn_has_zero_mean_and_unit_population_std_or_is_zero(episodes, gamma):
    advantages = rebn(*flat(episodes), gamma)
    assert np.isfinite(advantages).all()
    if advantages.any():
        assert advantages.mean() == pytest.approx(0, abs=1e-9)
        assert advantages.std() == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("value", [-0.1, 0.9, 1.0, 0.0, 1e-30, 1e12, 0.1 + 0.2])
@pytest.mark.parametrize("size", [1, 2, 3, 16, 64, 100, 256, 1000])
def test_rebn_of_equal_returns_is_exactly_zero(value, size):
    """The released GEM gives NaN here, or reinforces format errors (ALGORITHMS.md D2)."""
    advantages = rebn([value] * size, list(range(size)), 0.9)
    assert not advantages.any()


@given(EPISODES, st.floats(0.1, 100), st.floats(-5, 5))
def test_rebn_does_not_care_for_scale_and_offset_of_single_turn_rewards(episodes, scale, offset):
    rewards = [round(episode[0], 2) for episode in episodes]
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


@pytest.mark.parametrize("estimate", ESTIMATORS.values(), ids=ESTIMATORS.keys())
def test_an_empty_batch_gives_an_empty_answer(estimate):
    assert estimate([], [], 0.9).shape == (0,)
