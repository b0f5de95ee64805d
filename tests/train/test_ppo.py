"""The loop with a critic: it learns values as it trains, and limits are not taken for ends."""

from dataclasses import replace

import pytest

from gem.rollout import Collector
from gem.train.critic import Critic
from gem.train.improvement import Improvement
from gem.train.learner import adamw
from gem.train.ppo import ppo
from tests.train.small_agents import SMALL, Ladder, small_agent


def values_after(truncates, gamma, iterations=60):
    agent = small_agent(lambda: Ladder(truncates))
    config = replace(
        SMALL, algo="ppo", gamma=gamma, lam=1.0, lr=0.0, critic_lr=1e-2, episodes=32, iterations=iterations,
        lr_warmup=0, lr_decay=0.5,
    )  # fmt: skip
    critic = Critic(agent)
    improvement = Improvement(config, agent, adamw(agent.module, 0.0))
    collector = Collector(lambda: Ladder(truncates), agent, slots=32, seed=0)
    metrics = list(ppo(config, improvement, collector, critic, adamw(critic, 1e-2)))
    episodes = Collector(lambda: Ladder(truncates), agent, slots=8, seed=5).episodes(8)
    high = next(episode for episode in episodes if "high" in episode.turns[0].observation)
    return metrics, critic.values([high])[0]


@pytest.mark.slow
def test_values_are_those_of_what_follows():
    metrics, values_N = values_after(truncates=False, gamma=0.5)
    assert values_N == pytest.approx([1.75, 1.5, 1.0], abs=0.15)
    assert metrics[0]["explained_variance"] == pytest.approx(0, abs=1e-6)
    assert metrics[-1]["explained_variance"] > 0.9
    assert metrics[-1]["critic_error"] < 0.02


@pytest.mark.slow
def test_an_episode_that_a_limit_broke_off_goes_on_in_the_critics_eyes():
    """1 a turn for ever, at γ = 0.5, is worth 2."""
    _, values_N = values_after(truncates=True, gamma=0.5)
    assert values_N == pytest.approx([2.0, 2.0, 2.0], abs=0.25)
