"""The divergences: exact over small distributions, by summing over every token instead of sampling."""

import math

import pytest
import torch

from gem.train.algorithms import KL_NAMES
from gem.train.losses import KLS, k1, k2, k3, kl_to_sampler

LOGITS = torch.tensor([0.3, -1.0, 0.8, 0.0], dtype=torch.float64)
OTHER = torch.log_softmax(torch.tensor([-0.2, 0.5, 0.1, 1.0], dtype=torch.float64), dim=0)


def divergence(first, second):
    return sum(math.exp(p) * (p - q) for p, q in zip(first.tolist(), second.tolist(), strict=True))


def expected(estimate, logits):
    """E over tokens of the policy with these logits; the weights are constants, as they are for sampled tokens."""
    logprobs = torch.log_softmax(logits, dim=0)
    return (logprobs.detach().exp() * estimate(logprobs, OTHER)).sum()


def slope(function):
    logits = LOGITS.clone().requires_grad_()
    function(logits).backward()
    return logits.grad


def exact(logits):
    logprobs = torch.log_softmax(logits, dim=0)
    return (logprobs.exp() * (logprobs - OTHER)).sum()


def exact_backwards(logits):
    return (OTHER.exp() * (OTHER - torch.log_softmax(logits, dim=0))).sum()


def test_the_names_are_those_of_the_settings():
    assert set(KLS) - set(KL_NAMES) == {"k1"}, "k1 is a metric: as a loss it has no gradient in expectation"
    assert set(KL_NAMES) < set(KLS)


@pytest.mark.parametrize("estimate", [k1, k3])
def test_k1_and_k3_are_unbiased(estimate):
    policy = torch.log_softmax(LOGITS, dim=0)
    assert expected(estimate, LOGITS).item() == pytest.approx(divergence(policy, OTHER), rel=1e-12)


def test_k2_is_near_the_divergence_where_the_policies_are_near():
    near = OTHER + torch.tensor([0.05, -0.03, 0.04, -0.05], dtype=torch.float64)
    policy = torch.log_softmax(near, dim=0)
    assert expected(k2, near).item() == pytest.approx(divergence(policy, OTHER), rel=0.02)


def test_as_a_loss_k1_has_no_gradient():
    assert slope(lambda logits: expected(k1, logits)).abs().max() < 1e-12


def test_as_a_loss_k2_has_the_gradient_of_the_divergence():
    assert slope(lambda logits: expected(k2, logits)).tolist() == pytest.approx(slope(exact).tolist(), rel=1e-9)


def test_as_a_loss_k3_has_the_gradient_of_the_divergence_the_other_way_round():
    assert slope(lambda logits: expected(k3, logits)).tolist() == pytest.approx(
        slope(exact_backwards).tolist(), rel=1e-9
    )


@pytest.mark.parametrize("name", KLS)
def test_values_are_those_of_the_formula(name):
    formula = {"k1": lambda x: x, "k2": lambda x: x * x / 2, "k3": lambda x: math.exp(-x) - 1 + x}[name]
    sampled, other = [-0.5, -1.0, -2.0, -0.1], [-1.5, -1.0, -1.0, -4.0]
    values = KLS[name](torch.tensor(sampled, dtype=torch.float64), torch.tensor(other, dtype=torch.float64))
    assert values.tolist() == pytest.approx([formula(p - q) for p, q in zip(sampled, other, strict=True)])


def test_the_divergence_from_the_sampler_is_ratio_minus_one_minus_its_logarithm():
    new, old = [-0.5, -1.0, -3.0], [-1.0, -1.0, -0.5]
    values = kl_to_sampler(torch.tensor(new, dtype=torch.float64), torch.tensor(old, dtype=torch.float64))
    assert values.tolist() == pytest.approx([math.exp(n - o) - 1 - (n - o) for n, o in zip(new, old, strict=True)])


@pytest.mark.parametrize("scale", [1e-9, 1e-6, 1e-3, 1.0, 10.0])
@pytest.mark.parametrize("estimate", [k2, k3, kl_to_sampler])
def test_k2_and_k3_are_never_negative_and_zero_for_equal_policies(estimate, scale):
    changes = torch.linspace(-1, 1, 101) * scale
    assert (estimate(changes, torch.zeros(101)) >= 0).all()
    assert estimate(changes, changes).abs().max() == 0


@pytest.mark.parametrize("change", [-1e3, 1e3, 1e30])
@pytest.mark.parametrize("name", KLS)
def test_huge_changes_give_finite_values_and_gradients(name, change):
    sampled = torch.tensor([change], requires_grad=True)
    value = KLS[name](sampled, torch.zeros(1))
    value.sum().backward()
    assert value.isfinite().all()
    assert sampled.grad.isfinite().all()
