"""A causal model as a policy: sampling, reading, and their agreement."""

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

import gem
from gem.agents.hf import HFAgent, random_model
from gem.agents.protocol import Request
from gem.core import Wrapper
from gem.errors import ConfigError
from gem.rollout import Collector
from gem.train.batch import Batch, chosen_logprobs, prompt_states
from gem.train.losses import policy_gradient
from tests.agents.hf.small_models import ADAPTERS, TINY, agent_of
from tests.agents.hf.templates import CHATML, FIXED, tokenizer_with

ID = "game:GuessTheNumber-v1-easy"


class Counted(Wrapper):
    """Takes any reply for a guess, so that a model that knows nothing plays on."""

    def step(self, action):
        return super().step(f"\\boxed{{{len(action) % 10 + 1}}}")


def request(prompt_ids, seed=0):
    return Request("", {}, None, np.random.default_rng(seed), prompt_ids)


def collected(agent, count=4, max_turns=3):
    return Collector(lambda: Counted(gem.make(ID)), agent, slots=2, seed=0, max_turns=max_turns).episodes(count)


def packed(agent, episodes):
    return Batch.of(episodes, agent.pad, agent.context)


@pytest.fixture(scope="module")
def agent():
    return agent_of()


@pytest.fixture(scope="module")
def batch(agent):
    return packed(agent, collected(agent))


def test_rollout_and_training_agree_on_every_token(batch, agent):
    logprobs_M, _ = chosen_logprobs(agent, batch)
    assert len(batch.prompt_N_2) > 8
    assert batch.logprobs_M.std() > 0.5
    torch.testing.assert_close(logprobs_M, batch.logprobs_M, atol=1e-5, rtol=0)


@pytest.mark.slow
@pytest.mark.parametrize("template", ["headers", "turns", "inst"])
@pytest.mark.parametrize(("architecture", "temperature"), [("llama", 1.0), ("gpt2", 0.7)])
def test_rollout_and_training_agree_for_other_templates_and_families(template, architecture, temperature):
    agent = agent_of(architecture, FIXED[template], temperature=temperature)
    batch = packed(agent, collected(agent))
    logprobs_M, _ = chosen_logprobs(agent, batch, temperature)
    torch.testing.assert_close(logprobs_M, batch.logprobs_M, atol=1e-5, rtol=0)


def test_the_temperature_is_part_of_what_is_recorded():
    agent = agent_of(temperature=0.5)
    prompt = list(range(20, 40))
    reply = agent.act([request(prompt)])[0]
    with torch.no_grad():
        logits = agent.module(torch.tensor([prompt + reply.token_ids])).logits[0, len(prompt) - 1 : -1]
    expected = torch.log_softmax(logits / 0.5, dim=-1)[range(len(reply.token_ids)), reply.token_ids]
    np.testing.assert_allclose(reply.logprobs, expected, atol=1e-5)


def test_a_reply_does_not_depend_on_its_neighbours(agent):
    prompts = [list(range(20, 20 + length)) for length in (5, 40, 12, 40, 1)]
    together = agent.act([request(prompt, seed) for seed, prompt in enumerate(prompts)])
    for seed, prompt in enumerate(prompts):
        alone = agent.act([request(prompt, seed)])[0]
        assert alone.token_ids == together[seed].token_ids
        np.testing.assert_allclose(alone.logprobs, together[seed].logprobs, atol=1e-5)


def test_batches_may_be_read_in_parts():
    parts, whole = agent_of(max_batch=2), agent_of()
    requests = [[request(list(range(20, 20 + length)), length) for length in (9, 3, 7, 5, 8)] for _ in range(2)]
    assert [reply.token_ids for reply in parts.act(requests[0])] == [
        reply.token_ids for reply in whole.act(requests[1])
    ]


