"""Measures of credit assignment, where the answer is known."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gem.agents import SolverAgent
from gem.errors import ConfigError
from gem.train.credit_error import (
    CreditError,
    ceiling,
    credit_error,
    measured,
    pearson,
    same_signs,
    scaled_error,
    spearman,
    table,
)

TRUE = [0.5, -0.25, 0.0, 1.0, -1.25]
vectors = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=12)


def pairs():
    values = st.integers(-50, 50)
    return st.integers(2, 12).flatmap(lambda n: st.tuples(*[st.lists(values, min_size=n, max_size=n)] * 2))


def slow_pearson(one, other):
    n = len(one)
    mean_one, mean_other = sum(one) / n, sum(other) / n
    products = sum((x - mean_one) * (y - mean_other) for x, y in zip(one, other, strict=True))
    squares = sum((x - mean_one) ** 2 for x in one) * sum((y - mean_other) ** 2 for y in other)
    return products / math.sqrt(squares) if squares else 0.0


def slow_ranks(values):
    return [sum(y < x for y in values) + (sum(y == x for y in values) - 1) / 2 for x in values]


@given(pairs())
def test_correlations_are_those_of_slow_loops(pair):
    one, other = pair
    assert pearson(one, other) == pytest.approx(slow_pearson(one, other), abs=1e-9)
    assert spearman(one, other) == pytest.approx(slow_pearson(slow_ranks(one), slow_ranks(other)), abs=1e-9)


@given(pairs())
def test_the_scaled_error_is_the_least_on_a_grid_of_scales(pair):
    one, other = (np.array(values, dtype=float) for values in pair)
    assume(other.any())
    best = scaled_error(one, other)
    scales = np.concatenate([[0.0], np.geomspace(1e-3, 1e3, 4001)])[:, None]
    least = np.min(np.mean((other - scales * one) ** 2, axis=1)) / np.mean(other**2)
    assert best <= least + 1e-9
    assert least - best < 1e-2


@given(pairs())
def test_signs_are_counted_as_in_a_slow_loop(pair):
    one, other = pair
    points = [1.0 if x * y > 0 else 0.5 if x == 0 else 0.0 for x, y in zip(one, other, strict=True) if y != 0]
    assert same_signs(one, other) == pytest.approx(sum(points) / len(points) if points else 0.5)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 3.0, 1e12])
def test_the_truth_at_any_scale_is_perfect(scale):
    found = credit_error(scale * np.array(TRUE), TRUE)
    assert found == pytest.approx(CreditError(pearson=1.0, spearman=1.0, error=0.0, signs=1.0), abs=1e-9)


def test_the_opposite_is_no_better_than_nothing():
    assert credit_error(-np.array(TRUE), TRUE) == pytest.approx((-1.0, -1.0, 1.0, 0.0), abs=1e-9)
    assert credit_error(np.zeros(5), TRUE) == pytest.approx((0.0, 0.0, 1.0, 0.5))


def test_an_offset_hurts_the_error_and_not_the_correlation():
    found = credit_error(np.array(TRUE) + 2.0, TRUE)
    assert found.pearson == pytest.approx(1.0)
    assert found.error > 0.5
    assert found.signs == pytest.approx(0.5)


def test_a_monotone_estimate_has_perfect_ranks_alone():
    found = credit_error(np.array(TRUE) ** 3, TRUE)
    assert found.spearman == pytest.approx(1.0)
    assert 0 < found.pearson < 1
    assert 0 < found.error < 1
    assert found.signs == 1.0


def test_a_case_by_hand():
    assert scaled_error([1, 0], [1, 1]) == pytest.approx(0.5)
    assert pearson([1, 2, 3], [1, 3, 2]) == pytest.approx(0.5)
    assert spearman([1, 10, 100], [5, 5, 6]) == pytest.approx(math.sqrt(3) / 2)
    assert same_signs([1, -1, 0, 5], [1, 1, 1, 0]) == pytest.approx(0.5)


@pytest.mark.parametrize("flat", [[], [0.0], [7.0], [0.1] * 5, [-3.0] * 5, [0.1 + 0.2, 0.3, 0.3]])
def test_what_does_not_vary_correlates_with_nothing(flat):
    other = np.arange(len(flat))
    for one, two in ((flat, other), (other, flat), (flat, flat)):
        assert pearson(one, two) == 0.0
        assert spearman(one, two) == 0.0
    assert all(math.isfinite(value) for value in credit_error(flat, other))


def test_where_there_is_nothing_to_explain_nothing_is_wrong():
    assert credit_error([1.0, -1.0], [0.0, 0.0]) == (0.0, 0.0, 0.0, 0.5)
    assert credit_error([], []) == (0.0, 0.0, 0.0, 0.5)


@given(vectors, st.floats(-2, 2), st.integers(-300, 300))
def test_measures_are_in_their_ranges_at_any_scale(values, slope, exponent):
    estimated = (np.array(values) / 1e6 + slope) * 10.0**exponent
    found = credit_error(estimated, values)
    assert -1 <= found.pearson <= 1
    assert -1 <= found.spearman <= 1
    assert 0 <= found.error <= 1
    assert 0 <= found.signs <= 1


@pytest.mark.parametrize(
    ("one", "other"), [([1.0], [1.0, 2.0]), ([math.nan], [1.0]), ([1.0], [math.inf]), ([[1.0]], [[1.0]])]
)
def test_what_cannot_be_compared_is_refused(one, other):
    with pytest.raises(ConfigError):
        credit_error(one, other)


def test_the_ceiling_is_what_a_perfect_estimator_reaches():
    rng = np.random.default_rng(0)
    true, errors = rng.normal(size=20_000), np.full(20_000, 0.75)
    noisy = true + 0.75 * rng.normal(size=20_000)
    assert ceiling(noisy, errors) == pytest.approx(pearson(true, noisy), abs=0.01)
    assert ceiling(true, np.zeros(20_000)) == 1.0


@pytest.mark.parametrize(
    ("true", "errors"), [([], []), ([1.0], [0.0]), ([2.0, 2.0], [0.1, 0.1]), ([0, 1], [5, 5]), ([0, 1], [0, math.inf])]
)
def test_where_all_is_noise_or_flat_there_is_nothing_to_reach(true, errors):
    assert ceiling(true, errors) == 0.0


def returns(gamma):
    def estimate(episodes):
        return [
            sum(gamma**later * reward for later, reward in enumerate(episode.rewards[turn:]))
            for episode in episodes
            for turn in range(len(episode.turns))
        ]

    return estimate


def measure(estimators, seed=0, slots=64, continuations=8):
    return measured(
        "game:GuessTheNumber-v1-easy",
        SolverAgent(noise=0.4),
        estimators,
        gamma=0.9,
        groups=3,
        group_size=2,
        continuations=continuations,
        seed=seed,
        slots=slots,
    )


def test_estimators_are_measured_on_the_same_episodes():
    seen = []

    def keeps(episodes):
        seen.append(episodes)
        return returns(0.9)(episodes)

    errors, truth = measure({"one": keeps, "other": keeps})
    assert seen[0] is seen[1]
    assert [episode.group for episode in seen[0]] == [0, 0, 1, 1, 2, 2]
    assert errors["one"] == errors["other"] == credit_error(returns(0.9)(seen[0]), truth.advantages_N)


def test_a_measure_does_not_depend_on_the_slots():
    (first, truth), (second, other) = (measure({"returns": returns(0.9)}, slots=slots) for slots in (2, 64))
    assert first == second
    assert truth.advantages_N.tolist() == other.advantages_N.tolist()


def test_a_table_has_a_row_for_each_estimator():
    rows = table({"a": CreditError(1, 0.5, 0, 0.25), "b": CreditError(-1, 0, 1, 0.5)}).splitlines()
    assert rows == [
        "| estimator | pearson | spearman | error | signs |",
        "|-|-|-|-|-|",
        "| a | 1.000 | 0.500 | 0.000 | 0.250 |",
        "| b | -1.000 | 0.000 | 1.000 | 0.500 |",
    ]
