"""Where a vector may be used: beside others, from any thread, in an event loop, in a script without a main guard."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from gem.aio import AsyncEnv
from tests.conftest import ROOT
from tests.vector.executor_cases import EVERY, NAMED, a_worker_each, toys, under, vector_of
from tests.vector.fault_envs import Obedient, Patient, until

OWN_CLASS = """
import gem
from gem.core import Env, StepResult

class Mine(Env):
    def _reset(self):
        self.state = 0
        return "mine", {}

    def _step(self, action):
        return StepResult(action, 1.0, True, False, {})

gem.register("own:Mine-v0", Mine)
with gem.make_vec("own:Mine-v0", num_envs=2, executor="processes", workers=1) as vec:
    vec.reset()
    print(vec.step(["a", "b"]).infos[1]["final_observation"])
"""


@under(*EVERY)
def test_a_vector_goes_on_when_another_one_is_closed(executor, tmp_path):
    with vector_of(executor, toys(2, folder=tmp_path)) as vec:
        other = vector_of(executor, toys(2))
        vec.reset()
        other.reset()
        if executor != "loop":
            vec.send({0: "wait gate"})
            until((tmp_path / "gate.begun").exists)
        other.close()
        (tmp_path / "gate").touch()
        assert vec.recv(vec.under_way).indices == ([] if executor == "loop" else [0])
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]


@under(*EVERY)
@pytest.mark.parametrize("kind", [Patient, None], ids=["awaiting", "plain"])
def test_a_vector_works_where_an_event_loop_runs_as_in_a_notebook(executor, kind):
    async def cell():
        with vector_of(executor, toys(2, *([kind] if kind else []))) as vec:
            vec.reset()
            return vec.step(["play"] * 2).rewards.tolist()

    assert asyncio.run(cell()) == [1.0, 1.0]


@under(*EVERY)
def test_a_vector_may_be_used_by_a_thread_that_did_not_make_it(executor):
    with vector_of(executor, toys(3)) as vec:
        seen = []
        thread = threading.Thread(target=lambda: seen.append((vec.reset(), vec.step(["play"] * 3).rewards.tolist())))
        thread.start()
        thread.join()
        assert seen[0][1] == [1.0] * 3
        assert vec.step(["play"] * 3).rewards.tolist() == [1.0] * 3


@under("threads", "asynchronous", "processes")
def test_a_vector_outlives_the_thread_that_made_it(executor):
    made = []
    thread = threading.Thread(target=lambda: made.append(vector_of(executor, toys(2))))
    thread.start()
    thread.join()
    with made[0] as vec:
        vec.reset()
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]


@under(*NAMED)
def test_an_awaiting_env_in_a_vector_made_by_hand_is_awaited(executor):
    with vector_of(executor, [awaiting, awaiting]) as vec:
        vec.reset()
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]


def awaiting():
    env = Patient()
    assert isinstance(env, AsyncEnv)
    return env


@under("processes")
def test_a_worker_that_takes_its_time_to_start_again_holds_up_no_other(executor, tmp_path):
    fns = [*toys(1), *toys(1, Hesitant, folder=tmp_path)]
    with vector_of(executor, fns, **a_worker_each(executor, 2)) as vec:
        vec.reset()
        vec.send({0: "play", 1: "exit"})

        def goes_on():
            assert vec.recv().indices == [0]
            vec.send({0: "play"})
            return (tmp_path / "again.begun").exists()

        until(goes_on)
        assert vec.recv().indices == [0]
        (tmp_path / "again").touch()
        assert vec.recv().infos[0]["error"]["type"] == "WorkerDied"


class Hesitant(Obedient):
    """Is made at once the first time, and at leisure the second time."""

    def __init__(self, **arguments):
        super().__init__(**arguments)
        if (self.folder / "made").exists():
            (self.folder / "again.begun").touch()
            until((self.folder / "again").exists)
        (self.folder / "made").touch()


@pytest.mark.slow
@pytest.mark.parametrize("how", ["file", "argument", "standard input"])
def test_a_script_without_a_main_guard_may_define_its_envs(how, tmp_path):
    (tmp_path / "script.py").write_text(OWN_CLASS)
    command = {"file": [str(tmp_path / "script.py")], "argument": ["-c", OWN_CLASS], "standard input": ["-"]}[how]
    done = subprocess.run(
        [sys.executable, "-W", "error", *command],
        input=OWN_CLASS if command == ["-"] else None,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "b\n", "")
