"""Off-policy corrections: against loops over tokens and turns, their bounds, and on nothing at all."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gem.errors import ConfigError
from gem.train.importance import Staleness, effective_share, masked_weights, staleness, truncated_weights

CHANGES = st.lists(st.lists(st.floats(-3, 3), min_size=1, max_size=4), min_size=1, max_size=5)
"""log π_old - log μ of each turn's tokens."""


def flat(turns):
    """The learner's and the sampler's log-probabilities, and the turns' numbers."""
    changes = torch.tensor([change for turn in turns for change in turn], dtype=torch.float64)
    sampler = torch.full_like(changes, -1.5)
    return sampler + changes, sampler, torch.tensor([number for number, turn in enumerate(turns) for _ in turn])


@given(CHANGES, st.sampled_from([0.5, 1.0, 2.0, 10.0]))
def test_truncated_weights_are_the_ratios_up_to_the_cap(turns, cap):
    old, sampler, _ = flat(turns)
    expected = [min(math.exp(change), cap) for turn in turns for change in turn]
    assert truncated_weights(old, sampler, cap).tolist() == pytest.approx(expected)


@given(CHANGES, st.sampled_from([0.5, 1.0, 2.0, 10.0]))
def test_masked_weights_are_products_over_the_turn_or_nothing(turns, cap):
    expected = []
    for turn in turns:
        product = math.prod(math.exp(change) for change in turn)
        expected += [product if product <= cap else 0.0] * len(turn)
    assert masked_weights(*flat(turns), cap).tolist() == pytest.approx(expected)


def test_equal_policies_give_weights_of_one():
    logprobs, turns = torch.tensor([-0.3, -7.0, -2.0]), torch.tensor([0, 0, 1])
    assert truncated_weights(logprobs, logprobs).tolist() == [1, 1, 1]
    assert masked_weights(logprobs, logprobs, turns).tolist() == [1, 1, 1]


@pytest.mark.parametrize("change", [-1e3, 1e3, 1e30, -1e30])
def test_huge_differences_stay_within_the_cap(change):
    old, sampler, turns = torch.tensor([change, -1.0]), torch.tensor([0.0, -1.0]), torch.tensor([0, 1])
    for weights in (truncated_weights(old, sampler), masked_weights(old, sampler, turns)):
        assert ((weights >= 0) & (weights <= 2)).all()
        assert weights[1] == 1


def test_weights_carry_no_gradient():
    old, turns = torch.tensor([-1.0, -2.0], requires_grad=True), torch.tensor([0, 0])
    sampler = torch.tensor([-1.1, -1.9])
    assert not truncated_weights(old, sampler).requires_grad
    assert not masked_weights(old, sampler, turns).requires_grad


@pytest.mark.parametrize("cap", [0.0, -1.0, float("nan")])
def test_a_cap_that_leaves_nothing_is_refused(cap):
    some, turns = torch.zeros(1), torch.zeros(1, dtype=torch.int64)
    for call in (
        lambda: truncated_weights(some, some, cap),
        lambda: masked_weights(some, some, turns, cap),
        lambda: staleness(some, some, cap=cap),
    ):
        with pytest.raises(ConfigError, match="cap"):
            call()


# -- effective sample size ------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20).filter(lambda weights: sum(weights) > 1e-3))
def test_the_effective_share_is_the_formula_and_between_one_over_n_and_one(weights):
    share = effective_share(torch.tensor(weights, dtype=torch.float64))
    assert share == pytest.approx(sum(weights) ** 2 / len(weights) / sum(weight**2 for weight in weights))
    assert 1 / len(weights) - 1e-12 <= share <= 1 + 1e-12


@pytest.mark.parametrize("weight", [1.0, 1e-30, 1e30])
@pytest.mark.parametrize("size", [1, 2, 7])
def test_equal_weights_are_wholly_effective_and_a_single_one_counts_once(weight, size):
    assert effective_share(torch.full((size,), weight)) == pytest.approx(1)
    alone = torch.zeros(size)
    alone[-1] = weight
    assert effective_share(alone) == pytest.approx(1 / size)


def test_no_weight_is_not_effective():
    assert effective_share(torch.zeros(0)) == 0
    assert effective_share(torch.zeros(4)) == 0


# -- staleness ------------------------------------------------------------------------------------------


def test_staleness_by_hand():
    sampler = torch.tensor([-1.0, -1.0, -1.0, -1.0])
    measured = staleness(sampler + torch.tensor([0.1, -0.8, 0.5, 0.0]), sampler, torch.tensor([0, 3, 1, 0]))
    ratios = [math.exp(change) for change in (0.1, -0.8, 0.5, 0.0)]
    assert measured.mean_log_ratio == pytest.approx(-0.05)
    assert measured.largest_log_ratio == pytest.approx(0.8)
    assert measured.beyond == 0.25  # exp(-0.8) < 1/2
    assert measured.effective_share == pytest.approx(sum(ratios) ** 2 / 4 / sum(ratio**2 for ratio in ratios))
    assert measured.versions_behind == 1
    assert measured.most_versions_behind == 3


def test_a_fresh_sampler_is_not_stale():
    logprobs = torch.tensor([-1.0, -2.0])
    assert staleness(logprobs, logprobs) == Staleness(0, 0, 0, 1, 0, 0)


def test_no_tokens_are_not_stale():
    assert staleness(torch.zeros(0), torch.zeros(0)) == Staleness(0, 0, 0, 0, 0, 0)


def test_a_cap_and_its_inverse_bound_alike():
    sampler = torch.zeros(2)
    old = torch.tensor([math.log(3.0), -math.log(3.0)])
    assert staleness(old, sampler, cap=2.0).beyond == staleness(old, sampler, cap=0.5).beyond == 1
    assert staleness(old, sampler, cap=4.0).beyond == staleness(old, sampler, cap=0.25).beyond == 0
