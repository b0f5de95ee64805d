"""Turn-level and bi-level GAE against sums of residuals, and their identities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem.train.advantages import bilevel_gae, gae, reward_to_go
from tests.train.advantages import loops
from tests.train.advantages.batches import EPISODES, GAMMAS, LAMS, VALUES, columns


@st.composite
def valued(draw):
    """Episodes, the values of each turn's tokens, and final values."""
    episodes = draw(EPISODES)
    turns = sum(len(turns) for _, turns in episodes)
    tokens = draw(st.lists(st.lists(VALUES, min_size=1, max_size=3), min_size=turns, max_size=turns))
    finals = draw(st.lists(VALUES, min_size=len(episodes), max_size=len(episodes)))
    return episodes, tokens, finals


def turns_of(episodes):
    batch = columns(episodes)
    return batch["rewards_N"], batch["episode_N"]


def flat(tokens):
    return [value for values in tokens for value in values], [turn for turn, own in enumerate(tokens) for _ in own]


def returns_with(episodes, finals, gamma):
    """The discounted return of each turn, the final value included."""
    with_final = [(group, [*turns, (final, "")]) for (group, turns), final in zip(episodes, finals, strict=True)]
    everything = loops.all_returns(with_final, gamma)
    return np.array([value for (number, turn), value in everything.items() if turn < len(episodes[number][1])])


@given(valued(), GAMMAS, LAMS)
def test_gae_is_the_sum_of_residuals(batch, gamma, lam):
    episodes, tokens, finals = batch
    values = [own[0] for own in tokens]
    advantages = gae(*turns_of(episodes), values, finals, gamma=gamma, lam=lam)
    np.testing.assert_allclose(advantages, loops.gae(episodes, values, finals, gamma, lam), atol=1e-12)


@given(valued(), GAMMAS)
def test_gae_with_lambda_one_is_the_return_with_bootstrap_less_the_value(batch, gamma):
    episodes, tokens, finals = batch
    values = np.array([own[0] for own in tokens])
    advantages = gae(*turns_of(episodes), values, finals, gamma=gamma, lam=1.0)
    np.testing.assert_allclose(advantages, returns_with(episodes, finals, gamma) - values, atol=1e-12)


@given(valued(), GAMMAS)
def test_gae_of_ended_episodes_with_lambda_one_is_the_return_less_the_value(batch, gamma):
    episodes, tokens, _ = batch
    values = np.array([own[0] for own in tokens])
    advantages = gae(*turns_of(episodes), values, gamma=gamma, lam=1.0)
    np.testing.assert_allclose(advantages, reward_to_go(*turns_of(episodes), gamma) - values, atol=1e-12)


def test_gae_with_lambda_zero_is_the_residual():
    advantages = gae([1, 2, 3], [0, 0, 1], [10, 20, 30], [5, 7], gamma=0.5, lam=0.0)
    assert advantages.tolist() == [1 + 0.5 * 20 - 10, 2 + 0.5 * 5 - 20, 3 + 0.5 * 7 - 30]


def test_gae_of_an_episode_that_goes_as_valued_is_zero():
    assert gae([0, 0, 1], [0, 0, 0], [0.25, 0.5, 1.0], gamma=0.5, lam=0.9).tolist() == [0, 0, 0]


def test_a_broken_off_episode_is_not_blamed_for_what_it_could_not_earn():
    ended, broken = (gae([0], [0], [1.0], [final], gamma=1.0, lam=0.95) for final in (0.0, 1.0))
    assert ended.tolist() == [-1]
    assert broken.tolist() == [0]


@given(valued(), GAMMAS, LAMS, GAMMAS, LAMS)
def test_bilevel_gae_is_what_the_loop_says(batch, gamma, lam, gamma_token, lam_token):
    episodes, tokens, finals = batch
    settings = {"gamma": gamma, "lam": lam, "gamma_token": gamma_token, "lam_token": lam_token}
    advantages = bilevel_gae(*turns_of(episodes), *flat(tokens), finals, **settings)
    np.testing.assert_allclose(advantages, loops.bilevel_gae(episodes, tokens, finals, **settings), atol=1e-12)


@given(valued(), GAMMAS, LAMS)
def test_bilevel_gae_with_one_token_per_turn_is_turn_level_gae(batch, gamma, lam):
    episodes, tokens, finals = batch
    values = [own[0] for own in tokens]
    expected = gae(*turns_of(episodes), values, finals, gamma=gamma, lam=lam)
    for gamma_token, lam_token in [(1.0, 1.0), (0.5, 0.3)]:
        settings = {"gamma": gamma, "lam": lam, "gamma_token": gamma_token, "lam_token": lam_token}
        advantages = bilevel_gae(*turns_of(episodes), values, range(len(values)), finals, **settings)
        np.testing.assert_allclose(advantages, expected, atol=1e-12)


@given(valued(), GAMMAS)
def test_undiscounted_tokens_get_the_return_of_their_turn_less_their_own_value(batch, gamma):
    episodes, tokens, finals = batch
    values_M, turn_M = flat(tokens)
    advantages = bilevel_gae(*turns_of(episodes), values_M, turn_M, finals, gamma=gamma, lam=1.0)
    np.testing.assert_allclose(advantages, returns_with(episodes, finals, gamma)[turn_M] - values_M, atol=1e-12)


def test_a_turn_without_reward_is_a_turn_all_the_same():
    """A discount per turn shows that the first turn, which earned nothing, was counted."""
    advantages = bilevel_gae([0, 1], [0, 0], [0.0] * 4, [0, 0, 1, 1], gamma=0.5)
    assert advantages.tolist() == [0.5, 0.5, 1.0, 1.0]


@pytest.mark.parametrize("method", [gae, bilevel_gae])
def test_equal_nothings_are_zero(method):
    values = [[0.0] * 3] if method is gae else [[0.0] * 3, [0, 1, 2]]
    assert not method([0, 0, 0], [0, 0, 1], *values).any()
