"""Agents without a model."""

import numpy as np
import pytest

import gem
from gem.agents import HumanAgent, RandomAgent, ReplayAgent, Request, SolverAgent
from gem.errors import EnvError
from gem.rollout import Collector, summarise

ID = "game:GuessTheNumber-v1-easy"


def request(env=None):
    env = env or gem.make(ID, seed=0)
    observation, info = env.reset()
    return Request(observation, info, env, np.random.default_rng(0))


def test_the_solver_wins_and_random_play_does_so_seldom():
    solver = summarise(Collector(lambda: gem.make(ID), SolverAgent(), slots=2, seed=0).episodes(100))
    random = summarise(Collector(lambda: gem.make(ID), RandomAgent(), slots=2, seed=0).episodes(100))
    assert solver.success == 1
    assert random.success_high < 0.6


def test_noise_makes_the_solver_worse():
    noisy = summarise(Collector(lambda: gem.make(ID), SolverAgent(noise=0.7), slots=2, seed=0).episodes(100))
    assert 0.3 < noisy.success < 0.9


def test_an_env_without_a_solver_is_named():
    class Mute(gem.Env):
        def _reset(self):
            return "", {}

    with pytest.raises(EnvError, match="Mute has no solver"):
        SolverAgent().act([request(env=Mute())])


def test_replay_says_the_same_in_every_episode():
    agent = ReplayAgent(["\\boxed{1}", "\\boxed{2}"])
    episodes = Collector(lambda: gem.make("game:GuessTheNumber-v1-hard"), agent, slots=2, seed=0).episodes(4)
    for episode in episodes:
        said = [turn.action for turn in episode.turns]
        assert said == ["\\boxed{1}", *["\\boxed{2}"] * (len(said) - 1)]


def test_a_person_sees_the_observation_and_answers():
    seen = []
    agent = HumanAgent(lambda observation: seen.append(observation) or "5")
    asked = request()
    assert agent.act([asked])[0].text == "5"
    assert seen == [asked.observation]
