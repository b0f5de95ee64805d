"""Updates: the same whatever the memory, none from what isn't finite, and only from tokens that were chosen."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gem.errors import TrainingDiverged
from gem.rollout import Collector
from gem.train.batch import Batch, chosen_logprobs
from gem.train.improvement import Improvement, learning_rate
from gem.train.learner import adamw
from gem.train.minibatches import minibatches, packed
from tests.train.small_agents import SMALL, guess, small_agent


@pytest.fixture
def agent():
    return small_agent()


@pytest.fixture
def episodes(agent):
    found = Collector(guess, agent, slots=8, seed=3).episodes(8)
    for index, episode in enumerate(found):
        episode.turns *= 1 + index % 3  # untrained, they all end at once
    return found


def advantages_of(episodes):
    return np.linspace(-1, 1, sum(len(episode.turns) for episode in episodes))


def improved(agent, episodes, advantages_N=None, **settings):
    config = replace(SMALL, minibatches=1, lr_warmup=0, **settings)
    improvement = Improvement(config, agent, adamw(agent.module, config.lr))
    return improvement.improve(episodes, advantages_of(episodes) if advantages_N is None else advantages_N, 0)


def weights_of(agent):
    return {name: weight.clone() for name, weight in agent.weights().items()}


@pytest.mark.slow
@pytest.mark.parametrize("aggregation", ["token_mean", "sequence_mean", "constant"])
def test_parts_that_fit_into_memory_have_the_gradient_of_the_whole(agent, episodes, aggregation):
    gradients = []
    for microbatch in (None, 3):
        agent.module.zero_grad()
        improved(agent, episodes, lr=0.0, aggregation=aggregation, microbatch=microbatch, grad_clip=1e9)
        gradients.append(torch.cat([weight.grad.flatten() for weight in agent.module.parameters()]))
    torch.testing.assert_close(gradients[0], gradients[1], atol=1e-6, rtol=1e-4)
    assert gradients[0].abs().max() > 1e-4


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_loss_that_is_not_finite_leaves_the_weights_alone(agent, episodes, value):
    before = weights_of(agent)
    advantages_N = advantages_of(episodes)
    advantages_N[2] = value
    with pytest.raises(TrainingDiverged, match="the loss is"):
        improved(agent, episodes, advantages_N)
    assert all(torch.equal(weight, before[name]) for name, weight in agent.weights().items())


def test_a_gradient_that_is_not_finite_leaves_the_weights_alone(agent, episodes, monkeypatch):
    before = weights_of(agent)
    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", lambda *_: torch.tensor(torch.inf))
    with pytest.raises(TrainingDiverged, match="norm is inf"):
        improved(agent, episodes)
    assert all(torch.equal(weight, before[name]) for name, weight in agent.weights().items())


def test_good_turns_become_likelier_and_bad_ones_rarer(agent, episodes):
    batch = Batch.of(episodes, agent.pad)
    good_N = np.where(np.arange(len(batch.prompt_N_2)) % 2, 1.0, -1.0)
    good_M = torch.from_numpy(good_N)[batch.turn_M] > 0
    with torch.no_grad():
        before_M, _ = chosen_logprobs(agent, batch)
    metrics = improved(agent, episodes, good_N, epochs=5)
    with torch.no_grad():
        change_M = chosen_logprobs(agent, batch)[0] - before_M
    assert change_M[good_M].mean() > change_M[~good_M].mean() + 0.01
    assert metrics["kl"] > 0


def test_what_is_computed_at_tokens_that_were_not_chosen_has_no_influence(agent, episodes):
    batch = Batch.of(episodes, agent.pad)
    asked = batch.chosen_B_T[:, 1:]

    class Disturbed:
        logits = staticmethod(agent.logits)

        def __init__(self, where):
            self.where = where

        def hidden(self, ids_B_T, lengths_B):
            return agent.hidden(ids_B_T, lengths_B) + 3.0 * self.where[:, :, None]

    with torch.no_grad():
        plain_M, _ = chosen_logprobs(agent, batch)
        elsewhere_M, _ = chosen_logprobs(Disturbed(~asked), batch)
        there_M, _ = chosen_logprobs(Disturbed(asked), batch)
    assert torch.equal(plain_M, elsewhere_M)
    assert not torch.allclose(plain_M, there_M)


@pytest.mark.slow
def test_a_reference_holds_the_policy_back(agent, episodes):
    free, held = agent.twin(), agent.twin()
    batch = Batch.of(episodes, agent.pad)
    with torch.no_grad():
        start_M, _ = chosen_logprobs(agent, batch)
    moves = []
    for policy, kl in ((free, 0.0), (held, 10.0)):
        config = replace(SMALL, minibatches=1, lr_warmup=0, kl=kl, epochs=10)
        reference = agent if kl else None
        metrics = Improvement(config, policy, adamw(policy.module, 1e-3), reference).improve(
            episodes, advantages_of(episodes), 0
        )
        assert ("kl_to_reference" in metrics) == bool(kl)
        with torch.no_grad():
            moves.append((chosen_logprobs(policy, batch)[0] - start_M).abs().mean().item())
    assert moves[1] < 0.7 * moves[0]


@pytest.mark.slow
def test_an_entropy_bonus_makes_replies_more_varied(agent, episodes):
    sharp = agent.twin()
    with torch.no_grad():
        sharp.module.norm.weight *= 8
    batch = Batch.of(episodes, agent.pad)
    with torch.no_grad():
        _, before_M = chosen_logprobs(sharp, batch)
    improved(sharp, episodes, np.zeros(len(batch.prompt_N_2)), entropy_bonus=1.0, epochs=20)
    with torch.no_grad():
        _, after_M = chosen_logprobs(sharp, batch)
    assert after_M.mean() > before_M.mean() + 0.1


def test_importance_weights_tell_a_stale_sampler(agent):
    episodes = Collector(guess, agent, slots=8, seed=3).episodes(8)
    assert improved(agent.twin(), episodes, importance_cap=2.0)["effective_share"] == pytest.approx(1, abs=1e-5)
    for episode in episodes:
        for turn in episode.turns:
            turn.logprobs = [value - 3 * (place % 2) for place, value in enumerate(turn.logprobs)]
    stale = improved(agent.twin(), episodes, importance_cap=2.0)
    assert 0.5 < stale["effective_share"] < 0.95
    assert stale["kl"] > 1


def test_minibatches_are_a_partition_with_the_numbers_of_their_turns(episodes):
    starts = np.cumsum([0] + [len(episode.turns) for episode in episodes])
    seen = []
    for chosen_E, chosen_N in minibatches(episodes, 3, np.random.default_rng(0)):
        assert chosen_N.tolist() == [turn for index in chosen_E for turn in range(starts[index], starts[index + 1])]
        seen += chosen_E.tolist()
    assert sorted(seen) == list(range(8))
    assert seen != list(range(8))
    assert len(list(minibatches(episodes, 100, np.random.default_rng(0)))) == 8


def test_packed_parts_keep_the_order(agent, episodes):
    parts = list(packed(episodes, 3, agent))
    assert [list(part) for _, part, _ in parts] == [[0, 1, 2], [3, 4, 5], [6, 7]]
    assert np.concatenate([turns for _, _, turns in parts]).tolist() == list(range(len(advantages_of(episodes))))


def test_the_learning_rate_rises_then_falls():
    config = replace(SMALL, iterations=100, lr=1.0, lr_warmup=10, lr_decay=0.8)
    rates = [learning_rate(config, 1.0, iteration) for iteration in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[9] == pytest.approx(1 - 0.8 * 9 / 100)
    assert rates[50] == pytest.approx(0.6)
    assert rates == rates[:10] + sorted(rates[10:], reverse=True)
