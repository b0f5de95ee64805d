"""The event loop beside the threads: one, started by the first user, ended with the last."""

import asyncio
import os
import signal
import sys
import threading

import pytest

from gem.aio.background import background
from gem.errors import EnvError
from tests.aio.echo_envs import gem_threads


class User:
    """Somebody who uses the loop."""


async def name():
    await asyncio.sleep(0)
    return threading.current_thread().name


def test_it_starts_with_the_first_user_and_ends_with_the_last():
    first, second = User(), User()
    assert background.run(first, name()) == "gem-event-loop"
    loop = background.loop_for(second)
    assert loop is background.loop_for(first)
    background.release(first)
    background.release(first)
    assert background.run(second, name()) == "gem-event-loop"
    assert background.loop_for(second) is loop
    background.release(second)
    assert gem_threads() == []
    assert loop.is_closed()


def test_it_starts_again():
    user = User()
    loops = []
    for _ in range(2):
        loops.append(background.loop_for(user))
        assert background.run(user, name()) == "gem-event-loop"
        background.release(user)
    assert loops[0] is not loops[1]


def test_what_a_coroutine_raises_is_raised():
    async def fail():
        raise KeyError("mine")

    user = User()
    with pytest.raises(KeyError, match="mine"):
        background.run(user, fail())
    background.release(user)


def test_to_wait_for_it_on_itself_is_a_mistake_that_is_named():
    user = User()

    async def wait_for_itself():
        background.run(user, name())

    with pytest.raises(EnvError, match="suspendable"):
        background.run(user, wait_for_itself())
    background.release(user)


def test_ctrl_c_cancels_what_is_waited_for_and_lets_it_clean_up():
    user, cleaned = User(), []

    async def forever():
        try:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.get_running_loop().create_future()
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            background.run(user, forever())
    finally:
        signal.signal(signal.SIGINT, before)
    assert cleaned == [True]
    background.release(user)


def test_what_still_runs_when_it_ends_is_cancelled():
    user, ended = User(), []

    async def leave_something_running():
        async def forever():
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                ended.append(True)

        ended.append(asyncio.create_task(forever()))
        await asyncio.sleep(0)

    background.run(user, leave_something_running())
    background.release(user)
    assert ended[1:] == [True]


def test_a_coroutine_that_ends_the_program_does_not_end_the_loop_for_good():
    async def leave():
        raise SystemExit(3)

    user = User()
    with pytest.raises(SystemExit):
        background.run(user, leave())
    assert background.run(user, name()) == "gem-event-loop"
    background.release(user)


def test_without_uvloop_it_is_asyncios_own(monkeypatch):
    async def kind():
        return type(asyncio.get_running_loop()).__module__

    user = User()
    pytest.importorskip("uvloop")
    assert background.run(user, kind()).startswith("uvloop")
    background.release(user)
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert background.run(user, kind()).startswith("asyncio")
    background.release(user)


@pytest.mark.slow
def test_a_forked_process_has_a_loop_of_its_own_and_the_parents_goes_on(run_python):
    code = """
import asyncio, os, threading
from gem.aio import AsyncEnv, to_sync
from gem.core import transition

class Slow(AsyncEnv):
    async def _reset(self):
        self.state = [0]
        return "", {}
    async def _step(self, action):
        await asyncio.sleep(0.01)
        return transition(str(os.getpid()))

env = to_sync(Slow())
env.reset()
assert env.step("a").obs == str(os.getpid())
child = os.fork()
if not child:
    ok = env.step("a").obs == str(os.getpid())
    env.close()
    os._exit(0 if ok and threading.active_count() == 1 else 1)
assert os.waitpid(child, 0)[1] == 0
assert env.step("a").obs == str(os.getpid())
env.close()
assert threading.active_count() == 1
"""
    assert run_python(code) == ""


@pytest.mark.slow
def test_a_program_that_closes_nothing_ends_in_silence(run_python):
    code = """
import gem
from tests.aio.echo_envs import AsyncEcho
env = gem.to_sync(AsyncEcho())
env.reset()
print(env.step("a").info["event"])
"""
    assert run_python(code) == "turn 1\n"
