"""When the world fails, the episodes it hit end with a reason, the others don't notice, and the vector goes on."""

from __future__ import annotations

import os
import signal

import pytest

import gem
from gem.errors import ResetNeeded, StepTimeout, VectorError, WorkerDied
from gem.vector import AutoresetMode
from gem.vector.executors import EXECUTORS
from tests.vector.executor_cases import (
    EVERY,
    FAR,
    NAMED,
    NEAR,
    RAY,
    a_worker_each,
    quickly,
    toys,
    under,
    vector_of,
)
from tests.vector.fault_envs import Patient, Recorded, Unborn, kill_and_wait, until
from tests.vector.stories import BAD, COUNT, WHEN, assert_lost, assert_only_one_lost, told

TIMEOUT_S = 0.5
"""Long for a step of these envs, also on a busy machine; short enough to be waited for."""


# -- envs that raise -----------------------------------------------------------------------------------


@under(*NEAR, "mixed", quickly("processes"), RAY)
def test_an_env_that_raises_loses_its_own_episode_only(executor):
    with vector_of(executor, toys(COUNT)) as vec:
        assert_only_one_lost(vec, "raise", "RuntimeError", "the world broke")


@under(*EVERY)
def test_a_reset_that_fails_by_itself_is_tried_again_at_the_next_step(executor):
    with vector_of(executor, toys(2, own={BAD: {"deeds": [None, "raise"]}}, length=1)) as vec:
        vec.reset()
        result = vec.step(["play"] * 2)
        assert (result.rewards.tolist(), result.terminations.tolist()) == ([1.0, 1.0], [True, True])
        assert result.infos[BAD]["error"] == {"type": "RuntimeError", "message": "the world broke"}
        assert "error" not in result.infos[0]
        result = vec.step(["play"] * 2)
        assert " turn 0 draws " in result.observations[BAD]
        assert "error" not in result.infos[BAD]


@under(*EVERY)
def test_what_an_asked_for_reset_raises_is_raised_once_the_others_are_reset(executor):
    with vector_of(executor, toys(3, own={BAD: {"deeds": ["raise"]}})) as vec:
        with pytest.raises(RuntimeError, match="the world broke"):
            vec.reset()
        assert [vec.envs[index].episode for index in range(3)] == [1, 1, 1]
        vec.reset()
        assert vec.step(["play"] * 3).rewards.tolist() == [1.0] * 3


@under(*EVERY, RAY)
def test_what_a_reset_by_hand_raises_is_raised(executor):
    with vector_of(executor, toys(2)) as vec:
        vec.reset()
        with pytest.raises(RuntimeError, match="the world broke"):
            vec.envs[BAD].reset(deed="raise")
        assert vec.step({0: "play"}).rewards.tolist() == [1.0]


@under(*EVERY, RAY)
def test_an_env_that_cannot_be_made_is_the_callers_error_and_those_made_before_it_are_closed(executor, tmp_path):
    fns = [*toys(3, Recorded, folder=tmp_path), *toys(1, Unborn)]
    workers = {"workers": 2} if executor in FAR else {}
    with pytest.raises(RuntimeError, match="no such world"):
        vector_of(executor, fns, **workers)
    made = {path.stem for path in tmp_path.glob("*.made")}
    until(lambda: {path.stem for path in tmp_path.glob("*.closed")} == made, what="closing the other envs")


@pytest.mark.parametrize("wrong", ["vec_kwargs", "autoreset_mode"])
def test_envs_that_were_made_to_choose_an_executor_are_closed_when_no_vector_comes_of_it(
    wrong, tmp_path, registry_as_it_was
):
    gem.register("test:Recorded-v0", Recorded, folder=tmp_path)
    gem.register("test:Unborn-v0", Unborn)
    ids, options = ["test:Recorded-v0", "test:Unborn-v0"], {}
    if wrong == "autoreset_mode":
        ids, options = ids[:1], {"autoreset_mode": "sometimes"}
    with pytest.raises((RuntimeError, VectorError)):
        gem.make_vec(ids, executor="auto", **options)
    assert len(list(tmp_path.glob("*.made"))) == len(list(tmp_path.glob("*.closed")))


# -- envs that hang --------------------------------------------------------------------------------------


@under("threads", "asynchronous")
def test_a_step_that_takes_too_long_ends_its_episode_only(executor, tmp_path):
    with vector_of(executor, toys(COUNT, folder=tmp_path), step_timeout_s=TIMEOUT_S) as vec:
        assert_only_one_lost(vec, "wait gate", "StepTimeout", str(TIMEOUT_S))
        (tmp_path / "gate").touch()


