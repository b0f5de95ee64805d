"""Sessions with a server over stdio: what calls give, what faults lead to, what is left behind.

`test_session_sdk_lines.py` runs this file with the other line of the `mcp` package.
"""

from __future__ import annotations

import asyncio
import gc
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import gem.mcp
from gem.aio.background import background
from gem.errors import McpUnavailable
from gem.mcp import CannotConnect, ImageContent, TextContent, rendered, sdk
from gem.mcp.config import Command

PEER = str(Path(__file__).parent / "peer.py")
FAST = {"delay_between_retries": 0.01}


def command(mode=""):
    return {"command": sys.executable, "args": ["-S", "-E", PEER, mode]}


@pytest.fixture(scope="module", autouse=True)
def the_package_is_imported():
    sdk.load()


@pytest.fixture
def session():
    with gem.mcp.connect(command(), execution_timeout=20, **FAST) as session:
        yield session


@pytest.fixture(scope="module")
def lasting():
    """For tests that leave a session as they found it."""
    with gem.mcp.connect(command(), execution_timeout=20, **FAST) as session:
        yield session


@pytest.fixture
def impatient():
    with gem.mcp.connect(command(), execution_timeout=0.2, **FAST) as session:
        yield session


def told(result):
    return rendered(result)


def server_of(session):
    """The process id of the server."""
    return int(re.search(r" in (\d+)", told(session.call("count", {})))[1])


def counted(session):
    """The calls that came to the server."""
    return int(told(session.call("count", {})).split()[0])


