"""The critic knows the state: where it reads, what follows a limit, and that it learns."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gem.rollout import Collector
from gem.train.advantages import reward_to_go
from gem.train.batch import Batch, flat_turns
from gem.train.critic import Critic
from gem.train.diagnostics import explained_variance
from gem.train.learner import adamw
from tests.train.small_agents import SMALL, Ladder, guess, small_agent


def with_random_head(agent):
    critic = Critic(agent)
    torch.nn.init.normal_(critic.head.weight, generator=torch.Generator().manual_seed(0))
    return critic


def test_a_critic_begins_at_zero_everywhere():
    agent = small_agent(Ladder)
    values_N, finals_E = Critic(agent).values(Collector(Ladder, agent, slots=4, seed=0).episodes(4))
    assert values_N.shape == (12,)
    assert not values_N.any()
    assert not finals_E.any()


def test_values_differ_between_states_where_the_first_token_is_the_same():
    """Read at the first token, as the released GEM does, every state has one value (ALGORITHMS.md D1)."""
    agent = small_agent(Ladder)
    episodes = Collector(Ladder, agent, slots=8, seed=0).episodes(8)
    critic = with_random_head(agent)
    values_N, _ = critic.values(episodes)
    first_B = agent.hidden(Batch.of(episodes, agent.pad).ids_B_T, None)[:, 0]
    assert torch.equal(first_B, first_B[:1].expand_as(first_B))
    assert len(np.unique(values_N.round(6))) >= 6


def test_a_value_is_read_before_the_reply():
    """What the policy goes on to say does not change the value of the state that it says it in."""
    agent = small_agent(Ladder)
    episode = Collector(Ladder, agent, slots=1, seed=0).episodes(1)[0]
    critic = with_random_head(agent)
    before_N, _ = critic.values([episode])
    episode.turns[1].token_ids = [agent.renderer.encode("x")[0]] * 3
    episode.turns[1].logprobs = [0.0] * 3
    after_N, _ = critic.values([episode])
    np.testing.assert_allclose(after_N[:2], before_N[:2], atol=1e-5)
    assert abs(after_N[2] - before_N[2]) > 1e-4


@pytest.mark.parametrize(("truncates", "context"), [(True, 128), (False, 128), (True, 48)])
def test_only_a_limit_leaves_a_value_behind_and_only_within_the_context(truncates, context):
    agent = small_agent(Ladder, context=context, max_new_tokens=2)
    episodes = Collector(lambda: Ladder(truncates), agent, slots=4, seed=0).episodes(4)
    for episode in episodes:
        if context == 48:
            episode.final_ids = episode.final_ids * 40
    critic = with_random_head(agent)
    values_N, finals_E = critic.values(episodes)
    assert (finals_E != 0).tolist() == [truncates and context == 128] * 4
    assert np.isfinite(values_N).all()


def test_the_final_value_is_that_of_the_final_observation():
    """It is the value of a fourth turn, if there were one."""
    agent = small_agent(Ladder)
    episode = Collector(Ladder, agent, slots=1, seed=0).episodes(1)[0]
    critic = with_random_head(agent)
    _, finals_E = critic.values([episode])
    longer = replace(episode, turns=[*episode.turns, replace(episode.turns[0], prompt_ids=episode.final_ids)])
    values_N, _ = critic.values([longer])
    assert finals_E[0] == pytest.approx(values_N[3], abs=1e-5)


def test_parts_that_fit_into_memory_have_the_same_values():
    agent = small_agent(Ladder)
    episodes = Collector(Ladder, agent, slots=4, seed=0).episodes(7)
    critic = with_random_head(agent)
    for whole, parts in zip(critic.values(episodes), critic.values(episodes, 2), strict=True):
        np.testing.assert_allclose(whole, parts, atol=1e-5)


@pytest.mark.slow
def test_a_critic_explains_returns_that_a_constant_cannot():
    agent = small_agent(Ladder)
    episodes = Collector(Ladder, agent, slots=16, seed=0).episodes(64)
    turns = flat_turns(episodes)
    returns_N = reward_to_go(turns.rewards_N, turns.episode_N, 1.0)
    critic = Critic(agent)
    optimiser = adamw(critic, 1e-2)
    config = replace(SMALL, critic_lr=1e-2, lr_warmup=0, critic_epochs=2, iterations=20)
    errors = [critic.fit(config, optimiser, episodes, returns_N, iteration) for iteration in range(20)]
    assert errors[-1] < 0.2 * errors[0]
    fresh = Collector(Ladder, agent, slots=16, seed=1).episodes(32)
    turns = flat_turns(fresh)
    returns_N = reward_to_go(turns.rewards_N, turns.episode_N, 1.0)
    assert explained_variance(critic.values(fresh)[0], returns_N) > 0.8
    assert explained_variance(np.full(len(returns_N), returns_N.mean()), returns_N) == pytest.approx(0, abs=1e-9)


def test_a_twin_does_not_touch_the_policy():
    agent = small_agent(guess)
    before = {name: weight.clone() for name, weight in agent.weights().items()}
    critic = Critic(agent)
    with torch.no_grad():
        for weight in critic.parameters():
            weight.add_(1.0)
    assert all(torch.equal(weight, before[name]) for name, weight in agent.weights().items())
    assert len(list(critic.parameters())) == len(list(agent.module.parameters())) + 2
