"""The filters: which groups stay, in any order of the episodes, and what happens when none should."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem.errors import ConfigError
from gem.train.algorithms import FILTER_NAMES
from gem.train.filters import FILTERS, dynamic_sampling, highest_variance

BATCHES = st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0, -0.1]), st.integers(0, 5)), min_size=1, max_size=24)
"""Return and group of each episode."""


def split(batch):
    returns, groups = zip(*batch, strict=True)
    return list(returns), list(groups)


def spreads(batch):
    members = {}
    for value, group in batch:
        members.setdefault(group, []).append(value)
    return {group: statistics.pstdev(values) for group, values in members.items()}


@given(BATCHES)
def test_dynamic_sampling_keeps_the_groups_that_differ(batch):
    spread = spreads(batch)
    assert dynamic_sampling(*split(batch)).tolist() == [spread[group] > 1e-9 for _, group in batch]


@given(BATCHES, st.sampled_from([0.1, 0.25, 0.5, 0.75, 1.0]))
def test_the_variance_filter_keeps_the_best_share_of_the_groups(batch, keep):
    spread = spreads(batch)
    ranked = sorted(spread, key=lambda group: (-round(spread[group], 9), group))
    best = {group for group in ranked[: math.ceil(keep * len(ranked))] if spread[group] > 1e-9}
    assert highest_variance(*split(batch), keep).tolist() == [group in best for _, group in batch]


@given(BATCHES, st.randoms(use_true_random=False), st.sampled_from(sorted(FILTERS)))
def test_the_order_of_the_episodes_changes_nothing(batch, random, name):
    order = list(range(len(batch)))
    random.shuffle(order)
    mask = FILTERS[name](*split(batch), 0.5)
    shuffled = FILTERS[name](*split([batch[index] for index in order]), 0.5)
    assert shuffled.tolist() == [mask[index] for index in order]


@given(BATCHES)
def test_keeping_all_groups_is_dynamic_sampling(batch):
    assert highest_variance(*split(batch), 1.0).tolist() == dynamic_sampling(*split(batch)).tolist()


def test_the_names_are_those_of_the_settings():
    assert set(FILTERS) == set(FILTER_NAMES)


def test_no_filter_keeps_flat_groups_too():
    assert FILTERS["none"]([1.0, 1.0, 0.0], [0, 0, 1], 0.5).all()


@pytest.mark.parametrize("value", [0.0, -0.1, 0.1 + 0.2, 1e12, 1e-30])
@pytest.mark.parametrize("name", ["dynamic", "variance"])
def test_a_batch_of_flat_groups_gives_an_empty_mask(name, value):
    mask = FILTERS[name]([value] * 6, [0, 0, 0, 0, 1, 2], 0.5)
    assert mask.dtype == bool
    assert mask.tolist() == [False] * 6


@pytest.mark.parametrize("name", FILTERS)
def test_no_episodes_give_an_empty_answer(name):
    assert FILTERS[name]([], [], 0.5).shape == (0,)


def test_of_equal_spreads_the_lower_group_number_wins():
    returns, groups = [0.0, 1.0, 1.0, 0.0, 0.0, 1.0], [9, 9, 2, 2, 5, 5]
    assert highest_variance(returns, groups, 1 / 3).tolist() == [False, False, True, True, False, False]


def test_the_share_is_rounded_up_but_not_by_an_error_of_rounding():
    groups = np.repeat(np.arange(25), 2)
    returns = np.tile([0.0, 1.0], 25)
    assert 0.28 * 25 > 7
    assert highest_variance(returns, groups, 0.28).sum() == 14
    assert highest_variance(returns, groups, 0.281).sum() == 16


def test_a_share_of_nothing_keeps_the_best_group():
    assert highest_variance([0, 1, 0, 2], [0, 0, 1, 1], 1e-6).tolist() == [False, False, True, True]


def test_many_equal_spreads_are_taken_in_the_order_of_their_numbers():
    groups = np.repeat(np.arange(100), 2)
    returns = np.tile([0.0, 1.0, 0.0, 2.0], 50)  # odd groups differ more
    assert highest_variance(returns, groups, 0.75).tolist() == [group % 2 == 1 or group < 50 for group in groups]


def test_groups_of_the_same_returns_tie_in_whatever_order_they_come():
    """Summed in another order these have another rounding, which must not decide between groups."""
    first, second = [0.1, 0.1, 0.1, 0.9], [0.1, 0.9, 0.1, 0.1]
    assert np.std(first) < np.std(second)
    assert highest_variance(first + second, [0] * 4 + [1] * 4, 0.5).tolist() == [True] * 4 + [False] * 4


@pytest.mark.parametrize("keep", [0.0, -0.5, 1.5, math.nan])
def test_an_impossible_share_is_refused(keep):
    with pytest.raises(ConfigError, match="share"):
        highest_variance([0, 1], [0, 0], keep)


@pytest.mark.parametrize(("returns", "groups"), [([0, 1], [0]), ([[0, 1]], [[0, 0]])])
def test_arrays_that_do_not_fit_are_refused(returns, groups):
    with pytest.raises(ConfigError, match="length"):
        dynamic_sampling(returns, groups)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_returns_that_are_no_numbers_are_refused(value):
    with pytest.raises(ConfigError, match="NaN"):
        dynamic_sampling([0.0, value], [0, 0])
