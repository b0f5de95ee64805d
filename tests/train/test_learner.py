"""What learns beside the policy comes back with it; runs begin and log as they are told to."""

import json
import sys
from dataclasses import asdict, replace
from types import SimpleNamespace

import pytest
import torch

from gem.agents.tiny import ModelConfig, TinyAgent, TinyDecoder
from gem.errors import CheckpointError, ConfigError, MissingExtra
from gem.train.beginning import begin
from gem.train.checkpoint import Checkpoint
from gem.train.evaluation import training_collector
from gem.train.learner import Learner, adamw
from gem.train.metrics import MetricsLog
from gem.train.session import train
from gem.train.watch import Watcher
from tests.train.small_agents import ID, SMALL, small_agent

PPO = replace(SMALL, algo="ppo", iterations=2)


def learned(config, policy=None):
    learner = Learner(config, policy or small_agent())
    for _ in learner.updates(training_collector(config, learner.policy), first=0):
        pass
    return learner


@pytest.mark.slow
def test_a_critic_and_its_optimiser_come_back_with_the_policy(tmp_path):
    learner = learned(PPO)
    learner.checkpoint(2, 16, 0.5).save(tmp_path / "checkpoint.pt")
    found = Checkpoint.load(tmp_path / "checkpoint.pt")
    again = Learner(PPO, found.agent())
    assert not torch.equal(again.critic.head.bias, learner.critic.head.bias)
    again.restore(found)
    for mine, theirs in zip(again.critic.parameters(), learner.critic.parameters(), strict=True):
        assert torch.equal(mine, theirs)
    moments = [optimiser.state_dict()["state"] for optimiser in (again.critic_optimiser, learner.critic_optimiser)]
    assert moments[0].keys() == moments[1].keys() != set()
    assert (found.iteration, found.next_index, found.best) == (2, 16, 0.5)


def test_the_state_of_another_run_is_refused():
    checkpoint = learned(PPO).checkpoint(2, 16, None)
    with pytest.raises(CheckpointError, match="another run"):
        Learner(PPO, wider_agent()).restore(checkpoint)


def wider_agent():
    agent = small_agent()
    model = TinyDecoder(ModelConfig(agent.renderer.vocab_size, width=64, layers=2, heads=2, context=128))
    return TinyAgent(model, agent.renderer)


def test_weights_of_another_model_are_refused():
    with pytest.raises(CheckpointError, match="another model"):
        small_agent().load_weights(wider_agent().weights())


def test_a_policy_of_an_unknown_kind_is_refused():
    checkpoint = Checkpoint.of(small_agent())
    checkpoint.policy = {"kind": "huge"}
    with pytest.raises(CheckpointError, match="'huge' is not known"):
        checkpoint.agent()


def test_what_needs_no_gradient_is_not_optimised():
    agent = small_agent()
    agent.module.embedding.weight.requires_grad_(False)
    optimised = [weight for group in adamw(agent.module, 1e-3).param_groups for weight in group["params"]]
    assert len(optimised) == len(list(agent.module.parameters())) - 1


@pytest.mark.slow
def test_a_run_may_begin_with_the_policy_of_another(tmp_path):
    assert train(replace(SMALL, iterations=1), tmp_path / "first")
    path = tmp_path / "first" / "checkpoint.pt"
    config = replace(SMALL, policy=f"tiny:{path}", iterations=0)
    policy, loss, _ = begin(config, Watcher())
    assert loss is None
    for name, weight in Checkpoint.load(path).weights.items():
        assert torch.equal(weight, policy.weights()[name])
    assert train(replace(config, iterations=1), tmp_path / "second")
    rows = [json.loads((tmp_path / name / "summary.json").read_text())["rows"] for name in ("first", "second")]
    assert rows[0]["after"] == rows[1]["before"]


def test_demonstrations_that_are_longer_than_the_context_are_named():
    with pytest.raises(ConfigError, match="fits into the context of 16"):
        begin(replace(SMALL, context=16), Watcher())


@pytest.mark.slow
def test_an_evaluation_finds_the_best_checkpoint(tmp_path):
    config = replace(SMALL, warm_episodes=0, iterations=4, eval_every=2, eval_episodes=4)
    assert train(config, tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert ["eval_success" in line for line in lines] == [False, True, False, True]
    best = Checkpoint.load(tmp_path / "best.pt")
    assert best.best == max(line.get("eval_success", 0) for line in lines)
    assert best.iteration == 2
    assert Checkpoint.load(tmp_path / "checkpoint.pt").best == best.best


def test_weights_and_biases_gets_the_settings_and_every_iteration(tmp_path, monkeypatch):
    heard = []
    run = SimpleNamespace(
        log=lambda metrics, step: heard.append((step, metrics)), finish=lambda: heard.append("finished")
    )
    fake = SimpleNamespace(init=lambda **given: heard.append(given) or run)
    monkeypatch.setitem(sys.modules, "wandb", fake)
    config = replace(SMALL, wandb="gem")
    (tmp_path / "run").mkdir()
    log = MetricsLog(tmp_path / "run", config=config)
    log.write({"iteration": 1, "success": 0.5})
    log.close()
    assert heard[0]["project"] == "gem"
    assert heard[0]["config"] == asdict(config)
    assert heard[0]["id"] == "run"
    assert heard[1:] == [(1, {"iteration": 1, "success": 0.5}), "finished"]


def test_weights_and_biases_that_is_not_installed_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(MissingExtra, match="wandb"):
        MetricsLog(tmp_path, config=replace(SMALL, wandb="gem"))


def test_a_mixture_trains_on_both_envs(tmp_path):
    config = replace(SMALL, env=f"{ID}=3,game:GuessTheNumber-v1=1", warm_episodes=0, iterations=0)
    episodes = training_collector(config, small_agent()).episodes(40)
    counts = [sum(episode.env_id == env_id for episode in episodes) for env_id in (ID, "game:GuessTheNumber-v1")]
    assert sum(counts) == 40
    assert 22 <= counts[0] <= 37
