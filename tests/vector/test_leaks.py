"""After close, and after a vector was dropped, all is as before: threads, processes, descriptors, shared memory."""

from __future__ import annotations

import gc
import os
import threading
import time
import weakref
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psutil
import pytest

from tests.vector.executor_cases import EVERY, NEAR, RAY, a_worker_each, quickly, toys, under, vector_of
from tests.vector.fault_envs import LIMIT_S, Obedient, Patient, alive, kill_and_wait, until
from tests.vector.stories import BAD

SHARED = Path("/dev/shm")
OURS = ("psm_", "sem.", "gem")
"""How names of shared memory begin that Python's own modules, or ours, would leave."""


class Possessions:
    """What this process has now."""

    def __init__(self):
        gc.collect()
        self.threads = {thread for thread in threading.enumerate() if not thread.name.startswith("ray")}
        self.children = {child.pid for child in psutil.Process().children(recursive=True) if not is_of_ray(child)}
        self.descriptors = dict(descriptors())
        self.shared = (
            {path.name for path in SHARED.iterdir() if path.name.startswith(OURS)} if SHARED.is_dir() else set()
        )

    def more_than(self, before):
        """What is there now and was not before, in words; empty if nothing."""
        kinds = ("threads", "children", "shared")
        new = {kind: getattr(self, kind) - getattr(before, kind) for kind in kinds}
        new["descriptors"] = set(self.descriptors.items()) - set(before.descriptors.items())
        return {kind: found for kind, found in new.items() if found}


def is_of_ray(child):
    try:
        return any("ray" in word for word in child.cmdline()[:3])
    except psutil.Error:
        return True


def descriptors():
    for name in os.listdir("/proc/self/fd"):
        try:
            yield name, os.readlink(f"/proc/self/fd/{name}")
        except FileNotFoundError:
            continue