@under("processes")
@pytest.mark.parametrize("deed", ["regex", *(pytest.param(deed, marks=pytest.mark.slow) for deed in ("spin", "sleep"))])
def test_whatever_a_worker_hangs_in_ends_its_episode_only(executor, deed):
    with vector_of(executor, toys(2), workers=2, step_timeout_s=TIMEOUT_S) as vec:
        assert_only_one_lost(vec, deed, "StepTimeout", str(TIMEOUT_S))


@under("ray")
def test_whatever_an_actor_hangs_in_ends_its_episode_only(executor):
    with vector_of(executor, toys(2), workers=2, step_timeout_s=3 * TIMEOUT_S) as vec:
        assert_only_one_lost(vec, "regex", "StepTimeout", str(3 * TIMEOUT_S))


@under("asynchronous")
def test_an_await_that_takes_too_long_is_cancelled(executor, tmp_path):
    with vector_of(executor, toys(2, Patient, folder=tmp_path), step_timeout_s=TIMEOUT_S) as vec:
        shown = vec.reset()[0]
        results = list(zip(*vec.step(["play", "hang"]), strict=True))
        assert results[0][1] == 1.0
        assert_lost(results[BAD], shown[BAD], "StepTimeout", str(TIMEOUT_S))
        until((tmp_path / "given up").exists)
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]


@under(*EVERY)
def test_an_await_that_cancels_itself_loses_its_own_episode_only(executor):
    with vector_of(executor, toys(2, Patient)) as vec:
        shown = vec.reset()[0]
        results = list(zip(*vec.step(["play", "cancel"]), strict=True))
        assert results[0][1] == 1.0
        assert_lost(results[BAD], shown[BAD], "CancelledError")
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]


@under("threads", "asynchronous", "processes")
def test_recv_gives_up_a_step_in_time_though_nobody_asks_for_it(executor, tmp_path):
    with vector_of(executor, toys(2, folder=tmp_path), step_timeout_s=TIMEOUT_S, **a_worker_each(executor, 2)) as vec:
        vec.reset()
        vec.send({BAD: "wait gate", 0: "play"})
        assert vec.recv(min_ready=1).indices == [0]
        indices, *_, infos = vec.recv(min_ready=1)
        assert (indices, infos[0]["error"]["type"]) == ([BAD], "StepTimeout")
        (tmp_path / "gate").touch()


@under("threads", "asynchronous", "processes")
def test_a_reset_that_hangs_is_given_up_and_can_be_tried_again(executor, tmp_path):
    fns = toys(2, folder=tmp_path)
    with vector_of(executor, fns, step_timeout_s=TIMEOUT_S, **a_worker_each(executor, 2)) as vec:
        with pytest.raises(StepTimeout):
            vec.reset(env1_kwargs={"deed": "wait gate"})
        (tmp_path / "gate").touch()
        vec.reset()
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]


def test_a_loop_says_that_it_cannot_interrupt_an_env():
    with pytest.raises(VectorError, match="step_timeout_s"):
        vector_of("loop", toys(1), step_timeout_s=1.0)


@under(*(name for name in EVERY if name != "loop"))
def test_a_timeout_of_no_time_is_refused(executor):
    with pytest.raises(VectorError, match="step_timeout_s"):
        vector_of(executor, toys(1), step_timeout_s=0)


# -- workers that die --------------------------------------------------------------------------------------


DEATHS = {"kill": "SIGKILL", "exit": "3", "segfault": "SIGSEGV"}
"""What a worker does, and a word of the message that it must leave."""


@under("processes")
@pytest.mark.parametrize(
    "deed", ["segfault", *(pytest.param(deed, marks=pytest.mark.slow) for deed in ("kill", "exit"))]
)
def test_a_worker_that_dies_in_a_step_takes_its_own_episode_along_and_no_other(executor, deed):
    with vector_of(executor, toys(2), workers=2) as vec:
        assert_only_one_lost(vec, deed, "WorkerDied", DEATHS[deed])


@under(*FAR)
def test_the_envs_of_a_dead_worker_lose_their_episodes_and_those_of_others_do_not(executor):
    with vector_of(executor, toys(COUNT), workers=2) as vec:
        vec.reset()
        pids = [env.pid() for env in vec.envs]
        mates = [index for index in range(COUNT) if pids[index] == pids[BAD]]
        assert len(mates) == 2
        _, results, _ = told(vec, "exit", steps=4)
        for index in range(COUNT):
            if index in mates:
                assert_lost(results[index][WHEN], results[index][WHEN - 1][0], "WorkerDied")
            else:
                assert all("error" not in result[4] for result in results[index])
        assert [env.pid() for env in vec.envs if env.pid() in pids] == [
            pid for index, pid in enumerate(pids) if index not in mates
        ]
        assert vec.step(["play"] * COUNT).rewards.tolist() == [1.0] * COUNT


