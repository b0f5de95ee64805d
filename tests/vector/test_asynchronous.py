"""The asynchronous executor with envs that await. What it shares with the others is tested in test_executors."""

from __future__ import annotations

import asyncio
import gc
import threading

import pytest

import gem
from gem.aio import to_sync
from gem.aio.background import background
from gem.errors import StepTimeout
from gem.vector import AutoresetMode, make_vec
from gem.vector.asynchronous import AsyncioVectorEnv
from gem.wrappers.history import ObservationWrapper
from tests.aio.echo_envs import AsyncEcho, Echo, gem_threads
from tests.vector.executor_cases import result_bytes, serialised
from tests.vector.fault_envs import until

TIMEOUT_S = 0.2


@pytest.fixture(autouse=True)
def no_thread_is_left_behind():
    yield
    until(lambda: not gem_threads(), what="the end of all threads")


def vector(count, kind=AsyncEcho, wrap=to_sync, mode=AutoresetMode.SAME_STEP, **options):
    fns = [lambda index=index: wrap(kind(f"env {index}")) for index in range(count)]
    return AsyncioVectorEnv([f"test:{index}" for index in range(count)], fns, mode, **options)


def concat(env):
    return ObservationWrapper(to_sync(env), include_chat_template=False)


def on_the_loop(function):
    """What a function returns that is called on gem's event loop."""

    async def call():
        return function()

    user = threading.Event()
    try:
        return background.run(user, call())
    finally:
        background.release(user)


# -- side by side --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [to_sync, concat])
def test_episodes_are_those_of_the_env_alone(wrap):
    def told(vec):
        firsts = [serialised(*first) for first in zip(*vec.reset(seed=5), strict=True)]
        return firsts, [[result_bytes(*each) for each in zip(*vec.step(["a", "b"]), strict=True)] for _ in range(9)]

    with vector(2, wrap=wrap) as vec:
        awaited = told(vec)
    with gem.vector.SyncVectorEnv(["0", "1"], [lambda k=k: wrap(Echo(f"env {k}")) for k in range(2)]) as vec:
        assert told(vec) == awaited


@pytest.mark.parametrize("wrap", [to_sync, concat])
def test_envs_await_at_the_same_time_on_one_thread(wrap):
    with vector(3, Meeting, wrap) as vec:
        vec.reset()
        assert gem_threads() == ["gem-event-loop"]
        assert vec.step(["meet"] * 3).rewards.tolist() == [0.1] * 3
        assert len({env.unwrapped.loop for env in vec.envs}) == 1
    Meeting.present.clear()


class Meeting(AsyncEcho):
    """A step waits until three are there."""

    present: list[asyncio.Event] = []  # noqa: RUF012

    async def _step(self, action):
        come = asyncio.Event()
        self.present.append(come)
        if len(self.present) == 3:
            for each in self.present:
                each.set()
        await come.wait()
        return await super()._step(action)


@pytest.mark.slow
def test_four_thousand_envs_await_in_one_process_and_whoever_is_ready_first_is_received_first():
    count, received, threads = 4096, 0, threading.active_count()
    with vector(count, Brief) as vec:
        vec.reset(seed=0)
        assert threading.active_count() <= threads + 1
        vec.send(dict.fromkeys(range(count), "a"))
        while received < 3 * count:
            indices = vec.recv(min_ready=64).indices
            received += len(indices)
            vec.send(dict.fromkeys(indices, "a"))
        assert len(vec.recv(min_ready=count).indices) == count


class Brief(AsyncEcho):
    """Sleeps for some milliseconds."""

    async def _step(self, action):
        await asyncio.sleep(float(self.rng.random()) / 100)
        return self.next(action)


def test_an_env_that_blocks_holds_up_only_its_own_thread():
    gate = threading.Event()

    class Blocking(Echo):
        step_cost = "blocking"

        def _step(self, action):
            if action == "wait":
                gate.wait(30)
            return super()._step(action)

    fns = [lambda: Blocking("blocking"), lambda: to_sync(AsyncEcho("awaiting"))]
    with AsyncioVectorEnv(["0", "1"], fns) as vec:
        vec.reset()
        vec.send({0: "wait", 1: "a"})
        for _ in range(3):
            assert vec.recv().indices == [1]
            vec.send({1: "a"})
        gate.set()
        assert sorted(vec.recv(min_ready=2).indices) == [0, 1]


