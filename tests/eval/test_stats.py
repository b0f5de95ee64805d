"""The statistics of comparisons: against known values, brute force, and simulated truth."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gem.errors import ConfigError
from gem.eval.stats import (
    expanded_tail,
    interquartile_mean,
    mean,
    paired_bootstrap,
    stratified_bootstrap,
    student_quantile,
)

FINITE = st.floats(-1e3, 1e3, allow_nan=False)


@settings(max_examples=40)
@given(st.lists(FINITE, min_size=1, max_size=30))
def test_the_interquartile_mean_is_that_of_the_middle(values):
    ordered = sorted(values)
    cut = int(0.25 * len(values))
    middle = [value for place, value in enumerate(ordered) if cut <= place < len(values) - cut]
    assert interquartile_mean(np.array(values)) == pytest.approx(math.fsum(middle) / len(middle), abs=1e-9)


def test_an_outlier_moves_the_mean_and_not_the_interquartile_mean():
    scores = np.array([0.4, 0.5, 0.5, 0.6])
    wild = np.array([0.4, 0.5, 0.5, 99.0])
    assert interquartile_mean(wild) == interquartile_mean(scores)
    assert mean(wild) > mean(scores)


@pytest.mark.parametrize(
    ("probability", "freedom", "value"),
    [
        (0.975, 1, 12.706205), (0.975, 2, 4.302653), (0.975, 3, 3.182446), (0.975, 4, 2.776445), (0.995, 5, 4.032143),
        (0.95, 12, 1.782288), (0.975, 30, 2.042272), (0.5, 7, 0.0), (0.025, 4, -2.776445),
    ],
)  # fmt: skip
def test_quantiles_of_student_are_those_of_the_tables(probability, freedom, value):
    assert student_quantile(probability, freedom) == pytest.approx(value, abs=2e-6)


def test_many_seeds_need_no_expansion():
    assert expanded_tail(0.025, 1, 5) == pytest.approx(0.00095, abs=1e-5)
    assert expanded_tail(0.025, 8, 5) > expanded_tail(0.025, 1, 5)
    assert expanded_tail(0.025, 1, 2000) == pytest.approx(0.025, abs=2e-4)


def test_the_bootstrap_agrees_with_all_3125_resamples_of_five_seeds():
    scores_S = np.array([0.1, 0.5, 0.55, 0.7, 0.9])
    every = [np.mean(drawn) for drawn in itertools.product(scores_S, repeat=5)]
    tail = expanded_tail(0.05, 1, 5)
    found = stratified_bootstrap(scores_S[None], mean, confidence=0.9, resamples=40_000)
    assert found.estimate == pytest.approx(scores_S.mean())
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(every, [tail, 1 - tail])), abs=0.02)


def test_envs_are_never_resampled():
    """Between envs lie worlds, between seeds nothing: then there is no doubt about the mean."""
    scores_E_S = np.array([[0.0] * 5, [100.0] * 5])
    found = stratified_bootstrap(scores_E_S, mean)
    assert (found.low, found.high) == (50.0, 50.0)


def test_pairs_see_what_unpaired_intervals_hide():
    rng = np.random.default_rng(0)
    level_E_S = rng.normal(size=(3, 5))
    better_E_S = level_E_S + 0.1 + rng.normal(scale=0.01, size=(3, 5))
    alone, other = stratified_bootstrap(level_E_S), stratified_bootstrap(better_E_S)
    assert alone.high > other.low
    found = paired_bootstrap(better_E_S, level_E_S, mean)
    assert found.separable
    assert found.estimate == pytest.approx(0.1, abs=0.02)
    assert paired_bootstrap(level_E_S, better_E_S, mean).high < 0


@settings(max_examples=30)
@given(arrays(np.float64, (2, 5), elements=FINITE))
def test_nothing_differs_from_itself(scores_E_S):
    found = paired_bootstrap(scores_E_S, scores_E_S, resamples=100)
    assert (found.estimate, found.low, found.high) == (0, 0, 0)
    assert not found.separable


@settings(max_examples=30)
@given(arrays(np.float64, (2, 5), elements=FINITE), st.floats(0.1, 10), st.floats(-5, 5))
def test_intervals_move_and_stretch_with_the_scores(scores_E_S, scale, shift):
    plain = stratified_bootstrap(scores_E_S, resamples=100)
    moved = stratified_bootstrap(scale * scores_E_S + shift, resamples=100)
    for name in ("estimate", "low", "high"):
        assert getattr(moved, name) == pytest.approx(scale * getattr(plain, name) + shift, abs=1e-6)


def test_the_same_scores_give_the_same_interval():
    scores_E_S = np.random.default_rng(1).random((3, 5))
    assert stratified_bootstrap(scores_E_S) == stratified_bootstrap(scores_E_S)
    assert stratified_bootstrap(scores_E_S) != stratified_bootstrap(scores_E_S, seed=1)


@pytest.mark.parametrize("seeds", [1, 2, 4])
def test_too_few_seeds_separate_nothing(seeds):
    found = paired_bootstrap(np.ones((3, seeds)), np.zeros((3, seeds)))
    assert found.estimate == 1
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert not found.separable
    assert paired_bootstrap(np.ones((3, 5)), np.zeros((3, 5))).separable


@pytest.mark.parametrize("scores", [[[]], [1.0, 2.0], [[1.0, math.nan]], [[math.inf]]])
def test_scores_that_are_no_table_are_refused(scores):
    with pytest.raises(ConfigError, match="finite"):
        stratified_bootstrap(np.array(scores))


def test_pairs_of_different_tables_are_refused():
    with pytest.raises(ConfigError, match="one shape"):
        paired_bootstrap(np.ones((2, 3)), np.ones((2, 4)))


@pytest.mark.slow
@pytest.mark.parametrize(("envs", "seeds"), [(1, 5), (5, 5)])
def test_intervals_hold_the_truth_as_often_as_they_say(envs, seeds):
    """Plain percentiles of five seeds hold it in about 83 of 100 cases; these promise 95."""
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(600):
        found = stratified_bootstrap(rng.normal(size=(envs, seeds)), mean, resamples=4000)
        held += found.low <= 0 <= found.high
    assert 0.92 <= held / 600 <= 0.98
