"""RLOO, GRPO, Dr. GRPO and REINFORCE++ against loops, and what holds between them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem.train.advantages import dr_grpo, grpo, reinforce_pp_baseline, rloo
from tests.train.advantages import loops
from tests.train.advantages.batches import EPISODES, GAMMAS, columns

METHODS = {
    rloo: loops.rloo,
    grpo: loops.grpo,
    dr_grpo: lambda episodes, gamma: loops.grpo(episodes, gamma, by_std=False),
    reinforce_pp_baseline: loops.reinforce_pp_baseline,
}
by_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.__name__)


def batch_of(episodes):
    batch = columns(episodes)
    return batch["rewards_N"], batch["episode_N"], batch["group_N"]


@by_method
@given(episodes=EPISODES, gamma=GAMMAS)
def test_it_is_what_the_loop_says(method, episodes, gamma):
    expected = METHODS[method](episodes, gamma)
    np.testing.assert_allclose(method(*batch_of(episodes), gamma=gamma), expected, atol=1e-9)


@pytest.mark.parametrize("method", [rloo, grpo, dr_grpo], ids=lambda method: method.__name__)
@given(episodes=EPISODES, gamma=GAMMAS)
def test_the_advantages_of_a_groups_episodes_sum_to_zero(method, episodes, gamma):
    advantages = method(*batch_of(episodes), gamma=gamma)
    firsts = np.cumsum([0, *(len(turns) for _, turns in episodes[:-1])])
    groups = np.array([group for group, _ in episodes])
    for group in set(groups.tolist()):
        assert advantages[firsts][groups == group].sum() == pytest.approx(0, abs=1e-9)


@given(EPISODES, GAMMAS)
def test_rloo_is_dr_grpo_times_n_over_n_less_one(episodes, gamma):
    groups = [group for group, _ in episodes]
    sizes = np.array([groups.count(group) for group, turns in episodes for _ in turns])
    expected = dr_grpo(*batch_of(episodes), gamma=gamma) * sizes / np.maximum(sizes - 1, 1)
    np.testing.assert_allclose(rloo(*batch_of(episodes), gamma=gamma), expected, atol=1e-12)


@given(EPISODES)
def test_grpo_has_the_populations_unit_std_within_a_group(episodes):
    firsts = np.cumsum([0, *(len(turns) for _, turns in episodes[:-1])])
    groups = np.array([group for group, _ in episodes])
    advantages = grpo(*batch_of(episodes))[firsts]
    for group in set(groups.tolist()):
        spread = advantages[groups == group].std()
        assert spread == pytest.approx(1) or spread == 0


@by_method
def test_the_only_episode_of_a_group_gets_zero(method):
    advantages = method([1, 0, 3, 5, 7], ["a", "a", "b", "c", "d"], ["x", "x", "y", "z", "z"])
    assert advantages[:3].tolist() == [0, 0, 0]
    assert advantages[3] < 0 < advantages[4]


@by_method
@pytest.mark.parametrize("reward", [0.0, 1.0, -0.1, 0.1 + 0.2, 1e9])
def test_equal_returns_get_exactly_zero(method, reward):
    assert not method([reward] * 60, range(60), [0] * 30 + [1] * 30).any()


@by_method
def test_equal_returns_that_were_summed_in_different_orders_get_exactly_zero(method):
    rewards = [0.1, 0.2, 0.3, 0.3, 0.2, 0.1]
    assert sum(rewards[:3]) != sum(rewards[3:])
    assert not method(rewards, [0, 0, 0, 1, 1, 1], [0] * 6).any()


@by_method
def test_every_turn_of_an_episode_gets_the_same(method):
    advantages = method([0, 0, 1, 0, 0], [0, 0, 0, 1, 1], [0] * 5)
    assert len(set(advantages[:3])) == len(set(advantages[3:])) == 1
    assert advantages[0] > 0 > advantages[3]


@pytest.mark.parametrize("method", [grpo, reinforce_pp_baseline], ids=lambda method: method.__name__)
@given(episodes=EPISODES, scale=st.floats(0.1, 100), offset=st.floats(-5, 5))
def test_scale_and_offset_of_single_turn_rewards_do_not_matter(method, episodes, scale, offset):
    rewards = np.array([turns[0][0] for _, turns in episodes])
    groups = [group for group, _ in episodes]
    moved = method(scale * rewards + offset, range(len(rewards)), groups)
    np.testing.assert_allclose(moved, method(rewards, range(len(rewards)), groups), atol=1e-6)


@pytest.mark.parametrize("method", [rloo, dr_grpo], ids=lambda method: method.__name__)
def test_without_a_std_the_scale_of_rewards_stays(method):
    small, large = (method([0, scale], [0, 1], [0, 0]) for scale in (1, 10))
    np.testing.assert_allclose(large, 10 * small)
