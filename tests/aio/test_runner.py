"""Runner: each env's sync code runs where its steps do no harm."""

import asyncio
import threading

import pytest

from gem.aio import Runner
from gem.aio.suspension import await_here
from gem.core import Env
from gem.errors import ConfigError
from tests.aio.echo_envs import gem_threads
from tests.vector.fault_envs import until


class Costs(Env):
    """An env that says what its steps cost."""

    def __init__(self, cost):
        super().__init__()
        self.step_cost = cost


@pytest.mark.parametrize("cost", ["cheap", "awaits"])
def test_what_does_not_block_runs_on_the_loops_own_thread(cost):
    async def run():
        runner = Runner(Costs(cost))
        return await runner.run(threading.get_ident)

    assert asyncio.run(run()) == threading.get_ident()


@pytest.mark.parametrize(("cost", "inline"), [("blocking", True), ("cpu-heavy", True), ("cheap", False)])
def test_what_blocks_runs_in_a_thread_of_its_own_always_the_same(cost, inline):
    async def run():
        runner, other = Runner(Costs(cost), inline=inline), Runner(Costs(cost), inline=inline)
        assert gem_threads() == []
        idents = [await runner.run(threading.get_ident) for _ in range(3)]
        idents.append(await other.run(threading.get_ident))
        for each in (runner, other):
            each.close()
            each.close()
        return idents

    idents = asyncio.run(run())
    assert len({*idents, threading.get_ident()}) == 3
    assert idents[0] == idents[1] == idents[2]
    assert gem_threads() == []


def test_only_what_awaits_can_be_suspended():
    async def run():
        return await Runner(Costs("awaits")).run(lambda: await_here(asyncio.sleep(0, "done")))

    assert asyncio.run(run()) == "done"


@pytest.mark.parametrize("cost", ["cheap", "blocking", "awaits"])
def test_arguments_results_and_errors_pass(cost):
    def fail(message):
        raise KeyError(message)

    async def run():
        runner = Runner(Costs(cost))
        assert await runner.run(divmod, 7, 2) == (3, 1)
        with pytest.raises(KeyError, match="mine"):
            await runner.run(fail, "mine")
        with pytest.raises(RuntimeError, match="StopIteration"):
            await runner.run(next, iter(()))
        runner.close()

    asyncio.run(run())


def test_an_unknown_cost_is_refused_with_a_suggestion():
    with pytest.raises(ConfigError, match="Did you mean 'blocking'"):
        Runner(Costs("blockin"))


def test_a_cancelled_caller_leaves_the_function_running_and_the_next_one_waits_for_it():
    order, gate = [], threading.Event()

    def slow():
        gate.wait(30)
        order.append("slow")

    async def run():
        runner = Runner(Costs("blocking"))
        first = asyncio.create_task(runner.run(slow))
        await asyncio.sleep(0.001)
        first.cancel()
        await asyncio.wait([first])
        second = asyncio.create_task(runner.run(order.append, "next"))
        await asyncio.sleep(0.001)
        gate.set()
        await second
        runner.close()

    asyncio.run(run())
    assert order == ["slow", "next"]


def test_a_busy_thread_is_not_waited_for_and_ends_by_itself():
    gate = threading.Event()

    async def run():
        runner = Runner(Costs("blocking"))
        task = asyncio.create_task(runner.run(gate.wait, 30))
        await asyncio.sleep(0.001)
        runner.close()
        task.cancel()

    asyncio.run(run())
    assert gem_threads() == ["gem-env"]
    gate.set()
    until(lambda: not gem_threads(), what="the end of the thread")


def test_a_runner_that_is_dropped_ends_its_thread():
    async def run():
        await Runner(Costs("blocking")).run(int)

    asyncio.run(run())
    until(lambda: not gem_threads(), what="the end of the thread")


def test_after_close_it_starts_again():
    async def run():
        runner = Runner(Costs("blocking"))
        for _ in range(2):
            assert await runner.run(threading.get_ident) != threading.get_ident()
            runner.close()

    asyncio.run(run())