def test_replies_of_different_lengths_leave_the_batch_one_by_one(agent):
    ends = set(agent.renderer.ends)
    agent.sampler.ends = frozenset(range(15, 200))  # nearly half of the vocabulary
    try:
        replies = agent.act([request([20 + seed], seed) for seed in range(8)])
        alone = [agent.act([request([20 + seed], seed)])[0] for seed in range(8)]
    finally:
        agent.sampler.ends = frozenset(ends)
    assert len({len(reply.token_ids) for reply in replies}) > 1
    assert [reply.token_ids for reply in replies] == [reply.token_ids for reply in alone]
    assert all((reply.stop == "stop") == (15 <= reply.token_ids[-1] < 200) for reply in replies)


def test_temperature_zero_takes_the_likeliest_token():
    agent = agent_of(temperature=0.0)
    prompt = list(range(20, 30))
    first, second = agent.act([request(prompt, 0), request(prompt, 1)])
    assert first.token_ids == second.token_ids
    with torch.no_grad():
        assert first.token_ids[0] == agent.module(torch.tensor([prompt])).logits[0, -1].argmax()


def test_samples_follow_the_model():
    agent = agent_of(max_new_tokens=1, spread=3.0)
    replies = agent.act([request([30, 31], seed) for seed in range(500)])
    with torch.no_grad():
        probabilities = agent.module(torch.tensor([[30, 31]])).logits[0, -1].softmax(dim=-1)
    halves = probabilities.cumsum(dim=-1) < 0.5
    found = np.mean([halves[reply.token_ids[0]].item() for reply in replies])
    assert probabilities.max() < 0.3
    assert found == pytest.approx(probabilities[halves].sum().item(), abs=0.08)


def test_a_prompt_that_fills_the_context_gets_an_empty_reply_and_a_near_one_a_short_reply():
    agent = agent_of(context=16)
    full, long, short = agent.act([request([20] * length, 3) for length in (16, 14, 3)])
    assert (full.token_ids, full.logprobs, full.text, full.stop) == ([], [], "", "length")
    assert 1 <= len(long.token_ids) <= 2
    assert len(short.token_ids) > 2
    assert agent.act([request([20] * 99)])[0].token_ids == []
    assert agent.act([]) == []


def test_an_episode_longer_than_the_context_ends_there(agent):
    episodes = collected(agent_of(context=120), count=2, max_turns=None)
    assert {episode.end for episode in episodes} == {"context"}
    assert all(len(episode.tokens()[0]) <= 120 for episode in episodes)


@pytest.mark.parametrize(
    ("model_type", "changes"),
    [
        ("gemma2", {"final_logit_softcapping": 2.0, "head_dim": 16, "query_pre_attn_scalar": 16}),
        ("cohere", {"logit_scale": 0.3}),
        ("granite", {"logits_scaling": 3.0}),
    ],
)
def test_scaled_and_capped_logits_are_the_models_own(model_type, changes):
    config = AutoConfig.for_model(
        model_type,
        vocab_size=400,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        **changes,
    )
    agent = agent_of(model=AutoModelForCausalLM.from_config(config), spread=50.0)
    assert agent.states.split
    ids_B_T = torch.arange(20, 30)[None]
    with torch.no_grad():
        found = agent.logits(agent.hidden(ids_B_T, torch.tensor([10])))
        torch.testing.assert_close(found, agent.module(ids_B_T).logits, atol=1e-4, rtol=1e-4)


def test_a_model_with_logits_of_its_own_making_is_read_whole():
    model = random_model(tokenizer_with(), parameters=TINY)
    own_forward = model.forward

    def shifted(*args, **kwargs):
        output = own_forward(*args, **kwargs)
        output.logits = output.logits * torch.linspace(0.5, 2, output.logits.shape[-1])
        return output

    model.forward = shifted
    agent = agent_of(model=model)
    assert not agent.states.split
    batch = packed(agent, collected(agent, count=2))
    torch.testing.assert_close(chosen_logprobs(agent, batch)[0], batch.logprobs_M, atol=1e-5, rtol=0)


