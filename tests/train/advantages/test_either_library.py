"""The same numbers from numpy, lists and torch, of the caller's type and on its device."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from gem.train.advantages import ESTIMATORS, gae, normalise, rebn
from tests.train.advantages.batches import EPISODES, taken


def as_tensors(arguments, dtype):
    """Numbers as tensors; the names of states stay what they are."""
    return {
        name: torch.tensor(value, dtype=dtype if isinstance(value[0], float) else torch.int64)
        if isinstance(value, list) and not isinstance(value[0], str)
        else value
        for name, value in arguments.items()
    }


by_estimator = pytest.mark.parametrize("estimator", ESTIMATORS.values(), ids=ESTIMATORS)


@by_estimator
@given(episodes=EPISODES)
@settings(max_examples=12)
def test_torch_and_numpy_agree(estimator, episodes):
    arguments = taken(estimator, episodes)
    expected = estimator(**arguments)
    exact = estimator(**as_tensors(arguments, torch.float64))
    assert expected.dtype == np.float64
    assert exact.dtype == torch.float64
    assert exact.tolist() == expected.tolist()
    single = estimator(**as_tensors(arguments, torch.float32))
    assert single.dtype == torch.float32
    np.testing.assert_allclose(single.numpy(), expected, atol=1e-4)


@by_estimator
def test_an_empty_batch_gives_an_empty_answer(estimator):
    arguments = {
        name: [] if isinstance(value, list) else value for name, value in taken(estimator, [(0, [(0.0, "a")])]).items()
    }
    assert estimator(**arguments).shape == (0,)
    answer = estimator(**arguments | {"rewards_N": torch.zeros(0)})
    assert isinstance(answer, torch.Tensor)
    assert answer.shape == (0,)


def test_half_precision_is_computed_in_double_and_answered_in_single():
    answer = rebn(torch.tensor([0.0, 1.0], dtype=torch.bfloat16), [0, 1], 1.0)
    assert answer.dtype == torch.float32
    assert answer.tolist() == [-1, 1]


def test_rewards_of_numpy_with_a_critics_values_of_torch_are_answered_in_single_precision():
    answer = gae(np.array([1.0, 0.0]), np.array([0, 1]), torch.tensor([0.5, 0.5]), gamma=1.0)
    assert answer.dtype == torch.float32
    assert answer.tolist() == [0.5, -0.5]


def test_the_answer_has_no_gradient_though_the_critics_values_have():
    values = torch.tensor([0.5, 0.5], requires_grad=True)
    assert not gae([1.0, 0.0], [0, 1], values).requires_grad


def test_tensors_are_not_changed():
    rewards = torch.tensor([1.0, 2.0], dtype=torch.float64)
    normalise(rewards)
    assert rewards.tolist() == [1, 2]


def test_numpy_alone_does_not_import_torch(run_python):
    code = "import sys; from gem.train.advantages import rebn; rebn([0, 1], [0, 1], 1.0); print('torch' in sys.modules)"
    assert run_python(code).strip() == "False"