def test_two_vectors_and_a_face_share_the_loop():
    with vector(1) as one, vector(1) as other, to_sync(AsyncEcho()) as face:
        firsts = [one.reset(), other.reset(), face.reset()]
        assert len(firsts) == 3
        assert one.envs[0].unwrapped.loop is other.envs[0].unwrapped.loop is face.unwrapped.loop
        assert gem_threads() == ["gem-event-loop"]


def test_auto_chooses_it_for_ids_of_envs_that_await(registry_as_it_was):
    gem.register("test:Echo-v0", AsyncEcho)
    wrappers = [lambda env: ObservationWrapper(env, include_chat_template=False)]
    with make_vec("test:Echo-v0", wrappers=wrappers, num_envs=2) as vec:
        assert type(vec) is AsyncioVectorEnv
        vec.reset(seed=1)
        assert vec.step(["a", "b"]).infos[0]["event"] == "turn 1"


def test_an_env_can_be_used_by_hand_between_steps():
    with vector(2) as vec:
        vec.reset(seed=0)
        vec.step(["a", "a"])
        moment = vec.envs[0].snapshot()
        after = vec.step(["b", "b"]).observations[0]
        vec.envs[0].restore(moment)
        assert vec.step({0: "b"}).observations == [after]
        vec.envs[1].reset(seed=9)
        assert vec.envs[1].step("c").obs == vec.envs[1].unwrapped.name + f" heard 'c', draws {draws(9, 2)[1]}"


def draws(seed, count):
    rng = gem.seeding.generator(seed)
    return [rng.integers(10**6) for _ in range(count)]


# -- what goes wrong -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [to_sync, concat])
def test_a_step_that_takes_too_long_is_cancelled_and_another_env_takes_its_place(wrap):
    AsyncEcho.cancelled = 0
    with vector(3, wrap=wrap, step_timeout_s=TIMEOUT_S) as vec:
        shown = vec.reset()[0]
        lost = vec.envs[1].unwrapped
        results = vec.step(["a", "hang", "a"])
        assert (results.rewards.tolist(), results.truncations.tolist()) == ([0.1, 0.0, 0.1], [False, True, False])
        info = results.infos[1]
        assert info["error"] == {"type": "StepTimeout", "message": f"took longer than {TIMEOUT_S} s"}
        assert info["final_observation"] == shown[1]
        assert AsyncEcho.cancelled == 1
        assert vec.envs[1].unwrapped is not lost
        until(lambda: lost.closed == 1, what="closing the lost env")
        assert [info["event"] for info in vec.step(["a"] * 3).infos] == ["turn 2", "turn 1", "turn 2"]


class HangsAtFirst(AsyncEcho):
    """The reset that follows a hanging step hangs too."""

    made = 0

    async def _reset(self, hang=False):
        if hang is not True and type(self).made == 2:
            type(self).made = 3
            hang = True
        return await super()._reset(hang)


def test_the_reset_of_an_env_that_takes_anothers_place_may_hang_as_well():
    HangsAtFirst.made = 0
    with vector(1, HangsAtFirst, step_timeout_s=TIMEOUT_S) as vec:
        shown = vec.reset()[0]
        HangsAtFirst.made = 2
        result = vec.step(["hang"])
        assert (result.observations, result.truncations.tolist()) == (shown, [True])
        assert result.infos[0]["error"]["type"] == "StepTimeout"
        assert vec.step(["ignored"]).infos[0]["event"] == "begun"
        assert vec.step(["a"]).infos[0]["event"] == "turn 1"


@pytest.mark.parametrize("where", ["make", "reset"])
def test_a_replacement_that_hangs_in_its_thread_is_replaced_and_comes_too_late(where):
    gate, made = threading.Event(), []

    class Hesitant(Echo):
        step_cost = "blocking"

        def __init__(self, name):
            super().__init__(name)
            made.append(self)
            self.is_second = len(made) == 2
            self.wait(where == "make" and self.is_second)

        def _reset(self):
            self.wait(where == "reset" and self.is_second)
            return super()._reset()

        def _step(self, action):
            self.wait(action == "wait")
            return super()._step(action)

        def wait(self, really):
            assert gate.wait(30) if really else True

    with vector(1, Hesitant, step_timeout_s=TIMEOUT_S) as vec:
        shown = vec.reset()[0]
        result = vec.step(["wait"])
        assert (result.observations, result.truncations.tolist()) == (shown, [True])
        assert result.infos[0]["error"]["type"] == "StepTimeout"
        assert result.infos[0]["final_observation"] == shown[0]
        gate.set()
        until(lambda: [env.closed for env in made] == [1, 1], what="closing what hung")
        assert vec.step(["ignored"]).infos[0]["event"] == "begun"
        assert vec.step(["a"]).infos[0]["event"] == "turn 1"
        assert vec.envs[0].unwrapped is made[2]
        assert len(made) == 3