def test_padding_has_no_influence(agent):
    ids = torch.arange(20, 32)
    rows = torch.stack([torch.cat((ids[:7], torch.full((5,), token))) for token in (agent.pad, 99)])
    with torch.no_grad():
        padded = agent.hidden(rows, torch.tensor([7, 7]))[:, :7]
        alone = agent.hidden(ids[None, :7], torch.tensor([7]))
    torch.testing.assert_close(padded, alone.expand(2, -1, -1), atol=1e-5, rtol=1e-4)


def test_a_twin_has_weights_of_its_own(agent, batch):
    twin = agent.twin()
    assert twin.settings() == agent.settings()
    with torch.no_grad():
        before, _ = prompt_states(agent, batch)
        torch.testing.assert_close(prompt_states(twin, batch)[0], before)
        twin.module.get_input_embeddings().weight.add_(0.1 * torch.arange(32))
        assert torch.equal(prompt_states(agent, batch)[0], before)
        assert not torch.allclose(prompt_states(twin, batch)[0], before)


def test_a_demonstration_is_spelt_as_a_whole_reply(agent):
    ids = agent.spell("\\boxed{10}<|im_end|>")
    assert agent.renderer.decode(ids) == "\\boxed{10}<|im_end|>"
    assert [token for token in ids if token in agent.renderer.ends] == [ids[-1]] == [agent.renderer.end]


def test_only_chosen_tokens_have_a_gradient(agent, batch):
    logits = []
    hidden = agent.hidden

    def kept(ids_B_T, lengths_B):
        x = hidden(ids_B_T, lengths_B).detach().requires_grad_()
        logits.append(x)
        return x

    agent.hidden = kept
    try:
        logprobs_M, _ = chosen_logprobs(agent, batch)
    finally:
        del agent.hidden
    policy_gradient(logprobs_M, torch.ones_like(logprobs_M)).sum().backward()
    gradient_B_T = logits[0].grad.abs().sum(dim=-1)
    assert (gradient_B_T[batch.chosen_B_T[:, 1:]] > 0).all()
    assert (gradient_B_T[~batch.chosen_B_T[:, 1:]] == 0).all()


def gradient_of(agent, batch, *, weights_M=None):
    agent.module.zero_grad()
    logprobs_M, _ = chosen_logprobs(agent, batch)
    advantages_M = torch.linspace(-1, 1, len(logprobs_M)) if weights_M is None else weights_M
    policy_gradient(logprobs_M, advantages_M).sum().backward()
    return {name: weight.grad.clone() for name, weight in agent.module.named_parameters() if weight.grad is not None}


def test_what_stands_behind_the_last_reply_has_no_influence_on_the_gradient(agent, batch):
    before = gradient_of(agent, batch)
    ids_B_T = batch.ids_B_T.clone()
    for row in range(len(ids_B_T)):
        ids_B_T[row, batch.chosen_B_T[row].nonzero().max() + 1 :] = 77  # the final observation and the padding
    assert (ids_B_T != batch.ids_B_T).any()
    values = {name: getattr(batch, name) for name in batch.__slots__}
    after = gradient_of(agent, Batch(**{**values, "ids_B_T": ids_B_T}))
    for name, gradient in before.items():
        torch.testing.assert_close(gradient, after[name], atol=1e-5, rtol=1e-4)


def test_gradient_checkpointing_gives_the_same_gradients_and_replies(agent, batch):
    saving = agent_of(gradient_checkpointing=True)
    expected, found = gradient_of(agent, batch), gradient_of(saving, batch)
    assert saving.module.training
    assert expected.keys() == found.keys()
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, atol=1e-6, rtol=1e-5)
    prompts = [list(range(20, 30)), [25]]
    for plain, saved in zip(*([each.act([request(p, 1) for p in prompts]) for each in (agent, saving)]), strict=True):
        assert plain.token_ids == saved.token_ids
    assert not saving.module.training


def test_adapters_begin_as_no_change(batch):
    adapted = agent_of(lora=ADAPTERS)
    torch.testing.assert_close(chosen_logprobs(adapted, batch)[0], batch.logprobs_M, atol=1e-5, rtol=0)


