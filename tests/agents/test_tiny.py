"""The embedded model: tokens, cache, sampling."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gem
from gem.agents import SolverAgent
from gem.agents.tiny import ModelConfig, TinyAgent, TinyDecoder
from gem.agents.tiny.generation import Sampler
from gem.agents.tiny.tokenizer import MARKERS, TinyTokenizer
from gem.rollout import Collector
from gem.train.cloning import transcripts

ID = "game:GuessTheNumber-v1-easy"


@pytest.fixture(scope="module")
def tokenizer():
    episodes = Collector(lambda: gem.make(ID), SolverAgent(0.5), slots=1, seed=0).episodes(100)
    return TinyTokenizer.train(transcripts(episodes), 420)


@pytest.fixture(scope="module")
def model(tokenizer):
    torch.set_num_threads(1)
    return TinyDecoder(ModelConfig(tokenizer.vocab_size, width=32, layers=2, context=96), seed=1).eval()


def sampler(model, tokenizer, **settings):
    settings = {"max_new_tokens": 6, **settings}
    return Sampler(model, end=tokenizer.end, pad=tokenizer.pad, **settings)


def rngs(*seeds):
    return [np.random.default_rng(seed) for seed in seeds]


@given(text=st.text(max_size=60))
def test_any_text_survives_the_tokenizer(tokenizer, text):
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_markers_in_an_observation_stay_text(tokenizer):
    ids = tokenizer.encode("".join(MARKERS))
    assert not set(ids) & {tokenizer.pad, tokenizer.observation, tokenizer.action, tokenizer.end}


def test_moves_are_three_tokens_and_phrases_are_few(tokenizer):
    assert len(tokenizer.encode("\\boxed{10}")) == 3
    observation, _ = gem.make(ID, seed=0).reset()
    assert len(tokenizer.encode(observation)) < len(observation) / 8


def test_a_tokenizer_comes_back_from_its_json(tokenizer):
    again = TinyTokenizer.from_json(tokenizer.to_json())
    assert again.encode("it is higher than 7") == tokenizer.encode("it is higher than 7")
    assert (again.vocab_size, again.end) == (tokenizer.vocab_size, tokenizer.end)


def test_the_default_model_has_about_a_fifth_of_a_million_parameters():
    assert 150_000 < sum(weight.numel() for weight in TinyDecoder(ModelConfig(640)).parameters()) < 250_000


def test_the_cache_gives_the_same_replies_as_whole_prompts(model, tokenizer):
    prompts = [[5, 9, 300, 7], [11, 12], [7] * 20]
    cached, fresh = sampler(model, tokenizer), sampler(model, tokenizer)
    for turn in range(3):
        replies = cached.complete([0, 1, 2], prompts, rngs(turn, 10 + turn, 20 + turn))
        fresh.forget()
        again = fresh.complete([0, 1, 2], prompts, rngs(turn, 10 + turn, 20 + turn))
        assert [reply.token_ids for reply in replies] == [reply.token_ids for reply in again]
        for reply, other in zip(replies, again, strict=True):
            np.testing.assert_allclose(reply.logprobs, other.logprobs, atol=1e-5)
        prompts = [prompt + reply.token_ids + [3, 8] for prompt, reply in zip(prompts, replies, strict=True)]


def test_a_reply_does_not_depend_on_its_neighbours(model, tokenizer):
    together = sampler(model, tokenizer).complete([0, 1], [[5, 9, 300], [6] * 30], rngs(1, 2))
    alone = sampler(model, tokenizer).complete([4], [[6] * 30], rngs(2))
    assert together[1].token_ids == alone[0].token_ids


def test_a_slot_that_begins_a_new_episode_forgets_the_old_one(model, tokenizer):
    used = sampler(model, tokenizer)
    used.complete([0], [[9, 9, 9, 9, 9, 9]], rngs(0))
    reply = used.complete([0], [[5, 6]], rngs(1))[0]
    assert reply.token_ids == sampler(model, tokenizer).complete([0], [[5, 6]], rngs(1))[0].token_ids


def test_recorded_logprobs_are_those_of_the_sampled_tokens(model, tokenizer):
    prompt = [5, 9, 300, 7]
    reply = sampler(model, tokenizer, temperature=0.7).complete([0], [prompt], rngs(3))[0]
    with torch.no_grad():
        ids = torch.tensor([prompt + reply.token_ids])
        logprobs = torch.log_softmax(model.logits(model(ids))[0] / 0.7, dim=-1)
    expected = [logprobs[len(prompt) - 1 + place, token].item() for place, token in enumerate(reply.token_ids)]
    np.testing.assert_allclose(reply.logprobs, expected, atol=1e-5)


def test_temperature_zero_takes_the_likeliest_token(model, tokenizer):
    replies = sampler(model, tokenizer, temperature=0).complete([0, 1], [[5, 6], [5, 6]], rngs(0, 1))
    assert replies[0].token_ids == replies[1].token_ids
    with torch.no_grad():
        assert replies[0].token_ids[0] == model.logits(model(torch.tensor([[5, 6]])))[0, -1].argmax()


def test_samples_follow_the_model(model, tokenizer):
    slots = list(range(400))
    replies = sampler(model, tokenizer, max_new_tokens=1).complete(slots, [[5, 6]] * 400, rngs(*slots))
    with torch.no_grad():
        probabilities = torch.softmax(model.logits(model(torch.tensor([[5, 6]])))[0, -1], dim=-1)
    mean = np.mean([np.exp(reply.logprobs[0]) for reply in replies])
    assert mean == pytest.approx((probabilities**2).sum().item(), rel=0.2)


def test_a_reply_is_cut_at_the_token_limit_and_says_so(model, tokenizer):
    reply = sampler(model, tokenizer, max_new_tokens=2).complete([0], [[5]], rngs(0))[0]
    assert len(reply.token_ids) <= 2
    assert reply.stop == ("stop" if reply.token_ids[-1] == tokenizer.end else "length")


def test_a_prompt_that_fills_the_context_gets_no_reply_and_disturbs_nobody(model, tokenizer):
    replies = sampler(model, tokenizer).complete([0, 1], [[7] * 96, [5, 6]], rngs(0, 1))
    assert replies[0].token_ids == []
    assert replies[1].token_ids == sampler(model, tokenizer).complete([0], [[5, 6]], rngs(1))[0].token_ids


def test_a_reply_never_outgrows_the_context(model, tokenizer):
    reply = sampler(model, tokenizer, max_new_tokens=50).complete([0], [[7] * 93], rngs(5))[0]
    assert 93 + len(reply.token_ids) <= 97


def test_the_agent_plays_whole_episodes(model, tokenizer):
    agent = TinyAgent(model, tokenizer, max_new_tokens=6)
    episodes = Collector(lambda: gem.make(ID), agent, slots=4, seed=0).episodes(6)
    assert all(episode.turns and episode.error is None for episode in episodes)
    assert episodes[0].turns[0].action == tokenizer.decode(episodes[0].turns[0].token_ids)