def test_a_reset_that_takes_too_long_is_an_error_at_once_and_can_be_asked_for_again():
    with vector(2, step_timeout_s=TIMEOUT_S) as vec:
        with pytest.raises(StepTimeout):
            vec.reset(env1_kwargs={"hang": True})
        vec.reset()
        assert [info["event"] for info in vec.step(["a", "a"]).infos] == ["turn 1"] * 2


class CleansUp(AsyncEcho):
    """What is cancelled awaits something before it ends."""

    cleaned = 0

    async def forever(self):
        try:
            await super().forever()
        finally:
            for _ in range(5):
                await asyncio.sleep(0)
            type(self).cleaned += 1


@pytest.mark.parametrize("wrap", [to_sync, concat])
@pytest.mark.parametrize("end", ["timeout", "close"])
def test_an_env_may_await_while_it_cleans_up(wrap, end):
    AsyncEcho.hanging = CleansUp.cleaned = 0
    vec = vector(1, CleansUp, wrap, step_timeout_s=TIMEOUT_S if end == "timeout" else None)
    vec.reset()
    vec.send({0: "hang"})
    until(lambda: AsyncEcho.hanging == 1)
    if end == "timeout":
        vec.recv()
    vec.close()
    assert CleansUp.cleaned == 1


@pytest.mark.parametrize("wrap", [to_sync, concat])
def test_an_env_that_survives_its_cancellation_is_not_stepped_again(wrap):
    begun = []

    class Stubborn(AsyncEcho):
        async def _step(self, action):
            begun.append(self)
            try:
                return await super()._step(action)
            except asyncio.CancelledError:
                return self.next(action)

    with vector(1, Stubborn, wrap, step_timeout_s=TIMEOUT_S) as vec:
        vec.reset()
        lost = vec.envs[0].unwrapped
        assert vec.step(["hang"]).truncations.tolist() == [True]
        until(lambda: lost.closed == 1, what="closing the lost env")
        assert begun == [lost]


def test_no_step_times_out_after_the_vector_was_closed():
    limit_s, made = 0.05, []

    class Counted(AsyncEcho):
        def __init__(self, name):
            super().__init__(name)
            made.append(self)

    async def until_then():
        await asyncio.sleep(2 * limit_s)

    with to_sync(AsyncEcho()) as keeps_the_loop:
        keeps_the_loop.reset()
        AsyncEcho.hanging = 0
        vec = vector(1, Counted, step_timeout_s=limit_s)
        vec.reset()
        vec.send({0: "hang"})
        vec.close()
        background.run(keeps_the_loop, until_then())
        assert len(made) <= 2
        assert [env.closed for env in made] == [1] * len(made)


@pytest.mark.parametrize(
    "wrong",
    [("obs", 1.0, False, False), ("obs", None, False, False, {}), ("obs", 1.0, True, False, None), "four", None],
)
@pytest.mark.parametrize("wrap", [to_sync, concat])
def test_an_answer_that_is_no_result_ends_this_episode_only(wrong, wrap):
    class Wrong(AsyncEcho):
        async def _step(self, action):
            return wrong if action == "wrong" else await super()._step(action)

    with vector(2, Wrong, wrap) as vec:
        vec.reset()
        results = vec.step(["wrong", "a"])
        assert (results.rewards.tolist(), results.truncations.tolist()) == ([0.0, 0.1], [True, False])
        assert results.infos[0]["error"]["type"] in ("TypeError", "ValueError", "IndexError", "AttributeError")
        assert [info["event"] for info in vec.step(["a", "a"]).infos] == ["turn 1", "turn 2"]


