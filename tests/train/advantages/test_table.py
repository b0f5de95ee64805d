"""What holds for every estimator of the table."""

from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gem.train import advantages
from gem.train.advantages import ESTIMATORS
from tests.train.advantages.batches import EPISODES, taken

FEW = settings(max_examples=12)
"""Enough for each, as there are a dozen estimators."""
by_estimator = pytest.mark.parametrize("estimator", ESTIMATORS.values(), ids=ESTIMATORS)
of_turns = pytest.mark.parametrize(
    "name", [name for name, estimator in ESTIMATORS.items() if "token_values" not in estimator.needs]
)


def test_the_table_says_what_each_needs():
    assert {name: (set(estimator.needs), estimator.parameters) for name, estimator in ESTIMATORS.items()} == {
        "reinforce": (set(), ("gamma",)),
        "rebn": (set(), ("gamma",)),
        "rloo": ({"group"}, ("gamma",)),
        "grpo": ({"group"}, ("gamma",)),
        "dr_grpo": ({"group"}, ("gamma",)),
        "reinforce_pp_baseline": ({"group"}, ("gamma",)),
        "gtpo": ({"group"}, ("gamma",)),
        "gigpo": ({"group", "state"}, ("gamma", "omega", "by_std")),
        "hgpo": ({"group", "state"}, ("gamma", "alpha", "history", "by_std")),
        "gagpo": ({"group", "state"}, ("gamma", "lam", "by_std")),
        "gae": ({"values"}, ("gamma", "lam")),
        "bilevel_gae": ({"token_values", "turn"}, ("gamma", "lam", "gamma_token", "lam_token")),
    }


@pytest.mark.parametrize("name", ESTIMATORS)
def test_each_is_a_function_of_its_name(name):
    assert ESTIMATORS[name].function is getattr(advantages, name)


ANY_REWARD = st.floats(-1e99, 1e99) | st.floats(-1, 1)
ANY_EPISODES = st.lists(
    st.tuples(st.integers(0, 1), st.lists(st.tuples(ANY_REWARD, st.sampled_from("ab")), min_size=1, max_size=3)),
    min_size=1,
    max_size=5,
)


@by_estimator
@given(episodes=ANY_EPISODES)
@FEW
def test_rewards_of_any_size_get_as_many_finite_answers(estimator, episodes):
    arguments = taken(estimator, episodes)
    answer = estimator(**arguments)
    assert answer.shape == (len(arguments.get("turn_M", arguments["rewards_N"])),)
    assert np.isfinite(answer).all()


@of_turns
@given(episodes=EPISODES, data=st.data())
@FEW
def test_the_order_of_episodes_does_not_matter(name, episodes, data):
    estimator = ESTIMATORS[name]
    order = data.draw(st.permutations(range(len(episodes))))
    lengths = [len(turns) for _, turns in episodes]
    pieces = np.split(estimator(**taken(estimator, episodes)), np.cumsum(lengths)[:-1])
    shuffled = estimator(**taken(estimator, [episodes[number] for number in order]))
    np.testing.assert_allclose(shuffled, np.concatenate([pieces[number] for number in order]), atol=1e-9)


@of_turns
@given(episodes=EPISODES)
@FEW
def test_only_whether_names_are_equal_matters(name, episodes):
    estimator = ESTIMATORS[name]
    arguments = taken(estimator, episodes)
    renamed = {
        column: [("new", value) for value in values] if column in {"episode_N", "group_N", "state_N"} else values
        for column, values in arguments.items()
    }
    assert estimator(**renamed).tolist() == estimator(**arguments).tolist()


@by_estimator
def test_a_single_turn_is_answered(estimator):
    """With nothing to compare it with: zero, but for those that compare it with nothing, or with a critic's value."""
    answer = estimator(**taken(estimator, [(0, [(1.0, "a")])]))
    assert np.isfinite(answer).all()
    if estimator.needs & {"group"} or estimator.function is advantages.rebn:
        assert answer.tolist() == [0]


@pytest.mark.slow
@by_estimator
def test_a_hundred_thousand_turns_take_less_than_a_second(estimator):
    episodes = [(number // 8, [(number * turn % 7 / 7, turn % 9) for turn in range(10)]) for number in range(10_000)]
    arguments = taken(estimator, episodes)
    began = process_time()
    estimator(**arguments)
    assert process_time() - began < 1
