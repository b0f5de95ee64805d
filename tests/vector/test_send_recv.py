"""send and recv under every executor: whichever env is ready first is received first, and nothing waits in vain."""

import time

import pytest

from gem.errors import VectorError
from gem.vector.mailbox import Mailbox
from tests.vector.executor_cases import (
    EVERY,
    NEAR,
    OVERLAPPING,
    RAY,
    a_worker_each,
    counting,
    quickly,
    toys,
    turns,
    under,
    vector_of,
)
from tests.vector.fault_envs import LIMIT_S, Obedient, until

SOON_S = 0.02


@under(*EVERY)
def test_send_and_recv_are_step_in_two_halves(executor):
    with counting(executor, 3) as vec:
        vec.reset()
        vec.send({2: "a", 0: "b"})
        indices, obs, rewards, terminations, truncations, infos = vec.recv(min_ready=2)
        assert sorted(indices) == [0, 2]
        assert obs == [f"env {index} episode 1 turn 1" for index in indices]
        assert rewards.shape == terminations.shape == truncations.shape == (2,)
        assert infos == [{}, {}]


@under(*EVERY)
def test_every_result_is_received_once(executor):
    with counting(executor, 5, length=100) as vec:
        vec.reset()
        vec.send(dict.fromkeys(range(5), "a"))
        received = []
        while len(received) < 5:
            received += vec.recv().indices
        assert sorted(received) == [0, 1, 2, 3, 4]
        with pytest.raises(VectorError):
            vec.recv()


@under(*NEAR, "mixed", quickly("processes"), RAY)
def test_recv_with_nothing_in_flight_raises_instead_of_hanging(executor):
    with counting(executor, 2) as vec:
        vec.reset()
        with pytest.raises(VectorError, match="only 0 are under way"):
            vec.recv()
        assert vec.recv(min_ready=0).indices == []
        vec.send({0: "a"})
        with pytest.raises(VectorError, match="only 1"):
            vec.recv(min_ready=2)
        assert vec.recv().indices == [0]


@under(*EVERY)
def test_an_env_is_not_sent_a_second_action_before_its_result_is_received(executor):
    with counting(executor, 2) as vec:
        vec.reset()
        vec.send({0: "a"})
        with pytest.raises(VectorError, match="env 0"):
            vec.send({1: "b", 0: "b"})
        with pytest.raises(VectorError, match="recv"):
            vec.step(["a", "a"])
        vec.send({1: "b"})
        assert sorted(vec.recv(min_ready=2).indices) == [0, 1]
        assert turns(vec) == [1, 1]


@under(*EVERY)
def test_reset_drops_results_that_were_not_received(executor):
    with counting(executor, 2) as vec:
        vec.reset()
        vec.send({0: "a", 1: "a"})
        vec.reset()
        assert vec.step(["a", "a"])[0] == ["env 0 episode 2 turn 1", "env 1 episode 2 turn 1"]


@under("threads", "asynchronous", "mixed", quickly("processes"), RAY)
def test_a_slow_env_does_not_hold_up_a_fast_one(executor, tmp_path):
    with vector_of(executor, toys(2, folder=tmp_path, length=99), **a_worker_each(executor, 2)) as vec:
        vec.reset()
        vec.send({0: "wait gate", 1: "a"})
        until((tmp_path / "gate.begun").exists)
        for _ in range(5):
            assert vec.recv().indices == [1]
            vec.send({1: "a"})
        (tmp_path / "gate").touch()
        assert sorted(vec.recv(min_ready=2).indices) == [0, 1]


@under(*OVERLAPPING)
def test_results_come_in_the_order_in_which_they_got_ready(executor, tmp_path):
    with vector_of(executor, toys(3, folder=tmp_path), **a_worker_each(executor, 3)) as vec:
        vec.reset()
        vec.send({k: f"wait gate{k}" for k in range(3)})
        for k in (2, 0, 1):
            (tmp_path / f"gate{k}").touch()
            assert vec.recv().indices == [k]


def test_a_mailbox_keeps_the_order_of_what_is_put_in():
    box = Mailbox()
    box.put_all([1, 2])
    box.put(3)
    box.wait(3)
    assert list(box.take()) == [1, 2, 3]


@under(*OVERLAPPING, RAY)
def test_recv_returns_when_its_time_is_up_and_the_result_comes_later(executor, tmp_path):
    with vector_of(executor, toys(2, folder=tmp_path), **a_worker_each(executor, 2)) as vec:
        vec.reset()
        vec.send({0: "wait gate", 1: "a"})
        assert vec.recv(min_ready=1).indices == [1]
        begun = time.monotonic()
        received = vec.recv(min_ready=1, timeout_s=SOON_S)
        assert time.monotonic() - begun >= SOON_S
        assert (received.indices, received.rewards.shape) == ([], (0,))
        assert vec.recv(min_ready=0).indices == []
        (tmp_path / "gate").touch()
        assert vec.recv(timeout_s=LIMIT_S).indices == [0]


@under(*OVERLAPPING)
def test_envs_are_reset_at_the_same_time(executor, tmp_path):
    """Each waits until the other one has begun: one after the other they would wait for ever."""
    own = {0: {"deeds": ["wait 1.begun"]}, 1: {"deeds": ["wait 0.begun"]}}
    fns = toys(2, Meeting, own, folder=tmp_path)
    with vector_of(executor, fns, **a_worker_each(executor, 2)) as vec:
        assert [obs.split(" draws")[0] for obs in vec.reset()[0]] == ["env 0 turn 0", "env 1 turn 0"]


@under("threads", "asynchronous", "mixed")
def test_a_quick_env_that_becomes_slow_holds_up_no_other(executor, tmp_path):
    with vector_of(executor, toys(6, folder=tmp_path, length=99), **a_worker_each(executor, 6)) as vec:
        vec.reset()
        for _ in range(3):
            vec.step(["play"] * 6)
        vec.send({0: "wait gate", **dict.fromkeys(range(1, 6), "play")})
        quick = []
        while len(quick) < 5:
            quick += vec.recv(timeout_s=LIMIT_S / 2).indices
        assert sorted(quick) == [1, 2, 3, 4, 5]
        (tmp_path / "gate").touch()
        assert vec.recv().indices == [0]


class Meeting(Obedient):
    """Says that its reset has begun before it does anything else."""

    def _reset(self, deed=None):
        (self.folder / f"{self.name.removeprefix('env ')}.begun").touch()
        return super()._reset(deed)


@under("threads")
def test_a_capped_pool_steps_as_many_envs_at_a_time_as_it_has_threads_and_in_the_end_all(executor, tmp_path):
    with vector_of(executor, toys(8, folder=tmp_path), workers=3) as vec:
        vec.reset()
        vec.send({k: f"wait {k}" for k in range(8)})
        until(lambda: len(list(tmp_path.iterdir())) >= 3)
        assert len(list(tmp_path.iterdir())) == 3
        for k in range(8):
            (tmp_path / str(k)).touch()
        assert sorted(vec.recv(min_ready=8).indices) == list(range(8))