@pytest.mark.parametrize("wrap", [to_sync, concat])
def test_a_cancellation_that_nobody_asked_for_ends_this_episode_only(wrap):
    with vector(2, wrap=wrap) as vec:
        vec.reset()
        infos = vec.step(["cancel", "a"]).infos
        assert infos[0]["error"] == {"type": "CancelledError", "message": "the server hung up"}
        assert infos[1]["event"] == "turn 1"
        assert [info["event"] for info in vec.step(["a", "a"]).infos] == ["turn 1", "turn 2"]


class ExitsAtTheEnd(AsyncEcho):
    """The reset after its first episode wants the program to end."""

    def first(self):
        if "state" in vars(self):
            raise SystemExit(3)
        return super().first()


class ExitsAndBlocks(Echo):
    """The same, without `await`."""

    def next(self, action):
        raise SystemExit(3)


@pytest.mark.parametrize(
    ("kind", "wrap"), [(AsyncEcho, to_sync), (AsyncEcho, concat), (ExitsAtTheEnd, to_sync), (ExitsAndBlocks, to_sync)]
)
def test_an_env_that_wants_the_program_to_end_ends_it_where_results_are_received(kind, wrap):
    with vector(2, kind, wrap) as vec:
        vec.reset()
        with pytest.raises(SystemExit):  # noqa: PT012 - at the first step or at the last
            for _ in range(4):
                vec.step({0: "exit" if kind is AsyncEcho else "a"})


@pytest.mark.parametrize("wrap", [to_sync, concat])
def test_an_env_that_raises_ends_its_own_episode_and_is_logged(wrap, caplog):
    with vector(2, wrap=wrap) as vec:
        vec.reset()
        infos = vec.step(["raise", "a"]).infos
        assert infos[0]["error"] == {"type": "RuntimeError", "message": "the world broke"}
        assert infos[1]["event"] == "turn 1"
        assert "step of" in caplog.text
        assert [info["event"] for info in vec.step(["a", "a"]).infos] == ["turn 1", "turn 2"]


def test_closing_cancels_what_is_under_way_and_closes_every_env_on_its_loop():
    AsyncEcho.hanging = AsyncEcho.cancelled = 0
    closed_on = []

    class Careful(AsyncEcho):
        async def aclose(self):
            await asyncio.sleep(0)
            closed_on.append(asyncio.get_running_loop() is self.loop)

    vec = vector(3, Careful)
    vec.reset()
    vec.send({0: "hang", 2: "hang"})
    until(lambda: AsyncEcho.hanging == 2)
    vec.close()
    assert AsyncEcho.cancelled == 2
    assert closed_on == [True] * 3
    assert gem_threads() == []


def test_a_vector_can_be_closed_while_an_env_is_being_replaced():
    AsyncEcho.hanging, HangsAtFirst.made = 0, 0
    vec = vector(1, HangsAtFirst, step_timeout_s=TIMEOUT_S)
    vec.reset()
    HangsAtFirst.made = 2
    vec.send({0: "hang"})
    until(lambda: AsyncEcho.hanging == 2, what="the reset of the env that takes the other's place")
    vec.close()
    assert vec.envs[0].unwrapped.closed == 1


def test_an_env_that_fails_to_close_is_logged_and_the_others_are_closed(caplog):
    class Fails(AsyncEcho):
        async def aclose(self):
            self.close()
            if self.name == "env 0":
                raise OSError("still busy")

    vec = vector(2, Fails)
    envs = [env.unwrapped for env in vec.envs]
    vec.close()
    assert [env.closed for env in envs] == [1, 1]
    assert "could not close" in caplog.text


def test_nothing_runs_on_the_loop_once_a_vector_is_closed():
    with to_sync(AsyncEcho()) as keeps_the_loop:
        keeps_the_loop.reset()
        before = len(on_the_loop(asyncio.all_tasks))
        with vector(5) as vec:
            vec.reset()
            vec.send({0: "hang"})
        assert len(on_the_loop(asyncio.all_tasks)) == before


def test_a_vector_that_is_dropped_lets_its_tasks_end():
    with to_sync(AsyncEcho()) as keeps_the_loop:
        keeps_the_loop.reset()
        before = len(on_the_loop(asyncio.all_tasks))
        vec = vector(5)
        vec.reset()
        del vec
        gc.collect()
        until(lambda: len(on_the_loop(asyncio.all_tasks)) == before, what="the end of the tasks")
