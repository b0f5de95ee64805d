"""GTPO against a loop."""

import numpy as np
from hypothesis import given

from gem.train.advantages import grpo, gtpo
from tests.train.advantages import loops
from tests.train.advantages.batches import EPISODES, GAMMAS, columns


def batch_of(episodes):
    batch = columns(episodes)
    return batch["rewards_N"], batch["episode_N"], batch["group_N"]


@given(EPISODES, GAMMAS)
def test_it_is_what_the_loop_says(episodes, gamma):
    np.testing.assert_allclose(gtpo(*batch_of(episodes), gamma=gamma), loops.gtpo(episodes, gamma), atol=1e-9)


@given(EPISODES)
def test_of_single_turns_it_is_grpo(episodes):
    batch = batch_of([(group, turns[:1]) for group, turns in episodes])
    np.testing.assert_allclose(gtpo(*batch), grpo(*batch))


def test_a_turn_that_no_other_episode_reached_gets_zero():
    advantages = gtpo([0, 0, 1, 0], [0, 0, 0, 1], [0] * 4)
    assert advantages[0] > 0 > advantages[3]
    assert advantages[1:3].tolist() == [0, 0]