def is_alive(process_id):
    """Whether there is such a process, be it a zombie."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_call_gives_what_the_tool_says(lasting):
    assert lasting.call("echo", {"text": "hi", "times": 2}).content == (TextContent("hihi"),)


def test_calls_are_made_over_one_session(lasting):
    before = server_of(lasting)
    assert [told(lasting.call("echo", {"text": str(n)})) for n in range(5)] == list("01234")
    assert server_of(lasting) == before


def test_tools_are_listed_over_all_pages(lasting):
    tools = {tool.name: tool for tool in lasting.tools()}
    assert len(tools) == 12
    assert tools["echo"].description == "Say it again."
    assert tools["echo"].schema["required"] == ["text"]


def test_a_change_of_the_tools_is_noticed(session):
    assert session.call("late", {}).is_error
    session.call("grow", {})
    assert "late" in {tool.name for tool in session.tools()}
    assert told(session.call("late", {})) == "late was called"


def test_pictures_and_resources_come_through(lasting):
    content = lasting.call("media", {}).content
    assert content[0] == ImageContent(b"\0" * 12_000, "image/png")
    assert told(lasting.call("media", {})).splitlines()[1] == "[image/png, 12 kB]"


def test_errors_of_the_server_are_results(lasting):
    for name, words in [("refuse", "not today"), ("fail", "it failed"), ("broken", "'no number' is not of type")]:
        result = lasting.call(name, {})
        assert result.is_error
        assert words in told(result)


def test_a_megabyte_goes_there_and_back(lasting):
    text = "x" * 1_000_000
    assert lasting.call("echo", {"text": text}).content == (TextContent(text),)


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("ecoh", {}, "There is no tool 'ecoh'. Did you mean 'echo'? There are: echo, count"),
        ("x" * 1_000_000, {}, "There is no tool 'xxx"),
        ("echo", {}, "'text' is a required property"),
        ("echo", {"text": 1}, "text: 1 is not of type 'string'"),
        ("echo", {"txt": "a", "text": "b"}, "'txt' was unexpected) (Did you mean 'text'?)"),
        ("echo", {"text": "a", "times": "2"}, "times: '2' is not of type 'integer'"),
        ("echo", {"text": ["x" * 1_000_000]}, "text: ['xxx"),
        ("echo", {"text": "\ud800"}, "half a surrogate pair"),
        ("echo", {"text": float("inf")}, "a number is infinite"),
        ("echo", {"text": {1, 2}}, "not JSON serializable"),
    ],
)
def test_a_call_that_cannot_succeed_is_answered_without_the_server(lasting, name, arguments, words):
    before = counted(lasting)
    result = lasting.call(name, arguments)
    assert result.is_error
    assert words in told(result)
    assert len(told(result)) < 500
    assert counted(lasting) == before + 1


def test_a_call_that_is_not_answered_ends_at_its_deadline_and_the_session_goes_on(impatient):
    before = server_of(impatient)
    begun = time.monotonic()
    with pytest.raises(McpUnavailable, match=r"did not answer a call of 'wait' within 0\.2 s"):
        impatient.call("wait", {})
    assert time.monotonic() - begun < 2
    assert f"in {before}; cancelled 1" in told(impatient.call("count", {}))


def test_a_server_that_dies_costs_that_call_alone(session):
    before = server_of(session)
    with pytest.raises(
        McpUnavailable, match="failed: it ended; exit code 3; its stderr ended with:\nI was told to die"
    ):
        session.call("die", {})
    assert server_of(session) != before


def test_a_server_that_died_between_calls_costs_none(session):
    before = server_of(session)
    os.kill(before, 9)
    until_gone(before)
    assert server_of(session) != before


@pytest.mark.slow
def test_a_server_that_hangs_is_replaced(impatient):
    before = server_of(impatient)
    os.kill(before, 19)  # SIGSTOP
    with pytest.raises(McpUnavailable, match="did not answer"):
        impatient.call("count", {})
    assert server_of(impatient) != before


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (
            command("dead"),
            "it ended before it introduced itself; exit code 2; its stderr ended with:\nno such data base",
        ),
        (command("old"), "Unsupported protocol version from the server: 1999-01-01"),
        ({"command": "no-such-program"}, "No such file or directory"),
    ],
)
def test_a_server_that_cannot_be_had_is_an_error_that_says_why(config, words):
    with pytest.raises(CannotConnect, match=re.escape(words)):
        gem.mcp.connect(config)


def test_a_server_that_never_answers_is_given_up(impatient):
    with pytest.raises(CannotConnect, match=r"did not introduce itself within 0\.2 s"):
        gem.mcp.connect(command("silent"), start_timeout=0.2)


def test_close_ends_the_server_and_what_belongs_to_it():
    gem.mcp.connect(command()).close()  # the event loop keeps two descriptors from the first process on
    threads, descriptors = threading.active_count(), len(os.listdir("/proc/self/fd"))
    users = set(background._users)
    session = gem.mcp.connect(command())
    server = server_of(session)
    session.close()
    session.close()
    assert not is_alive(server)
    assert threading.active_count() == threads
    assert len(os.listdir("/proc/self/fd")) == descriptors
    with pytest.raises(McpUnavailable, match="its session is closed"):
        session.call("count", {})
    assert set(background._users) == users


def test_close_while_somebody_waits_for_the_connection_is_told_to_him():
    session = gem.mcp.Session(Command("silent", sys.executable, tuple(command("silent")["args"])))
    told_him = []

    def call():
        try:
            session.call("count", {})
        except McpUnavailable as error:
            told_him.append(str(error))

    thread = threading.Thread(target=call)
    thread.start()
    while session._opening is None:
        time.sleep(0.001)
    session.close()
    thread.join(10)
    assert "its session is closed" in told_him[0]


def test_a_session_that_is_dropped_ends_its_server():
    session = gem.mcp.connect(command())
    server = server_of(session)
    del session
    gc.collect()
    until_gone(server)


@pytest.mark.slow
def test_thousands_of_calls_and_dozens_of_crashes_leave_nothing():
    def left():
        gc.collect()
        return len(os.listdir("/proc/self/fd")), threading.active_count(), len(gc.get_objects()) // 1000

    def crash():
        with pytest.raises(McpUnavailable):
            session.call("die", {})

    with gem.mcp.connect(command(), execution_timeout=20, **FAST) as session:
        for n_calls, n_crashes in ((200, 3), (2000, 12)):
            before = left()
            for _ in range(n_calls):
                session.call("echo", {"text": "hi"})
            for _ in range(n_crashes):
                crash()
            session.call("echo", {"text": "hi"})
        assert left() == before


def test_threads_share_a_session(lasting):
    results = [None] * 8

    def call(number):
        results[number] = told(lasting.call("echo", {"text": str(number)}))

    threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == list("01234567")


def test_calls_are_awaited_in_any_event_loop(lasting):
    async def three():
        return await asyncio.gather(*(lasting.acall("echo", {"text": str(n)}) for n in range(3)))

    assert [told(result) for result in asyncio.run(three())] == list("012")
    assert [told(result) for result in background.run(lasting, three())] == list("012")


def test_those_who_come_first_wait_for_one_connection():
    session = gem.mcp.Session(Command("peer", sys.executable, tuple(command()["args"])))

    async def eight():
        return await asyncio.gather(*(session.acall("echo", {"text": str(n)}) for n in range(8)))

    with session:
        assert [told(result) for result in asyncio.run(eight())] == list("01234567")
        assert told(session.call("count", {})).startswith("9 in")


def test_a_call_within_code_that_gem_suspends_lets_the_loop_go_on(lasting):
    from gem.aio.suspension import suspendable

    async def two():
        calls = (suspendable(lasting.call, "echo", {"text": str(n)}) for n in range(2))
        return await asyncio.gather(*calls)

    assert [told(result) for result in asyncio.run(two())] == list("01")


def test_a_cancelled_call_leaves_the_session_as_it_was(lasting):
    async def cancelled():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await lasting.acall("wait", {})
        return await lasting.acall("echo", {"text": "on"})

    assert told(asyncio.run(cancelled())) == "on"


def test_a_server_that_hangs_is_replaced_also_if_whoever_called_gave_up(session, monkeypatch):
    monkeypatch.setattr("gem.mcp.connection.PING_S", 0.1)
    before = server_of(session)
    os.kill(before, 19)  # SIGSTOP

    async def given_up():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await session.acall("count", {})

    asyncio.run(given_up())
    assert server_of(session) != before


def test_the_server_is_told_of_a_call_that_was_cancelled(session):
    async def cancelled():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await session.acall("wait", {})

    asyncio.run(cancelled())
    assert told(session.call("count", {})).endswith("cancelled 1")


def test_a_child_of_a_fork_has_a_session_of_its_own(session):
    before = server_of(session)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover
        try:
            os.write(writing, str(server_of(session)).encode())
            session.close()
        finally:
            os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        theirs = int(pipe.read())
    assert status == 0
    assert theirs != before
    assert server_of(session) == before


@pytest.mark.slow
def test_the_program_ends_although_a_session_is_open():
    code = f"""
