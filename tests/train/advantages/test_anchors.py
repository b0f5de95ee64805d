"""GiGPO, HGPO and GAGPO against loops, and what becomes of them at the ends of their settings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem.train.advantages import dr_grpo, gagpo, gigpo, grpo, hgpo
from tests.train.advantages import loops
from tests.train.advantages.batches import EPISODES, GAMMAS, LAMS, columns

METHODS = [gigpo, hgpo, gagpo]
by_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.__name__)


def batch_of(episodes):
    return tuple(columns(episodes).values())


@given(EPISODES, GAMMAS, st.sampled_from([0.0, 0.5, 1.0]), st.booleans())
def test_gigpo_is_what_the_loop_says(episodes, gamma, omega, by_std):
    advantages = gigpo(*batch_of(episodes), gamma=gamma, omega=omega, by_std=by_std)
    np.testing.assert_allclose(advantages, loops.gigpo(episodes, gamma, omega, by_std), atol=1e-9)


@given(EPISODES, GAMMAS, st.sampled_from([0.0, 1.0, 2.0]), st.integers(0, 4))
def test_hgpo_is_what_the_loop_says(episodes, gamma, alpha, history):
    advantages = hgpo(*batch_of(episodes), gamma=gamma, alpha=alpha, history=history)
    np.testing.assert_allclose(advantages, loops.hgpo(episodes, gamma, alpha, history), atol=1e-9)


@given(EPISODES, GAMMAS, LAMS, st.booleans())
def test_gagpo_is_what_the_loop_says(episodes, gamma, lam, by_std):
    advantages = gagpo(*batch_of(episodes), gamma=gamma, lam=lam, by_std=by_std)
    np.testing.assert_allclose(advantages, loops.gagpo(episodes, gamma, lam, by_std), atol=1e-8)


@given(EPISODES)
def test_gigpo_without_its_state_part_is_grpo_or_dr_grpo(episodes):
    batch = batch_of(episodes)
    assert gigpo(*batch, omega=0.0).tolist() == grpo(*batch[:3]).tolist()
    assert gigpo(*batch, omega=0.0, by_std=False).tolist() == dr_grpo(*batch[:3]).tolist()


@given(EPISODES, GAMMAS)
def test_hgpo_without_history_is_the_state_part_of_gigpo(episodes, gamma):
    batch = batch_of(episodes)
    state_part = gigpo(*batch, gamma=gamma, omega=1.0) - gigpo(*batch, gamma=gamma, omega=0.0)
    np.testing.assert_allclose(hgpo(*batch, gamma=gamma, history=0), state_part, atol=1e-12)


def test_hgpo_weighs_deeper_groups_more():
    """Both last turns began in c; the first and third episode also came there from the same state."""
    episodes = [(0, [(0.0, "a"), (1.0, "c")]), (0, [(0.0, "b"), (0.0, "c")]), (0, [(0.0, "a"), (0.0, "c")])]
    shallow = np.array([2.0, -1.0, -1.0]) / np.sqrt(2)
    deep = np.array([1.0, 0.0, -1.0])
    advantages = hgpo(*batch_of(episodes), gamma=1.0, history=1, alpha=1.0)[1::2]
    np.testing.assert_allclose(advantages[[0, 2]], ((2 * shallow + 3 * deep) / 5)[[0, 2]])
    np.testing.assert_allclose(advantages[1], shallow[1])


@given(EPISODES, st.integers(0, 3))
def test_hgpo_with_more_history_than_turns_changes_nothing(episodes, extra):
    longest = max(len(turns) for _, turns in episodes) - 1
    batch = batch_of(episodes)
    np.testing.assert_allclose(hgpo(*batch, history=longest + extra), hgpo(*batch, history=longest), atol=1e-12)


@given(EPISODES, GAMMAS)
def test_gagpo_with_lambda_one_is_the_return_less_the_mean_return_of_the_state(episodes, gamma):
    returns = loops.all_returns(episodes, gamma)
    expected = [
        value - loops.mean([returns[key] for key in loops.alike(episodes, *where, 0)])
        for where, value in returns.items()
    ]
    advantages = gagpo(*batch_of(episodes), gamma=gamma, lam=1.0, by_std=False)
    np.testing.assert_allclose(advantages, expected, atol=1e-12)


@by_method
def test_states_that_nobody_else_was_in_say_nothing(method):
    """But for GiGPO's comparison of whole episodes."""
    episodes = [(0, [(0.1, "a"), (0.2, "b")]), (0, [(0.3, "c"), (0.4, "d")]), (1, [(0.7, "a"), (0.7, "b")])]
    advantages = method(*batch_of(episodes))
    assert advantages.tolist() == (gigpo(*batch_of(episodes), omega=0.0).tolist() if method is gigpo else [0] * 6)


@by_method
def test_one_state_in_two_groups_is_not_compared(method):
    episodes = [(0, [(1.0, "a")]), (1, [(0.0, "a")])]
    assert not method(*batch_of(episodes)).any()


@by_method
def test_equal_returns_get_exactly_zero(method):
    """Also where they were rounded differently on their way, which a division by their tiny std would magnify."""
    episodes = [
        (0, [(0.1, "a"), (0.2, "b"), (0.3, "c")]),
        (0, [(0.3, "a"), (0.2, "x"), (0.1, "y")]),
        (0, [(0.2, "a"), (0.1, "z"), (0.3, "c")]),
    ]
    assert not method(*batch_of(episodes), gamma=1.0).any()


@by_method
@pytest.mark.parametrize("reward", [0.0, 1.0, -0.1, 0.1 + 0.2, 1e9])
def test_a_batch_of_equal_episodes_gets_exactly_zero(method, reward):
    episodes = [(number % 3, [(reward, "a"), (reward, "b"), (reward, "c")]) for number in range(24)]
    assert not method(*batch_of(episodes)).any()


@by_method
@given(episodes=EPISODES, scale=st.floats(0.1, 100))
def test_the_scale_of_rewards_does_not_matter(method, episodes, scale):
    batch = columns(episodes)
    scaled = batch | {"rewards_N": [scale * reward for reward in batch["rewards_N"]]}
    np.testing.assert_allclose(method(**scaled), method(**batch), atol=1e-6)


def test_gagpo_credits_the_turn_that_decided():
    """Both went through a and c; what was done in a was right in one and wrong in the other, c changed nothing."""
    won, lost = [(0.0, "a"), (0.0, "w"), (1.0, "x")], [(0.0, "a"), (0.0, "l"), (0.0, "y")]
    episodes = [(0, won), (0, won), (0, lost), (0, lost)]
    advantages = gagpo(*batch_of(episodes), gamma=1.0, lam=0.5, by_std=False)
    np.testing.assert_allclose(advantages, [0.5, 0, 0] * 2 + [-0.5, 0, 0] * 2, atol=1e-12)


@given(EPISODES, GAMMAS)
def test_gagpo_that_knows_each_state_once_is_zero_whatever_lambda_is(episodes, gamma):
    batch = columns(episodes) | {"state_N": range(sum(len(turns) for _, turns in episodes))}
    assert not gagpo(**batch, gamma=gamma, lam=0.3).any()
