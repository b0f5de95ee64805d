"""The losses: their gradients where they are known in closed form."""

import pytest
import torch

from gem.train.losses import clipped_surrogate, kl_to_sampler, policy_gradient

ADVANTAGES = torch.tensor([1.5, -2.0, 0.0, 0.3])
OLD = torch.tensor([-0.1, -1.0, -2.0, -3.0])


def gradient(loss, at):
    logprobs = at.clone().requires_grad_()
    loss(logprobs).sum().backward()
    return logprobs.grad


def test_at_the_sampling_policy_the_proximal_gradient_is_the_policy_gradient():
    proximal = gradient(lambda logprobs: clipped_surrogate(logprobs, OLD, ADVANTAGES, 0.2), OLD)
    plain = gradient(lambda logprobs: policy_gradient(logprobs, ADVANTAGES), OLD)
    torch.testing.assert_close(proximal, plain)


@pytest.mark.parametrize(("advantage", "ratio", "moves"), [
    (1.0, 1.3, False),  # already likelier than the clip allows
    (1.0, 0.5, True),
    (-1.0, 0.7, False),  # already less likely than the clip allows
    (-1.0, 1.5, True),
])  # fmt: skip
def test_the_clip_stops_gradients_that_go_further_only(advantage, ratio, moves):
    old = torch.zeros(1)
    new = torch.tensor([ratio]).log()
    slope = gradient(lambda logprobs: clipped_surrogate(logprobs, old, torch.tensor([advantage]), 0.2), new)
    assert bool(slope.abs() > 0) is moves


def test_kl_is_never_negative_and_zero_at_the_sampling_policy():
    assert (kl_to_sampler(torch.linspace(-5, 0, 50), torch.full((50,), -2.0)) >= 0).all()
    assert kl_to_sampler(OLD, OLD).abs().max() == 0
