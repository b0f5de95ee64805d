"""Packing: what stands where, and how much it saves."""

from __future__ import annotations

import pytest
import torch

from gem.rollout.trajectory import Episode, Turn
from gem.train.batch import Batch, flat_turns, prompt_states
from tests.train.small_agents import Ladder, small_agent

SHORT = Episode("a", 0, [Turn("", "", 1.0, [1, 2], [3], [-0.5])], group=4)
LONG = Episode(
    "b", 0, [Turn("", "", 0.0, [1, 2], [3, 4], [-0.1, -0.2]), Turn("", "", 2.0, [5], [6], [-0.3], state="s")],
    end="truncated", group=5, final_ids=[7, 8],
)  # fmt: skip


def test_rows_hold_whole_episodes_and_say_what_was_chosen():
    batch = Batch.of([SHORT, LONG], pad=0)
    assert batch.ids_B_T.tolist() == [[1, 2, 3, 0, 0, 0, 0, 0], [1, 2, 3, 4, 5, 6, 7, 8]]
    assert batch.lengths_B.tolist() == [3, 8]
    assert batch.ids_B_T[batch.chosen_B_T].tolist() == [3, 3, 4, 6]
    assert batch.logprobs_M.tolist() == pytest.approx([-0.5, -0.1, -0.2, -0.3])
    assert batch.turn_M.tolist() == [0, 1, 1, 2]
    assert batch.prompt_N_2.tolist() == [[0, 1], [1, 1], [1, 4]]
    assert batch.final_B.tolist() == [-1, 7]


@pytest.mark.parametrize(("context", "final"), [(8, 7), (7, -1), (None, 7)])
def test_a_final_observation_that_does_not_fit_is_left_out(context, final):
    batch = Batch.of([LONG], pad=0, context=context)
    assert batch.final_B.tolist() == [final]
    assert batch.ids_B_T.shape[1] == (6 if final < 0 else 8)


def test_turns_are_flat_and_know_their_episode_group_and_state():
    turns = flat_turns([SHORT, LONG])
    assert turns.rewards_N.tolist() == [1, 0, 2]
    assert turns.episode_N.tolist() == [0, 1, 1]
    assert turns.group_N.tolist() == [4, 5, 5]
    assert turns.state_N == ["", "", "s"]


def test_no_episodes_have_no_turns():
    turns = flat_turns([])
    assert (len(turns.rewards_N), len(turns.episode_N), len(turns.group_N), turns.state_N) == (0, 0, 0, [])


def test_a_batch_moves_as_a_whole():
    batch = Batch.of([SHORT, LONG], pad=0).to(torch.device("meta"))
    assert all(getattr(batch, name).device.type == "meta" for name in Batch.__slots__)


def test_shares_of_parts_add_up_to_one():
    parts = [Batch.of([SHORT], pad=0), Batch.of([LONG], pad=0)]
    assert [part.share_of([SHORT, LONG], by_tokens=True) for part in parts] == [0.25, 0.75]
    assert [part.share_of([SHORT, LONG], by_tokens=False) for part in parts] == pytest.approx([1 / 3, 2 / 3])


def test_states_are_read_where_prompts_end():
    agent = small_agent(Ladder)
    batch = Batch.of([SHORT, LONG], agent.pad)
    states_N_D, finals_B_D = prompt_states(agent, batch)
    alone = agent.hidden(torch.tensor([[1, 2, 3, 4, 5]]), torch.tensor([5]))[0]
    torch.testing.assert_close(states_N_D[1], alone[1])
    torch.testing.assert_close(states_N_D[2], alone[4])
    assert not finals_B_D[0].any()
    assert finals_B_D[1].any()


def test_packing_feeds_a_third_of_the_tokens_of_one_sample_a_turn():
    """Seven turns of equal length: one sample a turn feeds each turn's past again, 4 times as much in all."""
    turns = [Turn("", "", 0.0, [1] * 20, [2] * 5, [-0.1] * 5) for _ in range(7)]
    packed = int(Batch.of([Episode("c", 0, turns)], pad=0).lengths_B.sum())
    one_a_turn = sum(25 * (number + 1) for number in range(7))
    assert one_a_turn / packed == 4.0
