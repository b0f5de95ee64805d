"""The group loop: which episodes it compares, and what it does when none of them says anything."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gem.core import Env, termination
from gem.rollout import Collector
from gem.train.algorithms import GROUPED
from gem.train.evaluation import training_collector
from gem.train.grpo import advantages, grpo
from gem.train.improvement import Improvement
from gem.train.learner import adamw
from tests.train.small_agents import SMALL, guess, small_agent

GROUPS = replace(SMALL, algo="grpo", episodes=8, group_size=4, iterations=2)


class Coin(Env):
    """Pays by the parity of the reply's length, or always the same."""

    def __init__(self, fair: bool = True) -> None:
        super().__init__()
        self.fair = fair

    def _reset(self):
        self.state = None
        return "say something", {}

    def _step(self, action):
        return termination("thanks", float(len(action) % 2) if self.fair else 1.0)

    def sample_random_action(self, rng=None):
        return "a"


def trained(make_env, **settings):
    agent = small_agent(make_env)
    before = {name: weight.clone() for name, weight in agent.weights().items()}
    config = replace(GROUPS, **settings)
    collector = Collector(make_env, agent, slots=8, seed=0, group_size=4)
    metrics = list(grpo(config, Improvement(config, agent, adamw(agent.module, 1e-2)), collector))
    moved = any(not torch.equal(weight, before[name]) for name, weight in agent.weights().items())
    return metrics, moved, collector


def test_groups_of_equal_returns_update_nothing():
    metrics, moved, _ = trained(lambda: Coin(fair=False), filter="dynamic")
    assert [line["kept"] for line in metrics] == [0, 0]
    assert not moved
    assert "loss" not in metrics[0]


def test_without_the_filter_equal_returns_have_no_advantage_either():
    metrics, moved, _ = trained(lambda: Coin(fair=False))
    assert [line["kept"] for line in metrics] == [1, 1]
    assert not moved


def test_unequal_groups_teach():
    metrics, moved, _ = trained(Coin)
    assert moved
    assert metrics[0]["grad_norm"] > 0


@pytest.mark.parametrize(("refills", "rounds"), [(0, 1), (2, 3)])
def test_flat_groups_are_made_up_for_by_more_rounds(refills, rounds):
    _, _, collector = trained(lambda: Coin(fair=False), filter="dynamic", refills=refills, iterations=1)
    assert collector.next_index == 8 * rounds


def test_full_batches_ask_for_no_more_rounds():
    metrics, _, collector = trained(Coin, filter="none", refills=5, iterations=1)
    assert collector.next_index == 8
    assert metrics[0]["kept"] == 1


@pytest.mark.parametrize("algo", GROUPED)
def test_every_method_gives_each_turn_a_finite_advantage(algo):
    config = replace(GROUPS, algo=algo)
    episodes = training_collector(config, small_agent()).episodes(8)
    for number, episode in enumerate(episodes):
        episode.turns[-1].reward = float(number % 3)
    advantages_N = advantages(config, episodes)
    assert advantages_N.shape == (sum(len(episode.turns) for episode in episodes),)
    assert np.isfinite(advantages_N).all()
    assert advantages_N.any()


@pytest.mark.parametrize(("algo", "named"), [("grpo", False), ("gigpo", True), ("hgpo", True), ("gagpo", True)])
def test_states_are_named_for_the_methods_that_compare_them(algo, named):
    config = replace(GROUPS, algo=algo)
    episodes = training_collector(config, small_agent(guess)).episodes(4)
    assert all(bool(turn.state) == named for episode in episodes for turn in episode.turns)
    assert len({episode.turns[0].state for episode in episodes}) == 1
    assert {episode.group for episode in episodes} == {0}
