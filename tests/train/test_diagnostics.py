"""Explained variance and clip fraction: by hand, for their identities, and on flat or empty input."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gem.errors import ConfigError
from gem.train.diagnostics import clip_fraction, explained_variance
from gem.train.losses import clipped_surrogate
from gem.train.losses.ratio import clip_bounds, token_ratio

NUMBERS = st.floats(-10, 10)


def test_perfect_values_explain_all_and_so_do_biased_ones():
    returns = [0.0, 1.0, 5.0]
    assert explained_variance(returns, returns) == 1
    assert explained_variance([3.0, 4.0, 8.0], returns) == pytest.approx(1)


@given(st.lists(NUMBERS, min_size=1, max_size=20), NUMBERS)
def test_constant_values_explain_nothing(returns, constant):
    assert explained_variance([constant] * len(returns), returns) == pytest.approx(0, abs=1e-6)


def test_values_that_point_the_wrong_way_are_worse_than_a_constant():
    assert explained_variance([0.0, -1.0], [0.0, 1.0]) == pytest.approx(-3)


def test_half_of_the_variance():
    returns = np.array([0.0, 2.0, 0.0, 2.0])
    assert explained_variance(returns / 2, returns) == pytest.approx(1 - 0.25)


@pytest.mark.parametrize("returns", [[], [3.0], [0.1 + 0.2] * 7, [0.0, 0.0], [1e12, 1e12]])
def test_where_there_is_nothing_to_explain_nothing_is_explained(returns):
    assert explained_variance(np.arange(len(returns)), returns) == 0


def test_values_of_other_turns_are_refused():
    with pytest.raises(ConfigError, match="same turns"):
        explained_variance(np.zeros((3, 1)), np.arange(3))


@given(st.lists(st.tuples(st.floats(-1, 1), st.sampled_from([-1.0, 0.0, 2.0])), min_size=1, max_size=12))
def test_the_clip_fraction_is_the_share_of_tokens_that_lost_their_gradient(tokens):
    changes, advantages = (torch.tensor(values, dtype=torch.float64) for values in zip(*tokens, strict=True))
    new = changes.clone().requires_grad_()
    clipped_surrogate(new, torch.zeros_like(changes), advantages, 0.2, 0.28).sum().backward()
    lost = ((new.grad == 0) & (advantages != 0)).double().mean().item()
    bounds = clip_bounds(0.2, 0.28, (0.2, 0.2))
    assert clip_fraction(token_ratio(changes, torch.zeros_like(changes)), advantages, bounds) == pytest.approx(lost)


def test_no_tokens_are_not_clipped():
    assert clip_fraction(torch.zeros(0), torch.zeros(0), (0.8, 1.2)) == 0


def test_only_moves_in_the_direction_of_the_advantage_are_cut():
    ratios, bounds = torch.tensor([1.5, 1.5, 0.5, 0.5]), (0.8, 1.2)
    assert clip_fraction(ratios, torch.tensor([1.0, -1.0, 1.0, -1.0]), bounds) == 0.5
    assert clip_fraction(ratios, torch.zeros(4), bounds) == 0
    assert math.isfinite(clip_fraction(torch.tensor([math.inf]), torch.ones(1), bounds))
