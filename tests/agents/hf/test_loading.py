"""Models by name, by path and with random weights; their settings and weights."""

import json

import pytest
import torch

from gem.agents.hf import HFAgent, LoraSettings, load, random_model
from gem.agents.hf.random_model import shape_for
from gem.errors import CheckpointError, ConfigError, MissingExtra
from gem.train.checkpoint import Checkpoint
from tests.agents.hf.small_models import ADAPTERS, TINY, agent_of
from tests.agents.hf.templates import CHATML, tokenizer_with
from tests.agents.hf.test_agent import request

PROMPT = list(range(20, 40))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("model")
    tokenizer = tokenizer_with(CHATML)
    random_model(tokenizer, parameters=TINY, seed=3).save_pretrained(path)
    tokenizer.save_pretrained(path)
    return str(path)


def says(agent):
    return agent.act([request(PROMPT, 4)])[0].token_ids


def again(agent):
    """The same agent by way of its settings, which are plain values, and its weights."""
    other = HFAgent.from_settings(json.loads(json.dumps(agent.settings())))
    other.load_weights(agent.weights())
    return other


def disturb(agent):
    with torch.no_grad():
        for weight in agent.module.parameters():
            if weight.requires_grad:
                weight.add_(0.1 * torch.linspace(-1, 1, weight.numel()).view_as(weight))
    agent.forget()


@pytest.mark.slow
def test_a_model_is_loaded_from_its_folder(folder):
    agent = load(folder, max_new_tokens=6)
    expected = random_model(tokenizer_with(CHATML), parameters=TINY, seed=3).state_dict()
    assert all(torch.equal(weight, expected[name]) for name, weight in agent.module.state_dict().items())
    assert says(agent) == says(HFAgent.from_settings(agent.settings()))


@pytest.mark.slow
def test_what_was_trained_comes_back(folder):
    for agent in (load(folder, max_new_tokens=6), load(folder, max_new_tokens=6, lora=ADAPTERS)):
        before = says(agent)
        disturb(agent)
        assert says(agent) != before
        assert says(again(agent)) == says(agent)


@pytest.mark.slow
def test_only_adapters_are_kept_of_a_model_with_a_name(folder):
    agent = load(folder, lora=LoraSettings(r=2, targets=["q_proj", "v_proj"]))
    assert len(agent.weights()) == 2 * 2 * 2
    assert all("lora_" in name for name in agent.weights())


def test_a_model_without_a_name_comes_back_whole():
    agent = agent_of(temperature=0.5, system="Play.", chat_template=CHATML, max_batch=3)
    disturb(agent)
    other = again(agent)
    assert says(other) == says(agent)
    assert other.settings() == agent.settings()
    assert other.renderer.begin("a", {}) == agent.renderer.begin("a", {})


def test_adapters_on_a_model_without_a_name_come_back():
    agent = agent_of(lora=ADAPTERS)
    disturb(agent)
    assert says(again(agent)) == says(agent)


def test_a_checkpoint_brings_the_policy_back(tmp_path):
    agent = agent_of()
    disturb(agent)
    Checkpoint.of(agent).save(tmp_path / "checkpoint.pt")
    assert says(Checkpoint.load(tmp_path / "checkpoint.pt").agent()) == says(agent)


def test_weights_of_another_model_are_refused_and_change_nothing():
    agent, wider = agent_of(), agent_of(model=random_model(tokenizer_with(), parameters=4 * TINY))
    before = agent.weights()
    for foreign in (wider.weights(), {}, {**before, "more": torch.zeros(1)}, agent_of(lora=ADAPTERS).weights()):
        with pytest.raises(CheckpointError, match="shape"):
            agent.load_weights(foreign)
    assert all(torch.equal(weight, before[name]) for name, weight in agent.weights().items())


def test_kept_weights_are_copies():
    agent = agent_of()
    kept = agent.weights()
    name = next(iter(kept))
    kept[name].zero_()
    assert agent.weights()[name].abs().sum() > 0


def test_a_model_that_is_not_there_is_a_named_error_that_says_how_to_get_it(tmp_path):
    with pytest.raises(ConfigError, match="hf download"):
        load(str(tmp_path / "nothing"))


@pytest.mark.parametrize("settings", [{"dtype": "float16"}, {"rollouts": "sglang"}])
def test_unknown_settings_are_refused(settings):
    with pytest.raises(ConfigError, match=next(iter(settings))):
        load("a/b", **settings)


@pytest.mark.slow
def test_adapters_for_layers_that_are_not_there_are_refused(folder):
    with pytest.raises(ConfigError, match="no_such_layer"):
        load(folder, lora=LoraSettings(targets=["no_such_layer"]))


@pytest.mark.slow
def test_vllm_is_asked_for_by_its_extra(folder):
    with pytest.raises(MissingExtra, match=r"gem-gym\[vllm\]"):
        load(folder, rollouts="vllm")


@pytest.mark.parametrize("architecture", ["qwen2", "llama", "gpt2"])
def test_random_models_have_the_wished_size(architecture):
    tokenizer = tokenizer_with()
    model = random_model(tokenizer, architecture, parameters=1_000_000, context=64)
    assert sum(weight.numel() for weight in model.parameters()) == pytest.approx(1e6, rel=0.25)


@pytest.mark.parametrize("parameters", [20_000_000, 60_000_000, 120_000_000, 300_000_000])
def test_shapes_of_larger_models_are_close(parameters):
    shape = shape_for(parameters, 4096)
    assert shape.parameters == pytest.approx(parameters, rel=0.03)
    assert shape.width // shape.heads in (32, 64)
    assert 16 <= shape.width / shape.layers <= 64


def test_the_seed_decides_the_weights_and_nobody_elses_chance():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first, same, other = (random_model(tokenizer_with(), parameters=TINY, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(torch.rand(3), expected)
    weights = [model.get_input_embeddings().weight for model in (first, same, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_impossible_sizes_and_architectures_are_refused():
    with pytest.raises(ConfigError, match="no model has 100 parameters"):
        random_model(tokenizer_with(), parameters=100)
    with pytest.raises(ConfigError, match="architecture is one of"):
        random_model(tokenizer_with(), "rnn")
