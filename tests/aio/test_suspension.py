"""suspendable and await_here: sync code that waits for coroutines."""

import asyncio
import concurrent.futures
import contextvars
import gc
import threading
import weakref

import pytest

from gem.aio.suspension import await_here, can_suspend, suspendable
from gem.errors import EnvError


def test_a_sync_function_waits_for_a_coroutine_and_gets_its_result():
    async def add(a, b):
        await asyncio.sleep(0)
        return a + b

    def twice(a):
        return await_here(add(a, 1)), await_here(add(a, 2))

    assert asyncio.run(suspendable(twice, 10)) == (11, 12)
    assert asyncio.run(suspendable(divmod, 7, 2)) == (3, 1)


def test_functions_wait_side_by_side_in_one_thread():
    threads, most, inside = set(), 0, 0

    def function(gate):
        nonlocal most, inside
        threads.add(threading.get_ident())
        inside += 1
        most = max(most, inside)
        await_here(gate.wait())
        inside -= 1
        return inside

    async def run():
        gate = asyncio.Event()
        tasks = [asyncio.create_task(suspendable(function, gate)) for _ in range(50)]
        await asyncio.sleep(0.001)
        gate.set()
        return await asyncio.gather(*tasks)

    assert sorted(asyncio.run(run())) == list(range(50))
    assert most == 50
    assert threads == {threading.get_ident()}


def test_an_error_of_the_coroutine_is_raised_in_the_function_which_may_handle_it():
    async def fail():
        await asyncio.sleep(0)
        raise OSError("no connection")

    def function(handle):
        try:
            await_here(fail())
        except OSError:
            if not handle:
                raise
            return "handled"

    assert asyncio.run(suspendable(function, True)) == "handled"
    with pytest.raises(OSError, match="no connection"):
        asyncio.run(suspendable(function, False))


def test_an_error_of_the_function_is_raised_where_it_is_awaited():
    def function():
        await_here(asyncio.sleep(0))
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        asyncio.run(suspendable(function))
    with pytest.raises(RuntimeError, match="StopIteration"):
        asyncio.run(suspendable(next, iter(())))


def test_a_cancellation_reaches_the_function_which_may_clean_up_awaiting():
    done = []

    def function():
        try:
            await_here(asyncio.get_running_loop().create_future())
        finally:
            done.append(await_here(asyncio.sleep(0, "cleaned up")))

    async def run():
        task = asyncio.create_task(suspendable(function))
        await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert done == ["cleaned up"]


def test_a_cancellation_that_nobody_asked_for_is_an_ordinary_error():
    async def hung_up():
        raise asyncio.CancelledError("the server hung up")

    def function():
        try:
            await_here(hung_up())
        except Exception as error:
            return error

    error = asyncio.run(suspendable(function))
    assert type(error) is concurrent.futures.CancelledError
    assert str(error) == "the server hung up"


def test_a_timeout_around_it_is_a_timeout():
    async def run():
        async with asyncio.timeout(0.001):
            await suspendable(lambda: await_here(asyncio.get_running_loop().create_future()))

    with pytest.raises(TimeoutError):
        asyncio.run(run())


def test_elsewhere_it_says_so():
    with pytest.raises(EnvError, match="suspendable"):
        await_here(concurrent.futures.Future())
    assert not can_suspend()
    assert asyncio.run(suspendable(can_suspend))


def test_context_variables_are_those_of_the_caller():
    variable = contextvars.ContextVar("variable")

    def function():
        before = variable.get()
        await_here(asyncio.sleep(0))
        return before, variable.get()

    async def run(value):
        variable.set(value)
        await asyncio.sleep(0)
        return await suspendable(function)

    async def both():
        return await asyncio.gather(*(asyncio.create_task(run(value)) for value in (1, 2)))

    assert asyncio.run(both()) == [(1, 1), (2, 2)]


def test_functions_may_be_nested():
    def inner():
        return await_here(asyncio.sleep(0, "inner"))

    def outer():
        return await_here(suspendable(inner)), await_here(asyncio.sleep(0, "outer"))

    assert asyncio.run(suspendable(outer)) == ("inner", "outer")


def test_nothing_of_a_finished_function_is_kept_alive():
    class Thing:
        def method(self, argument):
            await_here(asyncio.sleep(0))
            return argument

        def fail(self, argument):
            raise ValueError(argument)

    async def run():
        thing, argument = Thing(), Thing()
        references = [weakref.ref(thing), weakref.ref(argument)]
        await suspendable(thing.method, argument)
        with pytest.raises(ValueError, match="Thing"):
            await suspendable(thing.fail, argument)
        del thing, argument
        return references

    async def dead():
        references = await run()
        gc.collect()
        return [reference() for reference in references]

    assert asyncio.run(dead()) == [None, None]


def test_every_thread_has_functions_of_its_own():
    results = []

    def function():
        ident = threading.get_ident()
        await_here(asyncio.sleep(0))
        return ident == threading.get_ident()

    def live():
        results.extend(asyncio.run(suspendable(function)) for _ in range(3))

    threads = [threading.Thread(target=live) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 12
