"""Rollouts by vLLM, against a stand-in with the part of its interface that is used: not a proof for vLLM itself."""

import sys
from dataclasses import dataclass, replace
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch

from gem.agents.hf.vllm import VllmSampler, plain_weights
from gem.errors import ConfigError
from tests.agents.hf.small_models import ADAPTERS, agent_of
from tests.agents.hf.test_agent import request


@dataclass
class SamplingParams:
    temperature: float
    max_tokens: int
    stop_token_ids: list
    logprobs: int
    seed: int
    detokenize: bool


class LLM:
    """Replies with the seed's digits; ends a reply of an even seed with a stop token."""

    def __init__(self, **settings):
        self.settings, self.weights, self.resets = settings, [], 0

    def apply_model(self, function):
        taken = {}
        function(SimpleNamespace(load_weights=taken.update))
        self.weights.append(taken)
        return [None]

    def reset_prefix_cache(self):
        self.resets += 1

    def generate(self, prompts, sampling_params, use_tqdm):
        assert not use_tqdm
        return [self._reply(*each) for each in zip(prompts, sampling_params, strict=True)]

    def _reply(self, prompt, manner):
        assert set(prompt) == {"prompt_token_ids"}
        ids = [20 + int(digit) for digit in str(manner.seed)][: manner.max_tokens]
        if manner.seed % 2 == 0:
            ids[-1] = manner.stop_token_ids[0]
        logprobs = [{token: SimpleNamespace(logprob=-0.5 * place)} for place, token in enumerate(ids)]
        return SimpleNamespace(outputs=[SimpleNamespace(token_ids=tuple(ids), logprobs=logprobs)])


@pytest.fixture(autouse=True)
def vllm(monkeypatch):
    module = ModuleType("vllm")
    module.LLM, module.SamplingParams = LLM, SamplingParams
    monkeypatch.setitem(sys.modules, "vllm", module)


@pytest.fixture
def agent():
    agent = agent_of(context=16)
    agent.origin = replace(agent.origin, name="some/model")
    agent.sampler = VllmSampler.beside(agent, gpu_memory_utilization=0.3)
    return agent


def test_the_engine_is_opened_for_the_agents_model(agent):
    settings = agent.sampler.engine.settings
    assert settings["model"] == "some/model"
    assert settings["max_model_len"] == 16
    assert settings["logprobs_mode"] == "processed_logprobs"
    assert settings["gpu_memory_utilization"] == 0.3


def test_replies_have_the_engines_tokens_and_logprobs(agent):
    replies = agent.act([request([20] * 3, seed) for seed in range(6)])
    for seed, reply in enumerate(replies):
        drawn = int(np.random.default_rng(seed).integers(2**31))
        expected = [20 + int(digit) for digit in str(drawn)][:6]
        assert reply.token_ids[:-1] == expected[:-1]
        assert reply.stop == ("length" if drawn % 2 else "stop")
        assert reply.logprobs == [-0.5 * place for place in range(len(expected))]
        assert reply.text == agent.renderer.decode(reply.token_ids)


def test_a_full_context_is_not_sent_to_the_engine(agent):
    full, near = agent.act([request([20] * 16), request([20] * 14)])
    assert full.token_ids == []
    assert len(near.token_ids) == 2


def test_weights_are_taken_over_first_and_after_each_change_only(agent):
    for _ in range(2):
        agent.act([request([20])])
    engine = agent.sampler.engine
    assert (len(engine.weights), engine.resets) == (1, 1)
    with torch.no_grad():
        agent.module.get_input_embeddings().weight.add_(1)
    agent.forget()
    agent.act([request([20])])
    assert len(engine.weights) == 2
    first, second = (taken["model.embed_tokens.weight"] for taken in engine.weights)
    torch.testing.assert_close(second, first + 1)


def test_adapters_are_handed_over_merged_by_the_names_of_the_bare_model():
    adapted, bare = agent_of(lora=ADAPTERS), agent_of()
    with torch.no_grad():
        for name, weight in adapted.module.named_parameters():
            if "lora_B" in name:
                weight.fill_(0.01)
    expected = {name: weight.clone() for name, weight in adapted.module.named_parameters()}
    merged = dict(plain_weights(adapted.module))
    assert merged.keys() == {name for name, _ in bare.module.named_parameters()}
    ids_B_T, lengths_B = torch.arange(20, 30)[None], torch.tensor([10])
    with torch.no_grad():
        wished = adapted.hidden(ids_B_T, lengths_B)
        assert not torch.allclose(bare.hidden(ids_B_T, lengths_B), wished, atol=1e-3)
        bare.load_weights(merged)
        torch.testing.assert_close(bare.hidden(ids_B_T, lengths_B), wished, atol=1e-4, rtol=1e-4)
    for name, weight in adapted.module.named_parameters():
        assert torch.equal(weight, expected[name])


def test_a_model_without_a_name_cannot_be_opened_by_vllm():
    with pytest.raises(ConfigError, match="save_pretrained"):
        VllmSampler.beside(agent_of())
