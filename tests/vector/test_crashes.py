"""An env that raises loses its own episode and nothing else."""

import logging

import pytest

from gem.errors import ResetNeeded
from gem.vector import AutoresetMode
from tests.vector.counting_env import vector

BROKEN = {"type": "RuntimeError", "message": "the world broke"}


def broken():
    return RuntimeError("the world broke")


def test_defect_18_a_crash_keeps_the_results_of_the_others():
    vec = vector(3, plans={1: {(1, 2): broken()}})
    vec.reset()
    vec.step(["a"] * 3)
    obs, rewards, terminations, truncations, infos = vec.step(["a"] * 3)
    assert obs == ["env 0 episode 1 turn 2", "env 1 episode 2 turn 0", "env 2 episode 1 turn 2"]
    assert rewards.tolist() == [1.0, 0.0, 1.0]
    assert truncations.tolist() == [False, True, False]
    assert not terminations.any()
    assert infos[1]["error"] == BROKEN
    assert infos[1]["final_observation"] == "env 1 episode 1 turn 1"
    assert infos[1]["final_info"] == {"success": False, "error": BROKEN}
    assert infos[0] == infos[2] == {}


def test_a_crash_shows_the_last_observation_where_nothing_resets_at_once():
    vec = vector(1, plans={0: {(1, 1): broken()}}, mode=AutoresetMode.NEXT_STEP)
    vec.reset()
    obs, _, _, truncations, infos = vec.step(["a"])
    assert (obs, truncations[0], infos[0]["error"]) == (["env 0 episode 1 turn 0"], True, BROKEN)
    assert vec.step(["a"])[0] == ["env 0 episode 2 turn 0"]


def test_a_crashed_env_waits_for_its_reset_where_autoreset_is_disabled():
    vec = vector(1, plans={0: {(1, 1): broken()}}, mode=AutoresetMode.DISABLED)
    vec.reset()
    vec.step(["a"])
    with pytest.raises(ResetNeeded):
        vec.step(["a"])
    vec.envs[0].reset()
    assert vec.step(["a"])[0] == ["env 0 episode 2 turn 1"]


def test_a_reset_that_fails_is_tried_again_at_the_next_step():
    vec = vector(1, lengths=[1], plans={0: {(2, 0): broken(), (3, 0): broken()}})
    vec.reset()
    obs, rewards, terminations, truncations, infos = vec.step(["a"])
    assert (obs, rewards[0]) == (["env 0 episode 1 turn 1"], 1.0)
    assert (terminations[0], truncations[0]) == (True, False)
    assert infos[0]["error"] == BROKEN
    assert infos[0]["final_info"] == {"correct": True}
    obs, rewards, _, truncations, infos = vec.step(["a"])
    assert (rewards[0], truncations[0], infos[0]["error"]) == (0.0, True, BROKEN)
    obs, _, _, truncations, infos = vec.step(["a"])
    assert (obs, truncations[0]) == (["env 0 episode 4 turn 0"], False)
    assert "error" not in infos[0]


def test_a_crash_is_logged_with_its_traceback(caplog):
    vec = vector(1, plans={0: {(1, 1): broken()}})
    vec.reset()
    with caplog.at_level(logging.WARNING):
        vec.step(["a"])
    (record,) = caplog.records
    assert record.exc_info[0] is RuntimeError


def test_what_an_asked_for_reset_raises_is_raised():
    vec = vector(1, plans={0: {(1, 0): broken()}})
    with pytest.raises(RuntimeError, match="broke"):
        vec.reset()


def test_an_answer_that_is_no_result_is_a_crash():
    vec = vector(1)
    vec.reset()
    vec.envs[0].env.step = lambda action: None
    assert vec.step(["a"]).infos[0]["error"]["type"] == "TypeError"


def test_stopping_the_program_is_not_survived():
    vec = vector(1, plans={0: {(1, 1): KeyboardInterrupt()}})
    vec.reset()
    with pytest.raises(KeyboardInterrupt):
        vec.step(["a"])
