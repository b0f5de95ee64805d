"""What takes the place of an env that is lost, or answers nonsense: bounded in time, and nobody else's business."""

import threading

import pytest

import gem
from gem.core import Env, StepResult
from gem.errors import ResetNeeded, VectorError
from gem.vector import AutoresetMode, SyncVectorEnv
from gem.vector.threads import ThreadVectorEnv
from tests.vector.counting_env import CountUp
from tests.vector.executor_cases import toys, vector_of
from tests.vector.fault_envs import kill_and_wait, until


class Gated(Env):
    """Waits for its gate in what it is told to wait in; a successor, too."""

    built = 0

    def __init__(self, gate, where="step"):
        super().__init__()
        Gated.built += 1
        self.gate, self.where, self.closed = gate, where, False
        self.is_first = Gated.built == 1

    def _reset(self):
        if self.where == "reset" and not self.is_first:
            self.gate.wait()
        self.state = 0
        return "begin", {}

    def _step(self, action):
        if action == "wait":
            self.gate.wait()
        return StepResult("went on", 1.0, False, False, {})

    def close(self):
        self.closed = True


@pytest.fixture
def gate():
    Gated.built = 0
    gate = threading.Event()
    yield gate
    gate.set()


@pytest.mark.slow
def test_a_successor_that_hangs_in_its_reset_is_given_up_as_well(gate):
    with ThreadVectorEnv(["a"], [lambda: Gated(gate, "reset")], step_timeout_s=0.2) as vec:
        vec.reset()
        vec.send({0: "wait"})
        received = vec.recv(timeout_s=20)
        assert received.indices == [0]
        assert received.infos[0]["error"]["type"] == "StepTimeout"
        assert received.infos[0]["final_observation"] == "begin"
        gate.set()
        assert vec.step(["go"]).observations == ["begin"]
        assert vec.step(["go"]).observations == ["went on"]


@pytest.mark.slow
def test_a_step_is_served_when_one_of_two_threads_that_were_given_up_has_ended():
    Gated.built = 0
    gates = [threading.Event() for _ in range(3)]
    gates[2].set()
    waiting = iter(gates)
    with ThreadVectorEnv(["a"], [lambda: Gated(next(waiting), "reset")], step_timeout_s=0.1) as vec:
        vec.reset()
        first = vec.envs[0].unwrapped
        vec.send({0: "wait"})  # the first waits in its step, its successor in its reset
        assert vec.recv(timeout_s=20).truncations[0]
        gates[0].set()
        until(lambda: first.closed and sum(thread.name == "gem-vector" for thread in threading.enumerate()) == 1)
        vec.send({0: "go"})
        assert vec.recv(timeout_s=5).indices == [0]
        gates[1].set()


@pytest.mark.slow
def test_a_thread_that_was_given_up_ends_with_its_step_and_closes_its_env(gate):
    with ThreadVectorEnv(["a"], [lambda: Gated(gate)], step_timeout_s=0.1, workers=1) as vec:
        vec.reset()
        lost = [vec.envs[0].unwrapped]
        for _ in range(3):
            assert vec.step(["wait"]).truncations[0]
            lost.append(vec.envs[0].unwrapped)
        assert sum(thread.name == "gem-vector" for thread in threading.enumerate()) == 4
        gate.set()
        until(lambda: all(env.closed for env in lost[:3]))
        until(lambda: sum(thread.name == "gem-vector" for thread in threading.enumerate()) == 1)
        assert not lost[3].closed
        assert vec.step(["wait"]).observations == ["went on"]


def test_a_successor_that_cannot_be_built_is_tried_again(gate):
    plans = [lambda: Gated(gate), OSError("no such world"), lambda: Gated(gate)]

    def make():
        plan = plans.pop(0)
        if isinstance(plan, Exception):
            raise plan
        return plan()

    with ThreadVectorEnv(["a"], [make], step_timeout_s=0.1) as vec:
        vec.reset()
        result = vec.step(["wait"])
        assert (result.truncations[0], result.infos[0]["final_info"]["error"]["type"]) == (True, "StepTimeout")
        assert vec.step(["go"]).observations == ["begin"]