def test_adapters_alone_are_trained(batch):
    adapted = agent_of(lora=ADAPTERS)
    trained = [name for name, weight in adapted.module.named_parameters() if weight.requires_grad]
    assert trained
    assert all("lora_" in name for name in trained)
    before = {name: weight.clone() for name, weight in adapted.module.named_parameters()}
    optimiser = torch.optim.SGD([weight for weight in adapted.module.parameters() if weight.requires_grad], lr=0.1)
    assert set(gradient_of(adapted, batch)) == set(trained)
    optimiser.step()
    changed = {name for name, weight in adapted.module.named_parameters() if not torch.equal(weight, before[name])}
    assert changed == {name for name in trained if "lora_B" in name}  # A's gradient is zero while B is


def test_a_step_of_reinforce_makes_rewarded_tokens_likelier(batch):
    learner = agent_of()
    before, _ = chosen_logprobs(learner, batch)
    gradient_of(learner, batch, weights_M=torch.where(batch.turn_M == 0, 1.0, 0.0))
    torch.optim.SGD(learner.module.parameters(), lr=1e-3).step()
    learner.forget()
    after, _ = chosen_logprobs(learner, batch)
    assert (after - before)[batch.turn_M == 0].mean() > 1e-3


@pytest.mark.slow
@pytest.mark.parametrize("manner", ["bfloat16", "adapters", "mixed"])
def test_bfloat16_runs_and_agrees_to_its_precision(manner):
    model = random_model(tokenizer_with(), parameters=TINY, seed=1)
    mixed = manner == "mixed"
    lora = ADAPTERS if manner == "adapters" else None
    agent = agent_of(model=model if mixed else model.to(torch.bfloat16), mixed=mixed, lora=lora)
    batch = packed(agent, collected(agent))
    logprobs_M, _ = chosen_logprobs(agent, batch)
    assert logprobs_M.dtype == torch.float32
    assert (logprobs_M - batch.logprobs_M).abs().mean() < 0.05
    gradients = gradient_of(agent, batch)
    assert all(gradient.isfinite().all() for gradient in gradients.values())
    kept = {weight.dtype for weight in agent.module.parameters() if weight.requires_grad}
    assert kept == {torch.bfloat16 if manner == "bfloat16" else torch.float32}


def test_dropout_is_turned_off():
    config = AutoConfig.for_model(
        "gpt2", vocab_size=400, n_embd=32, n_layer=1, n_head=2, resid_pdrop=0.5, embd_pdrop=0.5, attn_pdrop=0.5
    )
    agent = agent_of(model=AutoModelForCausalLM.from_config(config))
    agent.module.train()
    ids_B_T = torch.arange(20, 30)[None]
    first, second = (agent.module(ids_B_T).logits for _ in range(2))
    assert torch.equal(first, second)


@pytest.mark.parametrize(
    "settings", [{"max_new_tokens": 0}, {"temperature": -1.0}, {"max_batch": 0}, {"context": 0}, {"context": 10_000}]
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ConfigError, match=next(iter(settings))):
        HFAgent(random_model(tokenizer_with(CHATML), parameters=TINY), tokenizer_with(CHATML), **settings)


def test_a_model_without_positions_needs_a_context_and_is_read_without_them():
    config = AutoConfig.for_model("bloom", vocab_size=400, hidden_size=32, n_layer=2, n_head=2)
    model = AutoModelForCausalLM.from_config(config)
    with pytest.raises(ConfigError, match="context="):
        HFAgent(model, tokenizer_with(CHATML))
    agent = agent_of(model=model, context=300)
    batch = packed(agent, collected(agent, count=2))
    torch.testing.assert_close(chosen_logprobs(agent, batch)[0], batch.logprobs_M, atol=1e-5, rtol=0)


def test_the_models_own_end_tokens_end_a_reply():
    model = random_model(tokenizer_with(CHATML), parameters=TINY)
    model.generation_config.eos_token_id = [7, 9]
    agent = HFAgent(model, tokenizer_with(CHATML))
    assert {7, 9, agent.renderer.end, agent.renderer.tokenizer.eos_token_id} <= agent.renderer.ends
