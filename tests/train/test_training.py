"""Training on real episodes: aligned log-probabilities, exact resumption, learning."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

import gem
from gem.agents import RandomAgent
from gem.core import Env, termination
from gem.errors import CheckpointError, ConfigError, EnvError
from gem.rollout import Collector
from gem.train.batch import Batch, chosen_logprobs, flat_turns
from gem.train.config import TrainConfig
from gem.train.improvement import Improvement
from gem.train.learner import adamw
from gem.train.outcome import usable
from gem.train.reinforce import reinforce
from gem.train.session import train
from gem.train.watch import Watcher
from tests.train.small_agents import ID, SMALL, small_agent


@pytest.mark.parametrize("temperature", [1.0, 0.8])
def test_training_logprobs_equal_those_of_the_rollout(temperature):
    """One test for masks, padding, positions and re-tokenisation at once."""
    agent = small_agent(lambda: gem.make(ID), temperature=temperature)
    episodes = Collector(lambda: gem.make(ID), agent, slots=7, seed=3).episodes(20)
    batch = Batch.of(episodes, agent.renderer.pad)
    with torch.no_grad():
        logprobs_M, entropy_M = chosen_logprobs(agent, batch, temperature)
    np.testing.assert_allclose(logprobs_M, batch.logprobs_M, atol=1e-5)
    assert (entropy_M > 0).all()


def test_prompt_tokens_get_no_gradient_of_their_own():
    agent = small_agent(lambda: gem.make(ID))
    episodes = Collector(lambda: gem.make(ID), agent, slots=4, seed=3).episodes(4)
    batch = Batch.of(episodes, agent.renderer.pad)
    assert int(batch.chosen_B_T.sum()) == sum(len(turn.token_ids) for episode in episodes for turn in episode.turns)
    assert batch.turn_M.tolist() == [
        number
        for number, turn in enumerate(turn for episode in episodes for turn in episode.turns)
        for _ in turn.token_ids
    ]


def test_equal_returns_leave_the_weights_alone():
    """A batch in which every episode ends with the same reward teaches nothing."""

    class AlwaysTheSame(Env):
        def _reset(self):
            self.state = None
            return "say something", {}

        def _step(self, action):
            return termination("thanks", -0.1, success=False)

        def sample_random_action(self, rng=None):
            return "\\boxed{1}"

    agent = small_agent(AlwaysTheSame)
    before = {name: weight.clone() for name, weight in agent.module.state_dict().items()}
    config = replace(SMALL, iterations=3)
    collector = Collector(AlwaysTheSame, agent, slots=8, seed=0)
    improvement = Improvement(config, agent, adamw(agent.module, 1e-2))
    for metrics in reinforce(config, improvement, collector):
        assert np.isfinite(list(metrics.values())).all()
    assert all(torch.equal(weight, before[name]) for name, weight in agent.module.state_dict().items())


class SayTheColour(Env):
    """One turn; one of four words pays."""

    def _reset(self):
        self.state = None
        return "Which colour has the sky?", {}

    def _step(self, action):
        good = action == "blue"
        return termination("so it is" if good else "no", float(good), success=good)

    def sample_random_action(self, rng=None):
        return ("red", "green", "blue", "grey")[rng.integers(4)]


@pytest.mark.slow
@pytest.mark.parametrize("algo", ["reinforce", "rebn"])
def test_an_agent_learns_what_pays(algo, registry_as_it_was, tmp_path):
    gem.register("test:SayTheColour-v0", SayTheColour)
    warm = {"warm_episodes": 800, "warm_epochs": 2, "warm_lr": 5e-3}
    config = replace(SMALL, env="test:SayTheColour-v0", algo=algo, iterations=40, episodes=32, lr=3e-3, **warm)
    assert train(replace(config, eval_episodes=200), tmp_path)
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["success_before"] < 0.6
    assert summary["success_after"] > 0.95
    assert summary["optimal_turns"] is None


class StopAt(Watcher):
    def __init__(self, iteration):
        self.iteration, self.done = iteration, 0

    def step(self, done, facts):
        self.done = done if "return" in facts else 0

    @property
    def stop(self):
        return self.done >= self.iteration


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"algo": "gigpo", "group_size": 4, "filter": "dynamic", "refills": 1},
        {"algo": "ppo", "max_turns": 2, "kl": 0.1, "eval_every": 2},
        {"env": f"{ID}=2,game:GuessTheNumber-v1=1", "algo": "rloo", "loss": "gspo", "epochs": 2, "importance_cap": 2.0},
    ],
)
def test_a_resumed_run_is_bit_for_bit_the_run_that_was_never_stopped(settings, tmp_path):
    config = replace(SMALL, **settings)
    assert train(config, tmp_path / "whole")
    assert not train(config, tmp_path / "parts", watcher=StopAt(3))
    assert train(config, tmp_path / "parts", resume=True)
    whole, parts = (torch.load(tmp_path / name / "checkpoint.pt", weights_only=True) for name in ("whole", "parts"))
    assert whole["next_index"] == parts["next_index"]
    assert whole["weights"].keys() == parts["weights"].keys()
    assert all(torch.equal(weight, parts["weights"][name]) for name, weight in whole["weights"].items())
    lines = [(tmp_path / name / "metrics.jsonl").read_text().splitlines() for name in ("whole", "parts")]
    timeless = [[{**json.loads(line), "collect_s": 0, "update_s": 0} for line in part] for part in lines]
    assert timeless[0] == timeless[1]
    assert [line["iteration"] for line in timeless[0]] == [1, 2, 3, 4]


@pytest.mark.slow
def test_a_run_leaves_everything_in_its_directory(tmp_path):
    assert train(SMALL, tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names >= {
        "config.json", "warm_start.json", "metrics.jsonl", "checkpoint.pt", "episodes_before.jsonl",
        "episodes_after.jsonl", "summary.json", "learning_curve.png", "report.html",
    }  # fmt: skip
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary.keys() >= {
        "success_before",
        "success_after",
        "episodes",
        "mean_turns",
        "optimal_turns",
        "train_seconds",
        "seed",
    }
    assert summary["rows"]["oracle"]["success"] == 1
    assert TrainConfig.load(tmp_path / "config.json") == SMALL
    page = (tmp_path / "report.html").read_text()
    assert "data:image/png;base64," in page
    assert "http" not in page.replace("http-equiv", "")


class InterruptedIn(Watcher):
    def __init__(self, phase):
        self.phase = phase

    def begin(self, phase, total):
        if phase == self.phase:
            raise KeyboardInterrupt


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["warm start", "evaluation before", "evaluation after", "oracle"])
def test_an_interrupted_run_either_left_nothing_to_resume_or_resumes_to_its_end(phase, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        train(SMALL, tmp_path, watcher=InterruptedIn(phase))
    if (tmp_path / "checkpoint.pt").exists():
        assert train(SMALL, tmp_path, resume=True)
        assert (tmp_path / "summary.json").exists()
    else:
        assert phase in ("warm start", "evaluation before")


@pytest.mark.slow
def test_a_new_run_in_an_old_directory_leaves_nothing_of_the_old_one_to_resume(tmp_path):
    train(replace(SMALL, iterations=0), tmp_path)
    with pytest.raises(KeyboardInterrupt):
        train(replace(SMALL, seed=1), tmp_path, watcher=InterruptedIn("warm start"))
    assert {path.name for path in tmp_path.iterdir()} == {"config.json"}


@pytest.mark.slow
def test_a_run_that_goes_on_for_longer_says_so_in_its_config(tmp_path):
    train(replace(SMALL, iterations=1), tmp_path)
    train(replace(SMALL, iterations=2), tmp_path, resume=True)
    assert TrainConfig.load(tmp_path / "config.json").iterations == 2


@pytest.mark.slow
@pytest.mark.parametrize("damage", [b"", b"not a checkpoint", None])
def test_a_corrupt_checkpoint_is_named(tmp_path, damage):
    train(replace(SMALL, iterations=0), tmp_path)
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:-5000] if damage is None else damage)
    with pytest.raises(CheckpointError, match=r"checkpoint\.pt"):
        train(SMALL, tmp_path, resume=True)


@pytest.mark.slow
def test_a_checkpoint_of_another_shape_is_named(tmp_path):
    train(replace(SMALL, iterations=0), tmp_path)
    with pytest.raises(CheckpointError, match="another shape"):
        train(replace(SMALL, layers=2), tmp_path, resume=True)


def test_episodes_that_the_world_broke_off_teach_nothing():
    class Broken(Env):
        def _reset(self):
            raise OSError("no connection")

    episodes = Collector(Broken, RandomAgent(), slots=2, seed=0).episodes(3)
    with pytest.raises(EnvError, match=r"all 3 episodes.*no connection"):
        usable(episodes)


def test_flat_turns_keep_the_order_of_play():
    episodes = Collector(lambda: gem.make(ID), RandomAgent(), slots=3, seed=0).episodes(6)
    turns = flat_turns(episodes)
    assert turns.rewards_N.tolist() == [reward for episode in episodes for reward in episode.rewards]
    assert turns.episode_N.tolist() == sorted(turns.episode_N.tolist())
    assert turns.group_N.tolist() == turns.episode_N.tolist()


@pytest.mark.parametrize(("settings", "message"), [
    ({"iteratons": 3}, "Did you mean 'iterations'"),
    ({"algo": "rebm"}, "Did you mean 'rebn'"),
    ({"gamma": 1.5}, "at most 1"),
    ({"lr": -1.0}, "at least 0"),
    ({"lr": float("nan")}, "at least 0"),
    ({"width": 30}, "multiple"),
    ({"iterations": "many"}, "iterations is 'many'; it must be of type int"),
    ({"lr": None}, "lr is None; it must be of type float"),
    ({"env": 3}, "env is 3; it must be of type str"),
    ({"gamma": -0.1}, "at least 0"),
    ({"lam": 1.1}, "at most 1"),
    ({"minibatches": True}, "minibatches is True; it must be of type int"),
    ({"normalise": 1}, "normalise is 1; it must be of type bool"),
    ({"loss": "ppoo"}, "Did you mean 'ppo'"),
    ({"filter": "dynamics"}, "Did you mean 'dynamic'"),
    ({"policy": "hf"}, "policy is 'hf'"),
    ({"policy": "llama"}, "policy is 'llama'"),
    ({"algo": "grpo", "group_size": 1}, "at least 2"),
    ({"algo": "grpo", "episodes": 12}, "multiple of group_size"),
    ({"lr": float("inf")}, "finite"),
])  # fmt: skip
def test_bad_settings_are_named(settings, message):
    with pytest.raises(ConfigError, match=message):
        TrainConfig.from_dict({"env": ID, **settings})


def test_a_config_without_an_env_is_named():
    with pytest.raises(ConfigError, match="no env"):
        TrainConfig.from_dict({})


def test_configs_are_read_from_json_and_toml(tmp_path):
    (tmp_path / "a.toml").write_text(f'env = "{ID}"\nlr = 0.5\n')
    assert TrainConfig.load(tmp_path / "a.toml") == TrainConfig(ID, lr=0.5)
    SMALL.save(tmp_path / "b.json")
    assert TrainConfig.load(tmp_path / "b.json") == SMALL
    (tmp_path / "c.json").write_text("{")
    with pytest.raises(ConfigError, match="cannot be read"):
        TrainConfig.load(tmp_path / "c.json")
