"""Returns against the plain sum."""

import numpy as np
from hypothesis import given

from gem.train.advantages import reward_to_go
from tests.train.advantages import loops
from tests.train.advantages.batches import EPISODES, GAMMAS, columns


@given(EPISODES, GAMMAS)
def test_reward_to_go_is_the_discounted_sum_of_what_follows(episodes, gamma):
    batch = columns(episodes)
    expected = list(loops.all_returns(episodes, gamma).values())
    np.testing.assert_allclose(reward_to_go(batch["rewards_N"], batch["episode_N"], gamma), expected, atol=1e-12)


def test_reward_to_go_does_not_leak_between_neighbours_with_equal_rewards():
    assert reward_to_go([1, 1, 1], [0, 1, 1], 1.0).tolist() == [1, 2, 1]


def test_episodes_may_have_any_names():
    assert reward_to_go([1, 1, 1], ["b", "a", "a"], 1.0).tolist() == [1, 2, 1]


def test_inputs_are_not_changed():
    rewards = np.array([1.0, 2.0])
    reward_to_go(rewards, [0, 0], 1.0)
    assert rewards.tolist() == [1.0, 2.0]
