"""What cannot be sent to a worker, or back from it, is named; and it costs one call or one episode, not the worker."""

from __future__ import annotations

import os
import threading
from functools import partial

import pytest

import gem
from gem.errors import VectorError
from tests.vector.executor_cases import FAR, NEAR, RAY, quickly, toys, under, vector_of
from tests.vector.fault_envs import Locked, LockedWrapper, Obedient, Secretive
from tests.vector.stories import BAD, COUNT, assert_lost, told, undisturbed


@under(*FAR)
def test_an_action_that_cannot_be_pickled_is_refused_by_its_index_before_any_step(executor):
    with vector_of(executor, toys(2)) as vec:
        vec.reset()
        with pytest.raises(VectorError, match="env 1"):
            vec.step(["play", threading.Lock()])
        assert [env.state.turn for env in vec.envs] == [0, 0]
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]


@under(quickly("processes"))
@pytest.mark.parametrize("when", [1, 3], ids=["in the middle", "at the end"])
def test_an_info_that_cannot_be_pickled_ends_this_episode_and_its_key_is_named(executor, when):
    with vector_of(executor, toys(COUNT, Secretive)) as vec:
        _, results, texts = told(vec, "secret", when=when)
        result = results[BAD][when]
        final = result[4]["final_observation"]
        assert final.partition(" draws ")[0] in (f"env {BAD} turn {when}", f"env {BAD} turn {when + 1}")
        assert_lost(result, final, "PicklingError", "['lock']")
        assert vec.envs[BAD].episode == 3, "this episode ended, the next one has begun, and one more in the steps after"
        for index in set(range(COUNT)) - {BAD}:
            assert texts[index] == undisturbed()[index]


@under(*NEAR)
def test_where_envs_live_here_nothing_needs_to_be_pickled(executor):
    with vector_of(executor, toys(1, Secretive)) as vec:
        vec.reset()
        assert "lock" in vec.step(["secret"]).infos[0]


@under("processes")
def test_an_attribute_that_cannot_be_pickled_is_refused_and_harms_nobody(executor):
    with vector_of(executor, [partial(locked_here, index) for index in range(2)]) as vec:
        vec.reset()
        with pytest.raises(Exception, match="lock"):
            vec.envs[BAD].lock  # noqa: B018
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]


def locked_here(index):
    return Locked(name=f"env {index}", lock=threading.Lock())


@under(quickly("processes"), RAY)
def test_an_argument_or_wrapper_that_cannot_be_pickled_is_named(executor, registry_as_it_was):
    gem.register("test:Locked-v0", Locked)
    with pytest.raises(VectorError, match=r"vec_kwargs\[1\]\['lock'\]|env 1\D.*lock"):
        gem.make_vec("test:Locked-v0", executor=executor, num_envs=2, vec_kwargs=[{}, {"lock": threading.Lock()}])
    with pytest.raises(VectorError, match=r"'lock'"):
        gem.make_vec("test:Locked-v0", executor=executor, num_envs=2, lock=threading.Lock())
    locked = partial(locked_wrapper, threading.Lock())
    with pytest.raises(VectorError, match=r"wrappers\[1\]"):
        gem.make_vec("test:Locked-v0", executor=executor, num_envs=2, wrappers=[LockedWrapper, locked])


def locked_wrapper(lock, env):
    del lock
    return LockedWrapper(env)


@under(*FAR)
def test_functions_and_classes_without_an_importable_name_travel(executor, registry_as_it_was):
    class Local(Obedient):
        pass

    gem.register("test:Local-v0", Local)
    wrap = lambda env: LockedWrapper(env)  # noqa: E731, PLW0108
    with gem.make_vec("test:Local-v0", executor=executor, num_envs=2, workers=1, wrappers=[wrap]) as vec:
        assert " turn 0 draws " in vec.reset()[0][1]


class Peculiar(Exception):
    """An error that survives pickling and not unpickling."""

    def __init__(self, code, reason):
        super().__init__(f"{reason} ({code})")


class Unlucky(Obedient):
    """Raises what does not survive a journey."""

    def _reset(self, deed=None):
        if deed == "peculiar":
            raise Peculiar(7, "bad luck")
        if deed == "locked":
            raise ValueError(threading.Lock())
        return super()._reset(deed)


@under("threads", "processes")
@pytest.mark.parametrize(("deed", "words"), [("peculiar", "bad luck"), ("locked", "lock")])
def test_an_error_that_does_not_survive_pickling_still_tells_what_it_was(executor, deed, words):
    with vector_of(executor, toys(2, Unlucky)) as vec:
        vec.reset()
        with pytest.raises(Exception, match=words):
            vec.reset(env1_kwargs={"deed": deed})
        vec.reset()
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]


class Unreadable:
    """Can be pickled, and unpickled in the process that made it only."""

    def __reduce__(self):
        return only_at_home, (os.getpid(),)


def only_at_home(pid):
    """What `Unreadable` becomes."""
    if os.getpid() != pid:
        raise ValueError("unreadable here")
    return Unreadable()


class Riddler(Obedient):
    """Answers "riddle" with what its reader cannot read."""

    def _info(self, action, done):
        return {**super()._info(action, done), **({"riddle": Unreadable()} if action == "riddle" else {})}


@under("processes")
@pytest.mark.parametrize("action", ["riddle", Unreadable()], ids=["info", "action"])
def test_what_cannot_be_unpickled_costs_the_episodes_of_one_worker(executor, action):
    with vector_of(executor, toys(2, Riddler), workers=2) as vec:
        shown = vec.reset()[0][BAD]
        results = list(zip(*vec.step(["play", action]), strict=True))
        assert results[0][1] == 1.0
        assert_lost(results[BAD], shown, results[BAD][4]["error"]["type"], "unreadable here")
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]
