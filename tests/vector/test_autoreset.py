"""What becomes of an env whose episode has ended, in each mode."""

import pytest

from gem.errors import ResetNeeded, VectorError
from gem.vector import AutoresetMode
from gem.wrappers import EpisodeTrackingWrapper
from tests.vector.counting_env import CountUp, vector


def test_defect_18_same_step_keeps_the_final_observation_and_info():
    vec = vector(2, lengths=[1, 3])
    vec.reset()
    obs, rewards, terminations, _, infos = vec.step(["a", "a"])
    assert obs == ["env 0 episode 2 turn 0", "env 1 episode 1 turn 1"]
    assert infos[0]["final_observation"] == "env 0 episode 1 turn 1"
    assert infos[0]["final_info"] == {"correct": True}
    assert infos[0]["episode"] == 2
    assert "final_info" not in infos[1]
    assert terminations.tolist() == [True, False]
    assert rewards.tolist() == [1.0, 1.0]


def test_same_step_goes_on_with_the_new_episode():
    vec = vector(1, lengths=[1])
    vec.reset()
    assert [vec.step(["a"])[0][0] for _ in range(2)] == ["env 0 episode 2 turn 0", "env 0 episode 3 turn 0"]


def test_same_step_shows_what_a_wrapper_tells_of_the_episode_before():
    vec = vector(1, lengths=[2], wrap=EpisodeTrackingWrapper)
    vec.reset()
    vec.step(["a"])
    info = vec.step(["a"]).infos[0]
    assert (info["prev_ep_step_counter"], info["step_counter"]) == (2, 0)
    assert info["final_info"]["step_counter"] == 2


def test_next_step_resets_instead_of_stepping():
    vec = vector(1, lengths=[1], mode=AutoresetMode.NEXT_STEP)
    vec.reset()
    assert vec.step(["a"])[0] == ["env 0 episode 1 turn 1"]
    obs, rewards, terminations, truncations, infos = vec.step(["ignored"])
    assert (obs, rewards.tolist(), infos[0]["episode"]) == (["env 0 episode 2 turn 0"], [0.0], 2)
    assert not terminations[0]
    assert not truncations[0]
    assert vec.step(["a"])[0] == ["env 0 episode 2 turn 1"]


def test_disabled_refuses_an_ended_env_before_stepping_any():
    vec = vector(2, lengths=[3, 1], mode="Disabled")
    vec.reset()
    vec.step(["a", "a"])
    with pytest.raises(ResetNeeded, match="env 1"):
        vec.step(["a", "a"])
    assert vec.envs[0].turn == 1
    assert vec.step({0: "a"})[0] == ["env 0 episode 1 turn 2"]


@pytest.mark.parametrize("mode", AutoresetMode)
def test_an_env_that_was_reset_by_hand_is_not_reset_again(mode):
    vec = vector(1, lengths=[2], mode=mode)
    vec.reset()
    for _ in range(2):
        vec.step(["a"])
    obs, _ = vec.envs[0].reset()
    assert vec.step(["a"])[0][0] == obs.replace("turn 0", "turn 1")


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_an_env_that_was_stepped_to_its_end_by_hand_is_reset(mode):
    vec = vector(1, lengths=[1], mode=mode)
    vec.reset()
    vec.envs[0].step("a")
    assert vec.step(["a"])[0] == ["env 0 episode 2 turn 0"]


@pytest.mark.parametrize("mode", AutoresetMode)
def test_defect_18_a_mode_may_be_given_by_its_value(mode):
    assert vector(1, mode=mode.value).autoreset_mode is mode


def test_an_unknown_mode_is_refused_at_once():
    with pytest.raises(VectorError, match="'SameStep'"):
        vector(1, mode="sometimes")


def test_a_step_before_the_first_reset_is_refused():
    with pytest.raises(ResetNeeded, match="env 0"):
        vector(2).step(["a", "a"])
    assert isinstance(vector(1).envs[0].unwrapped, CountUp)
