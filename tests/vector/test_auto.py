"""executor="auto": each env under the executor that suits what it says of itself."""

import pytest

import gem
from gem.errors import VectorError
from gem.vector.executors import EXECUTORS, SUITED, load
from gem.wrappers.limits import TurnLimit
from tests.vector.counting_env import CountUp


class Blocking(CountUp):
    step_cost = "blocking"


class Computing(CountUp):
    step_cost = "cpu-heavy"


class Chatty(gem.AsyncEnv):
    async def _reset(self):
        self.state = 0
        return "begin", {}

    async def _step(self, action):
        self.state += 1
        return gem.StepResult(f"turn {self.state}", 1.0, self.state == 3, False, {})


KINDS = {"cheap": CountUp, "blocking": Blocking, "awaits": Chatty, "cpu-heavy": Computing}


@pytest.fixture
def ids(registry_as_it_was):
    for kind, cls in KINDS.items():
        gem.register(f"test:{kind}", cls)
    return [f"test:{kind}" for kind in KINDS]


def executors_of(vec):
    with vec:
        return [type(part) for part in getattr(vec, "parts", [vec])]


@pytest.mark.parametrize("kind", KINDS)
def test_envs_of_one_kind_get_the_executor_for_it(kind, ids):
    assert executors_of(gem.make_vec([f"test:{kind}"] * 2)) == [load(SUITED[kind])]


def test_a_wrapper_leaves_what_its_env_says(ids):
    assert executors_of(gem.make_vec(["test:blocking"], [lambda env: TurnLimit(env, 3)])) == [load("threads")]


def test_envs_that_are_cheap_run_where_a_step_can_be_given_up_if_it_may_time_out(ids):
    assert executors_of(gem.make_vec(["test:cheap"], step_timeout_s=9)) == [load("threads")]


@pytest.mark.slow
def test_envs_of_several_kinds_get_an_executor_each_and_keep_their_places(ids):
    with gem.make_vec(ids * 2, seed=0) as vec:
        assert {type(part) for part in vec.parts} == {load(name) for name in EXECUTORS if name != "ray"}
        assert [env.step_cost for env in vec.envs] == list(KINDS) * 2
        assert vec.envs[-1].step_cost == "cpu-heavy"
        assert [env.step_cost for env in vec.envs[:2]] == list(KINDS)[:2]
        observations, _ = vec.reset()
        assert observations[2] == "begin"
        vec.step({2: "a", 5: "a"})
        result = vec.step(["a"] * 8)
        assert result.observations[2] == "turn 2"
        assert result.observations[5] == "env 0 episode 1 turn 2"
        assert result.observations[6] == "turn 1"
        vec.send(["a"] * 8)
        received = [vec.recv(min_ready=0, timeout_s=0)]
        while sum(len(each.indices) for each in received) < 8:
            received.append(vec.recv())
        assert sorted(index for each in received for index in each.indices) == list(range(8))
        with pytest.raises(VectorError, match="0 are under way"):
            vec.recv()


def test_what_is_built_to_be_asked_is_used(ids):
    class Counted(CountUp):
        made = 0

        def __init__(self):
            super().__init__()
            Counted.made += 1

    gem.register("test:Counted", Counted)
    executors_of(gem.make_vec(["test:Counted"] * 3))
    assert Counted.made == 3
