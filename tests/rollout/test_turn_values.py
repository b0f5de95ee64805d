"""The oracle: its values are those that can be computed by hand, within their own error."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gem
from gem.agents import RandomAgent, SolverAgent
from gem.errors import ConfigError
from gem.rollout import Collector
from gem.rollout.moments import Continuation, moments_of, play_on
from gem.rollout.turn_values import turn_values
from tests.rollout.bit_envs import (
    TURNS,
    Bits,
    FragileBits,
    LuckyBits,
    TokenAgent,
    Yes,
    said,
    true_action_value,
    true_value,
)


def played(count=3, env=Bits, agent=None, seed=0, **options):
    return Collector(env, agent or RandomAgent(), slots=2, seed=seed, **options).episodes(count)


def oracle(episodes, env=Bits, agent=None, gamma=0.9, continuations=4, seed=1, **options):
    return turn_values(
        env(), episodes, agent or RandomAgent(), gamma=gamma, continuations=continuations, seed=seed, **options
    )


@pytest.mark.parametrize("gamma", [0.0, 0.6, 1.0])
def test_values_are_the_true_ones_within_their_errors(gamma):
    episodes = played(2)
    found = oracle(episodes, gamma=gamma, continuations=70)
    prefixes = [said(episode)[:turn] for episode in episodes for turn in range(TURNS)]
    after = [said(episode)[: turn + 1] for episode in episodes for turn in range(TURNS)]
    values = np.array([true_value(bits, gamma) for bits in prefixes])
    q = np.array([true_action_value(bits, gamma) for bits in after])
    assert (np.abs(found.values_N - values) <= 4 * found.value_errors_N + 1e-12).all()
    assert (np.abs(found.q_N - q) <= 4 * found.q_errors_N + 1e-12).all()
    assert (np.abs(found.advantages_N - (q - values)) <= 4 * found.advantage_errors_N + 1e-12).all()
    assert found.value_errors_N.max() < 0.15


@pytest.mark.slow
def test_errors_say_how_far_off_values_are():
    episodes = played(1)
    runs = [oracle(episodes, continuations=6, seed=seed) for seed in range(60)]
    spread = np.std([run.values_N for run in runs], axis=0)
    said_to_be = np.sqrt(np.mean([run.value_errors_N**2 for run in runs], axis=0))
    np.testing.assert_allclose(spread, said_to_be, rtol=0.35, atol=1e-3)


def test_each_number_is_that_of_the_continuations_played_one_by_one():
    episodes = played(2, LuckyBits)
    found = oracle(episodes, LuckyBits, gamma=0.8, continuations=3)
    flat = 0
    for episode in episodes:
        n = len(episode.turns)
        for turn, (moment, recorded) in enumerate(zip(moments_of(LuckyBits(), episode), episode.turns, strict=True)):
            seeds = [gem.seeding.derive(1, "value", episode.index, turn, way) for way in range(3)]
            ways = [play_on([Continuation(moment, seed)], RandomAgent(), slots=1)[0] for seed in seeds]
            returns = [sum(0.8**t * reward for t, reward in enumerate(way.rewards)) for way in ways]
            assert found.values_N[flat] == pytest.approx(np.mean(returns))
            assert found.value_errors_N[flat] == pytest.approx(np.std(returns, ddof=1) / math.sqrt(3))
            later = 0.8 * found.values_N[flat + 1] if turn + 1 < n else 0.0
            assert found.q_N[flat] == pytest.approx(recorded.reward + later)
            later_error = 0.8 * found.value_errors_N[flat + 1] if turn + 1 < n else 0.0
            assert found.q_errors_N[flat] == pytest.approx(later_error)
            error = math.sqrt(later_error**2 + found.value_errors_N[flat] ** 2)
            assert found.advantage_errors_N[flat] == pytest.approx(error)
            assert found.advantages_N[flat] == pytest.approx(found.q_N[flat] - found.values_N[flat])
            flat += 1
    assert flat == len(found.values_N)
    assert found.turns_played == 2 * 3 * sum(range(1, TURNS + 1))


def test_a_policy_without_choice_in_a_world_without_chance_has_no_advantages():
    episodes = played(2, agent=Yes())
    found = oracle(episodes, agent=Yes())
    np.testing.assert_allclose(found.advantages_N, 0, atol=1e-12)
    np.testing.assert_allclose(found.advantage_errors_N, 0, atol=1e-12)
    assert found.values_N[0] == pytest.approx(true_value([], 0.9, 1.0))


def test_advantages_of_another_policy_than_the_one_that_played():
    episodes = played(2)
    found = oracle(episodes, agent=Yes(), gamma=1.0)
    mistakes = [turn.action == "0" for episode in episodes for turn in episode.turns]
    assert any(mistakes)
    assert ((found.advantages_N < -0.05) == mistakes).sum() >= len(mistakes) - TURNS


@settings(max_examples=8)
@given(st.integers(1, 9), st.integers(0, 2**40))
def test_values_depend_neither_on_slots_nor_on_other_episodes(slots, seed):
    episodes = played(3, LuckyBits)
    together = oracle(episodes, LuckyBits, continuations=2, seed=seed, slots=slots)
    alone = [oracle([episode], LuckyBits, continuations=2, seed=seed, slots=1) for episode in episodes]
    for name in ("values_N", "value_errors_N", "q_N", "q_errors_N", "advantages_N", "advantage_errors_N"):
        assert getattr(together, name).tolist() == [x for one in alone for x in getattr(one, name).tolist()]


def test_episodes_of_a_group_have_continuations_of_their_own():
    episodes = played(2, agent=Yes(), group_size=2)
    first, second = (oracle([episode], continuations=8).values_N for episode in episodes)
    assert first[0] != second[0]


def test_one_continuation_has_a_value_and_no_error():
    found = oracle(played(2), continuations=1)
    assert np.isfinite(found.values_N).all()
    assert np.isfinite(found.advantages_N).all()
    assert np.isinf(found.value_errors_N).all()
    assert not np.isnan(found.q_errors_N).any()
    assert oracle(played(1), continuations=1, gamma=0.0).q_errors_N.tolist() == [0.0] * TURNS


def test_a_turn_limit_is_the_end():
    episodes = played(2, max_turns=2)
    found = oracle(episodes, max_turns=2, gamma=1.0, continuations=100)
    assert len(found.values_N) == 4
    assert found.q_N[[1, 3]].tolist() == [episode.rewards[-1] for episode in episodes]
    assert found.values_N == pytest.approx([0.1, 0.05, 0.1, 0.05], abs=0.03)


def test_continuations_that_the_world_breaks_off_are_left_out():
    episodes = [episode for episode in played(12, FragileBits) if not episode.error][:2]
    found = oracle(episodes, FragileBits, gamma=1.0, continuations=60)
    assert found.values_N[0] < 0.4  # no second bit is a 1: three bits of 0.05 at most, and never a win
    assert np.isfinite(found.value_errors_N).all()


def test_where_no_continuation_came_to_its_end_the_value_is_zero_and_unknown():
    class Breaks(Bits):
        broken = False

        def _step(self, action):
            if self.broken:
                raise OSError("gone")
            return super()._step(action)

    class BreaksIt(RandomAgent):
        def act(self, requests):
            Breaks.broken = True
            return super().act(requests)

    found = oracle(played(1, Breaks), Breaks, agent=BreaksIt())
    assert found.values_N.tolist() == [0.0] * TURNS
    assert np.isinf(found.value_errors_N).all()
    assert not np.isnan(found.advantages_N).any()


def test_no_episodes_have_no_values():
    found = oracle([])
    assert [len(column) for column in found[:-1]] == [0] * 6
    assert found.turns_played == 0


@pytest.mark.parametrize("settings", [{"gamma": 1.1}, {"gamma": math.nan}, {"continuations": 0}, {"slots": 0}])
def test_settings_that_mean_nothing_are_refused(settings):
    with pytest.raises(ConfigError):
        oracle(played(1), **settings)


def test_an_episode_that_the_world_broke_off_is_refused():
    episodes = [episode for episode in played(12, FragileBits) if episode.error][:1]
    with pytest.raises(ConfigError, match="broke off"):
        oracle(episodes, FragileBits)


def test_every_fork_is_closed():
    episodes = played(2)
    Bits.forks = Bits.closes = 0
    oracle(episodes)
    assert Bits.forks == Bits.closes == 2 * TURNS * (4 + 1)


def test_tokens_or_text_the_values_are_as_good():
    episodes = played(2, agent=TokenAgent())
    found = oracle(episodes, agent=TokenAgent(), continuations=60)
    values = [true_value(said(episode)[:turn], 0.9) for episode in episodes for turn in range(TURNS)]
    assert (np.abs(found.values_N - values) <= 4 * found.value_errors_N + 1e-12).all()


def test_a_random_guess_is_worth_less_than_the_solver_knows_to_make_of_it():
    env = "game:GuessTheNumber-v1-easy"
    episodes = played(2, lambda: gem.make(env), SolverAgent(noise=0.5))
    experts = oracle(episodes, lambda: gem.make(env), SolverAgent(), gamma=1.0, continuations=2)
    randoms = oracle(episodes, lambda: gem.make(env), RandomAgent(), gamma=1.0, continuations=20)
    assert experts.values_N.mean() > randoms.values_N.mean()
    assert experts.values_N[0] == 1.0
