"""Collection: every episode that starts is delivered once, whatever its length."""

import numpy as np
import pytest

from gem.agents import RandomAgent
from gem.rollout import Collector
from tests.rollout.toy_envs import Fails, FailsToReset, ShortOrLong

TRUE_MEAN = 8.0


def collector(slots, env=ShortOrLong, seed=0):
    return Collector(env, RandomAgent(), slots=slots, seed=seed)


def lengths(episodes):
    return np.array([len(episode.turns) for episode in episodes])


def first_finished(slots, turns, rounds):
    """How the released GEM collects: stop at enough turns of finished episodes, drop the others, reset."""
    kept = []
    for number in range(rounds):
        kept += collector(slots, seed=number).turns(turns)
    return lengths(kept)


def interval(sample):
    spread = 4 * sample.std() / np.sqrt(len(sample))
    return sample.mean() - spread, sample.mean() + spread


@pytest.mark.slow
@pytest.mark.parametrize(("slots", "turns"), [(4, 16), (16, 128), (64, 128)])
def test_collecting_turns_is_unbiased_where_dropping_unfinished_episodes_is_not(slots, turns):
    stream = collector(slots)
    ours = np.concatenate([lengths(stream.turns(turns)) for _ in range(3000 // turns)])
    low, high = interval(ours)
    assert low < TRUE_MEAN < high
    naive = first_finished(slots, turns, rounds=3000 // turns)
    assert 0.2 < 1 - naive.mean() / TRUE_MEAN < 0.6


@pytest.mark.parametrize("slots", [1, 7, 64])
def test_collecting_episodes_is_unbiased(slots):
    low, high = interval(lengths(collector(slots).episodes(300)))
    assert low < TRUE_MEAN < high


def test_an_episode_depends_neither_on_slots_nor_on_neighbours():
    alone, together = collector(1).episodes(20), collector(8).episodes(20)
    assert [episode.to_dict() for episode in alone] == [episode.to_dict() for episode in together]


def test_no_episode_is_lost_or_repeated_across_calls():
    stream = collector(5)
    indices = [episode.index for _ in range(40) for episode in stream.turns(10)]
    assert len(indices) == len(set(indices))
    assert set(range(min(stream.next_index - 5, 100))) <= set(indices)


def test_a_later_start_goes_on_with_the_same_episodes():
    whole = collector(4).episodes(12)
    resumed = collector(4)
    resumed.next_index = 6
    assert [episode.to_dict() for episode in resumed.episodes(6)] == [episode.to_dict() for episode in whole[6:]]


def test_an_env_that_raises_ends_only_its_own_episode():
    episodes = collector(4, Fails).episodes(40)
    failed = [episode for episode in episodes if episode.error]
    assert {episode.error for episode in failed} == {"RuntimeError: the world broke"}
    assert all(episode.end == "error" and len(episode.turns) == 2 for episode in failed)
    assert 0 < len(failed) < 40
    assert all(episode.success for episode in episodes if not episode.error)


def test_an_env_that_cannot_be_reset_is_recorded():
    episodes = collector(2, FailsToReset).episodes(3)
    assert [episode.error for episode in episodes] == ["OSError: no connection"] * 3
