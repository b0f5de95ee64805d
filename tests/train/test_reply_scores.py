"""Whether replies depend on prompts: scored as the policy would have said them."""

import numpy as np
import pytest
import torch

from gem.rollout import Collector
from gem.rollout.trajectory import Episode, Turn
from gem.train.batch import Batch, chosen_logprobs
from gem.train.collapse import prompt_dependence
from gem.train.reply_scores import reply_dependence
from tests.train.small_agents import Ladder, small_agent


def spoken(prompt, reply):
    return Episode(None, None, [Turn("", "", 0.0, prompt, reply, [0.0] * len(reply))])


def test_every_reply_is_scored_under_every_prompt():
    agent = small_agent(Ladder)
    prompts, replies = [[5, 6, 7], [8, 9], [10, 11]], [[3, 2], [4], [5, 6, 1]]
    expected = np.empty((3, 3))
    for row, reply in enumerate(replies):
        for column, prompt in enumerate(prompts):
            with torch.no_grad():
                expected[row, column] = chosen_logprobs(agent, Batch.of([spoken(prompt, reply)], 0))[0].sum()
    found = reply_dependence(agent, [spoken(*pair) for pair in zip(prompts, replies, strict=True)])
    assert found.information == pytest.approx(prompt_dependence(expected).information, abs=1e-5)
    assert found.ceiling == pytest.approx(np.log(3))


@pytest.mark.parametrize("episodes", [[], [Episode(None, None)], [spoken([1] * 500, [2])]])
def test_nothing_to_compare_is_no_dependence(episodes):
    found = reply_dependence(small_agent(Ladder), episodes)
    assert (found.information, found.share) == (0, 0)


def test_equal_prompts_count_once_and_no_more_than_asked_for():
    agent = small_agent(Ladder)
    episodes = [spoken([5, 6], [3]), spoken([5, 6], [4]), spoken([7], [3]), spoken([8], [3])]
    assert reply_dependence(agent, episodes).ceiling == pytest.approx(np.log(3))
    assert reply_dependence(agent, episodes, most=2).ceiling == pytest.approx(np.log(2))


def test_an_untrained_policy_hardly_reads_its_prompts():
    agent = small_agent(Ladder)
    found = reply_dependence(agent, Collector(Ladder, agent, slots=8, seed=0).episodes(8))
    assert found.share < 0.5
