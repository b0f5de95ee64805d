"""What makes no sense is refused, with the name of the argument and what it should be."""

from functools import partial

import numpy as np
import pytest
import torch

from gem.errors import ConfigError
from gem.train.advantages import bilevel_gae, gae, gigpo, grpo, hgpo, normalise, rebn, reward_to_go

NAN, INF = float("nan"), float("inf")
turns = partial(gae, [1, 1, 1], [0, 0, 1], [0, 0, 0])
tokens = partial(bilevel_gae, [1, 1], [0, 0])
states = partial(hgpo, [1, 1], [0, 1], [0, 0])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: rebn([1, NAN], [0, 1], 1.0), r"rewards_N\[1\] is nan; it must be finite"),
        (lambda: rebn([INF, 1], [0, 1], 1.0), r"rewards_N\[0\] is inf"),
        (lambda: rebn([1e300, 1], [0, 1], 1.0), r"rewards_N\[0\] is 1e\+300; .* no larger than 1e\+100"),
        (lambda: rebn(torch.tensor([1.0, NAN]), [0, 1], 1.0), r"rewards_N\[1\] is nan"),
        (lambda: rebn(["one"], [0], 1.0), "rewards_N must be numbers"),
        (lambda: rebn([[1], [1, 2]], [0, 1], 1.0), "rewards_N must be numbers"),
        (lambda: rebn([[1, 2]], [0], 1.0), "rewards_N has 2 dimensions; it must have 1"),
        (lambda: rebn(None, [0], 1.0), "rewards_N has 0 dimensions"),
        (lambda: rebn([1, 2], [0], 1.0), "one entry for each turn: rewards_N has 2, episode_N has 1"),
        (lambda: rebn([1, 2], 0, 1.0), "episode_N is 0; it must have one entry for each turn"),
        (lambda: rebn([1, 2], "ab", 1.0), "episode_N is 'ab'"),
        (lambda: rebn([1, 2], [[0], [1]], 1.0), "episode_N must be hashable names"),
        (lambda: rebn([1, 1, 1], [0, 1, 0], 1.0), r"episode_N\[2\] goes back to an earlier episode"),
        (lambda: rebn([1], [0], 1.1), "gamma is 1.1; it must be between 0 and 1"),
        (lambda: rebn([1], [0], -0.1), "gamma is -0.1"),
        (lambda: rebn([1], [0], NAN), "gamma is nan"),
        (lambda: rebn([1], [0], "high"), "gamma is 'high'; it must be a number"),
        (lambda: reward_to_go([1], [0], None), "gamma is None; it must be a number"),
        (lambda: rebn([], [], 2.0), "gamma is 2.0"),
        (lambda: grpo([1, 1], [0, 0], [0, 1]), r"group_N\[1\] is another group"),
        (lambda: grpo([1, 1], [0, 1], None), "group_N is None"),
        (lambda: grpo([1, 1], [0, 1], 0.9), "group_N is 0.9"),
        (lambda: gigpo([1], [0], [0], ["a"], omega=-1), "omega is -1; it must be between 0"),
        (lambda: states(["a"]), "state_N has 1"),
        (lambda: states(["a", "b"], alpha=NAN), "alpha is nan"),
        (lambda: states(["a", "b"], history=-1), "history is -1; it must be a whole number"),
        (lambda: states(["a", "b"], history=1.5), "history is 1.5"),
        (lambda: turns(lam=1.5), "lam is 1.5"),
        (lambda: turns([0.0]), "final_values_E has 1 entries; the batch has 2 episodes"),
        (lambda: turns([0.0, NAN]), r"final_values_E\[1\] is nan"),
        (lambda: gae([1], [0], None), "values_N has 0 dimensions"),
        (lambda: tokens([0, 0], [0, 0]), "turn_M must name each of the 2 turns"),
        (lambda: tokens([0, 0, 0], [0, 1, 2]), "turn_M must name each of the 2 turns"),
        (lambda: tokens([0, 0], [1, 0]), "turn_M must not fall"),
        (lambda: tokens([0, 0], [0, 0.5]), "turn_M must be whole numbers"),
        (lambda: tokens([0], [0, 1]), "for each token: token_values_M has 1, turn_M has 2"),
        (lambda: tokens([0, 0], [0, 1], lam_token=-1), "lam_token is -1"),
        (lambda: normalise([NAN]), r"advantages_N\[0\] is nan"),
    ],
)  # fmt: skip
def test_it_is_refused_by_name(call, says):
    with pytest.raises(ConfigError, match=says):
        call()


@pytest.mark.parametrize("names", [["x", "y"], [("x", 1), ("x", 2)], np.array([3, 9]), torch.tensor([True, False])])
def test_names_are_anything_hashable(names):
    assert rebn([0, 1], names, 1.0).tolist() == [-1, 1]


def test_the_largest_rewards_are_still_answered_with_finite_numbers():
    assert rebn([1e100, -1e100] * 50, range(100), 1.0).tolist() == pytest.approx([1, -1] * 50)


def test_a_numpy_number_is_a_number():
    assert states(["a", "a"], history=np.int64(1)).tolist() == [0, 0]