@pytest.mark.parametrize(
    "answer",
    [("obs", 1.0, True, {}), ("obs", 1.0, False, {}), ("obs", None, False, False, {}), ("o", 1.0, True, False, 3)],
)
@pytest.mark.parametrize("executor", ["loop", "threads", "asynchronous"])
def test_an_answer_that_is_no_result_costs_the_episode_of_its_env_only(executor, answer):
    with vector_of(executor, [CountUp, lambda: CountUp("env 1")]) as vec:
        vec.reset()
        vec.envs[1].unwrapped.step = lambda action: answer
        observations, rewards, _, truncations, infos = vec.step(["a", "a"])
        assert observations == ["env 0 episode 1 turn 1", "env 1 episode 2 turn 0"]
        assert (rewards.tolist(), truncations.tolist()) == ([1.0, 0.0], [False, True])
        assert infos[1]["error"]["type"] in ("ValueError", "TypeError", "IndexError")


@pytest.mark.parametrize("mode", AutoresetMode)
def test_after_a_reset_that_failed_no_step_goes_on_with_the_episode_before(mode):
    env = CountUp(plans={(2, 0): RuntimeError("the world broke")})
    vec = SyncVectorEnv(["a"], [lambda: env], mode)
    vec.reset()
    vec.step(["a"])
    with pytest.raises(RuntimeError):
        vec.reset()
    if mode is AutoresetMode.DISABLED:
        with pytest.raises(ResetNeeded):
            vec.step(["a"])
    else:
        assert vec.step(["a"]).observations == ["env 0 episode 3 turn 0"]


def test_every_end_of_an_episode_shows_its_final_observation():
    broken = RuntimeError("the world broke")
    env = CountUp(length=1, plans={(2, 0): broken, (3, 0): broken})
    vec = SyncVectorEnv(["a"], [lambda: env])
    vec.reset()
    vec.step(["a"])
    result = vec.step(["a"])
    assert result.truncations[0]
    assert result.infos[0]["final_info"]["error"]["message"] == "the world broke"
    assert "final_observation" in result.infos[0]


class Needy(Exception):
    """Can be pickled, and not unpickled."""

    def __init__(self, what, why):
        super().__init__(what)


class Peculiar(CountUp):
    thing = Needy("a thing", "no reason")


@pytest.mark.slow
def test_an_attribute_that_cannot_be_read_here_harms_nobody():
    with vector_of("processes", [Peculiar]) as vec:
        vec.reset()
        with pytest.raises(TypeError):
            _ = vec.envs[0].thing
        assert vec.step(["a"]).observations == ["env 0 episode 1 turn 1"]


@pytest.mark.slow
def test_a_refused_send_does_not_hide_a_loss():
    with vector_of("processes", toys(2)) as vec:
        vec.reset()
        kill_and_wait(vec.envs[0].pid())
        with pytest.raises(VectorError, match="env 1"):
            vec.send({0: "play", 1: threading.Lock()})
        result = vec.step(["play", "play"])
        assert result.truncations.tolist() == [True, True]
        assert result.infos[0]["error"]["type"] == "WorkerDied"


@pytest.mark.slow
def test_a_worker_that_died_unseen_is_started_again_by_a_reset():
    with vector_of("processes", toys(2), workers=2) as vec:
        vec.reset()
        kill_and_wait(vec.envs[1].pid())
        observations, _ = vec.reset(seed=4)
        assert len(observations) == 2
        assert not vec.step(["play", "play"]).truncations.any()


@pytest.mark.slow
def test_methods_called_by_hand_take_the_time_they_need():
    with vector_of("processes", toys(1), step_timeout_s=0.5) as vec:
        vec.reset()
        assert vec.envs[0].linger(1.0) == "done"
        assert not vec.step(["play"]).truncations[0]


def test_auto_asks_every_env_that_is_made_otherwise(registry_as_it_was):
    class Either(CountUp):
        def __init__(self, far=False):
            super().__init__()
            self.step_cost = "blocking" if far else "cheap"

    class Wrong(CountUp):
        step_cost = "dear"

    gem.register("test:Either", Either)
    gem.register("test:Wrong", Wrong)
    with gem.make_vec(["test:Either"] * 2, vec_kwargs=[{}, {"far": True}]) as vec:
        assert len(vec.parts) == 2
    with pytest.raises(VectorError, match="'dear'"):
        gem.make_vec("test:Wrong")
