"""Ctrl-C and the end of the program: nothing hangs, nothing is left behind, and whoever goes on can go on."""

from __future__ import annotations

import os
import re
import signal
import threading
from contextlib import contextmanager

import pytest

from tests.vector.executor_cases import EVERY, RAY, a_worker_each, quickly, slowly, toys, under, vector_of
from tests.vector.fault_envs import until
from tests.vector.programs import running
from tests.vector.stories import BAD

BEGINNING = """
import sys
from pathlib import Path
from tests.vector.executor_cases import toys, vector_of
folder, executor, deed = Path(sys.argv[1]), {executor!r}, {deed!r}
vec = vector_of(executor, toys(4, folder=folder), **({{"workers": 2}} if executor == "processes" else {{}}))
vec.reset()
print("ready", flush=True)
"""
"""Of a script without `if __name__ == "__main__"`, as notebooks and short scripts are."""
STEP = """
with vec:
    vec.step(["play", deed, "play", "play"])
"""
LEAVE = """
vec.send({0: "play", 1: deed})
"""
FAIL = """
vec.send({0: "play"})
raise RuntimeError("the script broke")
"""
STRESS = """
import faulthandler, random, signal, sys
faulthandler.dump_traceback_later(100, exit=True)
signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
from tests.vector.executor_cases import toys, vector_of
executor = {executor!r}
draw = random.Random(1)
recovered = 0
with vector_of(executor, toys(4), **({{"workers": 2}} if executor == "processes" else {{}})) as vec:
    vec.reset()
    for _ in range({times}):
        try:
            signal.setitimer(signal.ITIMER_REAL, draw.uniform(1e-4, 4e-3))
            while True:
                vec.send(dict.fromkeys(range(4), "play"))
                while vec.under_way:
                    vec.recv()
        except KeyboardInterrupt:
            recovered += 1
        if draw.random() < 0.5:
            vec.reset()
        while vec.under_way:
            vec.recv()
        assert vec.step(["play"] * 4).rewards.shape == (4,)
print(recovered)
"""
"""Ctrl-C at random moments of sending and receiving."""


@under("threads", "asynchronous", "mixed", quickly("processes"), RAY)
def test_after_ctrl_c_in_recv_the_results_can_still_be_received(executor, tmp_path):
    with vector_of(executor, toys(2, folder=tmp_path), **a_worker_each(executor, 2)) as vec:
        vec.reset()
        vec.send({0: "play", BAD: "wait gate"})
        with pytest.raises(KeyboardInterrupt), interrupted_once((tmp_path / "gate.begun").exists):
            vec.recv(min_ready=2)
        (tmp_path / "gate").touch()
        assert sorted(vec.recv(min_ready=2).indices) == [0, 1]
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]


@under(*EVERY)
def test_after_ctrl_c_in_a_step_a_reset_starts_anew(executor, tmp_path):
    with vector_of(executor, toys(2, folder=tmp_path), **a_worker_each(executor, 2)) as vec:
        vec.reset()
        with pytest.raises(KeyboardInterrupt), interrupted_once((tmp_path / "gate.begun").exists):
            vec.step(["play", "wait gate"])
        (tmp_path / "gate").touch()
        vec.reset()
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]


@under(*EVERY)
def test_after_ctrl_c_in_a_reset_another_one_starts_anew(executor, tmp_path):
    with vector_of(executor, toys(2, folder=tmp_path), **a_worker_each(executor, 2)) as vec:
        with pytest.raises(KeyboardInterrupt), interrupted_once((tmp_path / "gate.begun").exists):
            vec.reset(env1_kwargs={"deed": "wait gate"})
        (tmp_path / "gate").touch()
        vec.reset()
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]


@contextmanager
def interrupted_once(ready):
    """Ctrl-C for this process as soon as `ready()`."""
    heard = threading.Event()

    def interrupt():
        until(ready)
        while not heard.is_set():  # a signal that comes just before a system call does not interrupt that call
            os.kill(os.getpid(), signal.SIGINT)
            heard.wait(0.05)

    def hear(*_):
        if not heard.is_set():
            heard.set()
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, hear)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        signal.signal(signal.SIGINT, before)


# -- programs ----------------------------------------------------------------------------------------------


@under(slowly("loop"), slowly("threads"), "processes", slowly("asynchronous"))
def test_a_script_that_is_interrupted_in_mid_step_ends_soon_and_leaves_nothing(executor, tmp_path):
    with running(tmp_path, BEGINNING.format(executor=executor, deed="wait gate") + STEP) as program:
        assert program.says() == "ready"
        until((tmp_path / "gate.begun").exists)
        program.ctrl_c()
        status, errors = program.ends()
    assert status == -signal.SIGINT
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert only_of_the_script(errors)


@under("processes")
@pytest.mark.parametrize("deed", [pytest.param("play", marks=pytest.mark.slow), "spin", "regex"])
def test_workers_end_when_their_program_is_killed_whatever_they_are_busy_with(executor, deed, tmp_path):
    with running(tmp_path, BEGINNING.format(executor=executor, deed=deed) + STEP + "input()") as program:
        assert program.says() == "ready"
        assert len(program.family) == 3
        program.kill()
        program.ends()


@under(slowly("threads"), "processes", slowly("asynchronous"))
@pytest.mark.parametrize("deed", [pytest.param("play", marks=pytest.mark.slow), "wait gate"])
def test_a_script_that_forgets_to_close_its_vector_ends_like_any_other(executor, deed, tmp_path):
    with running(tmp_path, BEGINNING.format(executor=executor, deed=deed) + LEAVE) as program:
        assert program.says() == "ready"
        status, errors = program.ends()
    assert (status, errors) == (0, "")


@under(slowly("threads"), "processes", slowly("asynchronous"))
def test_a_script_that_fails_shows_its_own_error_only(executor, tmp_path):
    with running(tmp_path, BEGINNING.format(executor=executor, deed="play") + FAIL) as program:
        assert program.says() == "ready"
        status, errors = program.ends()
    assert status == 1
    assert errors.rstrip().endswith("RuntimeError: the script broke")
    assert only_of_the_script(errors)


def only_of_the_script(errors):
    """Whether nobody but the script tells of an exception, which may have come while another one was handled."""
    told = re.sub(r"(?s)Traceback .{0,4000}?\n\n(During handling|The above exception)[^\n]+\n\n", "", errors)
    return told.count("Traceback (most recent call last)") == told.count('program.py", line')


@pytest.mark.slow
@under("loop", "threads", "processes", "asynchronous")
def test_ctrl_c_at_any_moment_leaves_a_vector_that_goes_on(executor, tmp_path):
    with running(tmp_path, STRESS.format(executor=executor, times=300)) as program:
        assert program.says() == "300"
        status, _ = program.ends()
        assert status == 0
