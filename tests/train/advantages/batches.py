"""Batches for the tests of the estimators: episodes as lists of (reward, state), and the same flat."""

from hypothesis import strategies as st

GAMMAS = st.sampled_from([0.0, 0.5, 0.9, 1.0])
LAMS = st.sampled_from([0.0, 0.3, 0.95, 1.0])
REWARDS = st.integers(-4, 4).map(lambda count: count / 4)
VALUES = st.integers(-8, 8).map(lambda count: count / 8)
TURNS = st.lists(st.tuples(REWARDS, st.sampled_from("abc")), min_size=1, max_size=4)
EPISODES = st.lists(st.tuples(st.integers(0, 2), TURNS), min_size=1, max_size=6)
"""Episodes with their groups, which need not stand together."""


def columns(episodes):
    """What the estimators take, by argument name."""
    return {
        "rewards_N": [reward for _, turns in episodes for reward, _ in turns],
        "episode_N": [number for number, (_, turns) in enumerate(episodes) for _ in turns],
        "group_N": [group for group, turns in episodes for _ in turns],
        "state_N": [state for _, turns in episodes for _, state in turns],
    }


def taken(estimator, episodes):
    """Those of the columns that `estimator` takes, with values made up of the rewards where it needs a critic's."""
    given = columns(episodes)
    turns = len(given["rewards_N"])
    given |= {
        "values_N": [0.3 * reward + 0.1 for reward in given["rewards_N"]],
        "token_values_M": [0.05 * number for number in range(2 * turns)],
        "turn_M": [number // 2 for number in range(2 * turns)],
    }
    wanted = {"rewards", "episode", *estimator.needs}
    settings = {"gamma": 0.9} if "gamma" in estimator.parameters else {}
    return {name: column for name, column in given.items() if name[:-2] in wanted} | settings