@under("processes")
def test_an_idle_env_of_a_dead_worker_hears_of_its_loss_at_its_next_step(executor):
    with vector_of(executor, toys(3), workers=1) as vec:
        shown = vec.reset()[0]
        vec.step({BAD: "exit"})
        results = list(zip(*vec.step(["play"] * 3), strict=True))
        assert (results[BAD][1], "error" in results[BAD][4]) == (1.0, False)
        for index in (0, 2):
            assert_lost(results[index], shown[index], "WorkerDied", f"env {BAD}")
        assert vec.step(["play"] * 3).rewards.tolist() == [1.0] * 3


@under(quickly("processes"), RAY)
def test_a_worker_killed_while_steps_are_in_flight_is_replaced(executor, tmp_path):
    with vector_of(executor, toys(2, folder=tmp_path), workers=2) as vec:
        shown = vec.reset()[0]
        pid = vec.envs[BAD].pid()
        vec.send({BAD: "wait gate", 0: "play"})
        until((tmp_path / "gate.begun").exists)
        os.kill(pid, signal.SIGKILL)
        results = {}
        while len(results) < 2:
            for index, *result in zip(*vec.recv(), strict=True):
                results[index] = result
        assert results[0][1] == 1.0
        assert_lost(results[BAD], shown[BAD], "WorkerDied")
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]
        assert vec.envs[BAD].pid() != pid


@under("processes")
def test_a_worker_killed_while_idle_is_noticed_at_the_next_step_and_replaced(executor):
    with vector_of(executor, toys(2), workers=2) as vec:
        shown = vec.reset()[0]
        kill_and_wait(vec.envs[BAD].pid())
        results = list(zip(*vec.step(["play"] * 2), strict=True))
        assert results[0][1] == 1.0
        assert_lost(results[BAD], shown[BAD], "WorkerDied")
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]


@under("processes", RAY)
def test_a_reset_puts_a_new_worker_in_the_place_of_one_that_died_while_idle(executor):
    with vector_of(executor, toys(2), workers=2) as vec:
        vec.reset()
        kill_and_wait(vec.envs[BAD].pid())
        try:
            observations, _ = vec.reset(seed=3)
        except WorkerDied:
            observations, _ = vec.reset(seed=3)
        assert observations == [vec.envs[index].reset(seed=3 + index)[0] for index in range(2)]


@under("processes")
@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.DISABLED])
def test_in_other_modes_a_dead_worker_shows_the_last_observation_and_waits(executor, mode):
    with vector_of(executor, toys(2), mode, workers=2) as vec:
        shown = vec.reset()[0]
        result = vec.step(["play", "exit"])
        assert (result.observations[BAD], result.truncations[BAD]) == (shown[BAD], True)
        assert result.infos[BAD]["error"]["type"] == "WorkerDied"
        if mode is AutoresetMode.DISABLED:
            with pytest.raises(ResetNeeded, match="env 1"):
                vec.step({BAD: "play"})
            vec.envs[BAD].reset()
        else:
            assert " turn 0 " in vec.step({BAD: "play"}).observations[0]
        assert " turn 1 " in vec.step({BAD: "play"}).observations[0]


@under("processes")
def test_a_worker_that_dies_again_and_again_is_replaced_again_and_again(executor):
    with vector_of(executor, toys(2), workers=2) as vec:
        shown = vec.reset()[0][BAD]
        seen = {shown}
        for _ in range(3):
            results = list(zip(*vec.step(["play", "exit"]), strict=True))
            assert_lost(results[BAD], shown, "WorkerDied")
            shown = results[BAD][0]
            seen.add(shown)
        assert len(seen) == 4, "a replaced env starts an episode that was not played yet"


@under("processes")
def test_a_worker_that_dies_at_every_reset_costs_its_env_and_nothing_else(executor):
    own = {BAD: {"deeds": ["exit"] * 9}}
    with vector_of(executor, toys(2, own=own), workers=2) as vec:
        with pytest.raises(WorkerDied):
            vec.reset()
        for _ in range(3):
            assert vec.step({0: "play"}).rewards.tolist() == [1.0]


@under("processes")
def test_a_worker_that_dies_in_a_call_by_hand_raises_there_and_is_replaced(executor):
    with vector_of(executor, toys(2), workers=2) as vec:
        vec.reset()
        with pytest.raises(WorkerDied):
            vec.envs[BAD].reset(deed="exit")
        assert vec.step({0: "play"}).rewards.tolist() == [1.0]
        vec.reset()
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]


def test_every_executor_of_the_package_is_held_to_this():
    assert {*NAMED, RAY} == set(EXECUTORS)