import gem.mcp, sys, os
session = gem.mcp.connect({command()!r})
print(gem.mcp.rendered(session.call("count", {{}})))
if os.fork() == 0:
    session.call("count", {{}})
    sys.exit(0)
assert os.wait()[1] == 0
session.call("count", {{}})
"""
    command_line = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command_line, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    until_gone(int(re.search(r" in (\d+)", done.stdout)[1]))


def test_messages_of_the_server_reach_their_handlers():
    logged, progressed, asked = [], [], []

    async def sampling(messages, params, context):
        asked.append(messages[0].content.text)
        return "a model"

    with gem.mcp.connect(
        command(),
        log_handler=logged.append,
        progress_handler=lambda *what: progressed.append(what),
        sampling_handler=sampling,
    ) as session:
        session.call("whisper", {})
        session.call("progress", {})
        assert told(session.call("ask", {})) == "a model"
    assert (logged[0].level, logged[0].data) == ("info", "logged")
    assert progressed == [(1, 2, "half")]
    assert asked == ["who?"]


def test_a_handler_that_fails_harms_nothing(caplog):
    def fail(*what):
        raise ValueError("oh")

    handlers = dict.fromkeys(("log_handler", "progress_handler", "sampling_handler"), fail)
    with gem.mcp.connect(command(), **handlers) as session:
        for name in ("whisper", "progress"):
            assert not session.call(name, {}).is_error
        session.call("echo", {"text": "all is well"})


def test_lines_that_are_no_messages_are_told_where_a_call_then_fails(impatient):
    impatient.call("whisper", {})
    assert told(impatient.call("echo", {"text": "on"})) == "on"
    with pytest.raises(McpUnavailable, match="its stderr ended with:\npsst"):
        impatient.call("wait", {})


def until_gone(process_id):
    """Wait for the end of a process, reaping it if it is ours and nobody else does."""
    deadline = time.monotonic() + 10
    while is_alive(process_id):
        assert time.monotonic() < deadline, "the server is still there"
        time.sleep(0.005)