@contextmanager
def nothing_left(at_once=True):
    """What the block leaves behind is an error; `at_once`: when it ends, not some seconds later."""
    before = Possessions()
    yield
    deadline = time.monotonic() + (0 if at_once else LIMIT_S / 2)
    while (left := Possessions().more_than(before)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == {}


@pytest.fixture(scope="module", autouse=True)
def few_objects():
    """What other tests have left is not looked at again and again by the garbage collector."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def warm(executor):
    """What a first vector imports and starts for good is no leak."""
    warm_up(executor)
    return executor


@cache
def warm_up(executor):
    for kind in (Obedient, Patient):
        used(vector_of(executor, toys(2, kind))).close()


def used(vec):
    vec.reset()
    vec.step(["play"] * vec.num_envs)
    return vec


@under(*NEAR, "mixed", quickly("processes"))
def test_close_leaves_nothing(warm):
    with nothing_left(), vector_of(warm, toys(4), **a_worker_each(warm, 2)) as vec:
        used(vec)


@under(*EVERY)
def test_close_leaves_nothing_of_envs_that_await(warm):
    with nothing_left(), vector_of(warm, toys(4, Patient), **a_worker_each(warm, 2)) as vec:
        used(vec)


@under(*EVERY)
def test_a_vector_that_was_never_reset_leaves_nothing(warm):
    with nothing_left():
        vector_of(warm, toys(2)).close()


@under(*EVERY)
def test_an_exception_of_the_caller_leaves_nothing(warm):
    def broken():
        with vector_of(warm, toys(2)) as vec:
            used(vec).send({0: "play"})
            raise ZeroDivisionError

    with nothing_left(), pytest.raises(ZeroDivisionError):
        broken()


@under(*EVERY)
def test_a_vector_that_could_not_be_made_leaves_nothing(warm):
    def unborn():
        raise RuntimeError("no such world")

    with nothing_left(), pytest.raises(RuntimeError, match="no such world"):
        vector_of(warm, [*toys(3), unborn], **a_worker_each(warm, 2))


@under(*EVERY)
def test_a_vector_that_is_dropped_is_tidied_up(warm):
    with nothing_left(at_once=False):
        used(vector_of(warm, toys(2)))


@under("threads", "asynchronous", "processes", "mixed")
def test_a_vector_that_is_dropped_with_steps_under_way_is_tidied_up(warm, tmp_path):
    with nothing_left(at_once=False):
        vec = vector_of(warm, toys(2, folder=tmp_path))
        vec.reset()
        vec.send({BAD: "wait gate"})
        until((tmp_path / "gate.begun").exists)
        (tmp_path / "gate").touch()
        del vec


@under("threads", "asynchronous", "processes", "mixed")
def test_closing_ends_what_is_under_way(warm, tmp_path):
    with nothing_left(), vector_of(warm, toys(2, folder=tmp_path)) as vec:
        vec.reset()
        vec.send({0: "wait gate", BAD: "play"})
        until((tmp_path / "gate.begun").exists)
        (tmp_path / "gate").touch()


@under("processes")
def test_closing_kills_what_hangs(warm):
    with nothing_left(), vector_of(warm, toys(2)) as vec:
        vec.reset()
        vec.send({0: "sleep"})


@under("asynchronous")
def test_closing_gives_up_what_is_awaited(warm, tmp_path):
    with nothing_left(), vector_of(warm, toys(2, Patient, folder=tmp_path)) as vec:
        vec.reset()
        vec.send({0: "hang"})
    assert (tmp_path / "given up").exists()


@under("processes")
def test_a_worker_that_was_replaced_leaves_nothing(warm):
    with nothing_left(), vector_of(warm, toys(2), workers=2) as vec:
        vec.reset()
        kill_and_wait(vec.envs[0].pid())
        vec.step(["play", "exit"])
        vec.step(["play"] * 2)


@under("threads", "asynchronous")
def test_an_abandoned_step_leaves_nothing_once_it_has_ended(warm, tmp_path):
    with nothing_left(at_once=False), vector_of(warm, toys(2, folder=tmp_path), step_timeout_s=0.3) as vec:
        vec.reset()
        assert vec.step(["wait gate", "play"]).infos[0]["error"]["type"] == "StepTimeout"
        (tmp_path / "gate").touch()


@under("loop", "threads", "asynchronous")
def test_twenty_vectors_one_after_the_other_leave_nothing(warm):
    with nothing_left():
        for _ in range(20):
            used(vector_of(warm, toys(3))).close()


@pytest.mark.slow
@under("processes")
def test_twenty_vectors_of_workers_one_after_the_other_leave_nothing(warm):
    with nothing_left():
        for _ in range(20):
            used(vector_of(warm, toys(2))).close()


@under(*NEAR)
@pytest.mark.parametrize("closed", [True, False], ids=["closed", "dropped"])
def test_envs_die_with_their_vector(executor, closed):
    vec = used(vector_of(executor, toys(3)))
    envs = [weakref.ref(seat.unwrapped) for seat in vec.envs]
    if closed:
        vec.close()
    del vec

    def dead():
        gc.collect()
        return not any(env() for env in envs)

    until(dead, what="the end of the envs")


@under("threads", "asynchronous", "processes")
def test_memory_does_not_grow_with_the_steps(executor):
    """Objects, counted by the garbage collector: a queue that nobody empties would grow by one a step."""
    with vector_of(executor, toys(2, length=5)) as vec:
        vec.reset()

        def objects_after(steps):
            for _ in range(steps):
                vec.step(["play"] * 2)
            gc.collect()
            return len(gc.get_objects())

        before = objects_after(50)
        assert objects_after(200) < before + 100


@under(RAY)
def test_closing_ends_the_actors(executor):
    vec = used(vector_of(executor, toys(2), workers=2))
    pids = [env.pid() for env in vec.envs]
    vec.close()
    until(lambda: not any(map(alive, pids)), what="the end of the actors")


@under(RAY)
def test_dropping_a_vector_ends_its_actors(executor):
    vec = used(vector_of(executor, toys(1)))
    pid = vec.envs[0].pid()
    del vec
    gc.collect()
    until(lambda: not alive(pid), what="the end of the actor")
