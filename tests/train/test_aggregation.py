"""The aggregations: against loops over turns, for their identities, and on nothing at all."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gem.errors import ConfigError
from gem.train.aggregation import AGGREGATIONS, sequence_mean, token_mean, turn_lengths, turn_sums
from gem.train.algorithms import AGGREGATION_NAMES

CONSTANT = 7.0
LOSSES = st.floats(-5, 5)
TURNS = st.lists(st.lists(LOSSES, max_size=5), max_size=6).filter(any)
"""The losses of each turn's tokens; some turns have none."""


def flat(turns):
    losses = [loss for turn in turns for loss in turn]
    numbers = [number for number, turn in enumerate(turns) for _ in turn]
    return torch.tensor(losses, dtype=torch.float64), torch.tensor(numbers, dtype=torch.int64)


def by_hand(name, turns):
    turns = [turn for turn in turns if turn]
    match name:
        case "token_mean":
            losses = [loss for turn in turns for loss in turn]
            return sum(losses) / len(losses)
        case "sequence_mean":
            return sum(sum(turn) / len(turn) for turn in turns) / len(turns)
        case "constant":
            return sum(sum(turn) / CONSTANT for turn in turns) / len(turns)


@pytest.mark.parametrize("name", AGGREGATIONS)
@given(turns=TURNS)
def test_it_is_the_loop_over_turns(name, turns):
    assert AGGREGATIONS[name](*flat(turns), CONSTANT).item() == pytest.approx(by_hand(name, turns), abs=1e-9)


def test_the_names_are_those_of_the_settings():
    assert set(AGGREGATIONS) == set(AGGREGATION_NAMES)


@given(st.lists(st.lists(LOSSES, min_size=3, max_size=3), min_size=1, max_size=5))
def test_all_agree_where_each_turn_is_as_long_as_the_constant(turns):
    values = [aggregate(*flat(turns), 3.0).item() for aggregate in AGGREGATIONS.values()]
    assert values == pytest.approx([values[0]] * len(values), abs=1e-9)


@pytest.mark.parametrize(("name", "slopes"), [
    ("token_mean", [1 / 4, 1 / 4, 1 / 4, 1 / 4]),
    ("sequence_mean", [1 / 6, 1 / 6, 1 / 6, 1 / 2]),
    ("constant", [1 / 20, 1 / 20, 1 / 20, 1 / 20]),
])  # fmt: skip
def test_how_much_a_token_of_a_long_turn_weighs(name, slopes):
    losses = torch.zeros(4, requires_grad=True)
    AGGREGATIONS[name](losses, torch.tensor([0, 0, 0, 5]), 10.0).backward()
    assert losses.grad.tolist() == pytest.approx(slopes)


def test_a_longer_turn_weighs_the_same_in_the_mean_of_turns_and_more_in_the_mean_of_tokens():
    losses, turns = flat([[1.0] * 9, [0.0]])
    assert sequence_mean(losses, turns).item() == pytest.approx(0.5)
    assert token_mean(losses).item() == pytest.approx(0.9)


@pytest.mark.parametrize("name", AGGREGATIONS)
def test_one_token_is_its_own_mean(name):
    assert AGGREGATIONS[name](torch.tensor([2.5]), torch.tensor([3]), 1.0).item() == 2.5


@pytest.mark.parametrize("name", AGGREGATIONS)
def test_no_tokens_give_zero_with_a_gradient_that_is_empty(name):
    losses = torch.zeros(0, requires_grad=True)
    total = AGGREGATIONS[name](losses, torch.zeros(0, dtype=torch.int64), CONSTANT)
    assert total.item() == 0
    total.backward()
    assert losses.grad.shape == (0,)


@pytest.mark.parametrize("constant", [None, 0.0, -1.0, float("nan"), float("inf")])
def test_a_constant_that_cannot_divide_is_refused(constant):
    with pytest.raises(ConfigError, match="constant"):
        AGGREGATIONS["constant"](torch.ones(2), torch.tensor([0, 1]), constant)


def test_sums_and_lengths_of_turns_stand_at_each_token():
    turns = torch.tensor([1, 1, 4, 6, 6, 6])
    assert turn_sums(torch.tensor([1.0, 2.0, 5.0, 1.0, 1.0, 1.0]), turns).tolist() == [3, 3, 5, 3, 3, 3]
    assert turn_lengths(turns).tolist() == [2, 2, 1, 3, 3, 3]
