"""EpisodeTrackingWrapper: counts in info."""

from gem.wrappers.episode_stats import EpisodeTrackingWrapper
from tests.wrappers.scripted_env import Scripted


def stats(info):
    return {name: value for name, value in info.items() if "step_counter" in name or "cumulative" in name}


def test_steps_and_rewards_are_counted():
    env = EpisodeTrackingWrapper(Scripted("a", "b", ("c", {"own": 1})))
    assert stats(env.reset()[1]) == {
        "step_counter": 0,
        "cumulative_rewards": 0.0,
        "prev_ep_step_counter": 0,
        "prev_ep_cumulative_rewards": 0.0,
    }
    assert env.step("x").info == {"step_counter": 1, "cumulative_rewards": 0.5}
    assert env.step("x").info == {"own": 1, "step_counter": 2, "cumulative_rewards": 1.0}


def test_a_reset_tells_of_the_episode_before():
    env = EpisodeTrackingWrapper(Scripted("a", "b", "c"))
    env.reset()
    env.step("x")
    info = env.reset()[1]
    assert (info["prev_ep_step_counter"], info["prev_ep_cumulative_rewards"]) == (1, 0.5)
    assert (info["step_counter"], info["cumulative_rewards"]) == (0, 0.0)


def test_defect_19_reset_accepts_options():
    assert EpisodeTrackingWrapper(Scripted("a", "b")).reset(seed=1, skip=1)[0] == "b"


def test_a_fork_counts_for_itself():
    env = EpisodeTrackingWrapper(Scripted("a", "b", "c"))
    env.reset()
    twin = env.fork()
    twin.step("x")
    assert env.step("x").info["step_counter"] == 1
