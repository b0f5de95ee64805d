"""The reference servers of the protocol's authors, over stdio and HTTP on loopback, installed by the tests."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

import gem.mcp
from gem.errors import McpUnavailable
from gem.mcp import ImageContent, rendered
from gem.tools import MCPTool
from tests.mcp.installed import npm_server

pytestmark = pytest.mark.slow
START_S = 60


def command(name, *args):
    return {"command": "node", "args": [npm_server(name), *args]}


def call(name, **arguments):
    return f"<tool_call><tool_name>{name}</tool_name><arguments>{json.dumps(arguments)}</arguments></tool_call>"


def told(result):
    return rendered(result)


@pytest.fixture(scope="module")
def everything():
    with gem.mcp.connect(command("everything"), start_timeout=START_S) as session:
        yield session


@pytest.fixture(scope="module")
def everything_over_http():
    with served("streamableHttp") as port, patient({"url": f"http://127.0.0.1:{port}/mcp"}) as session:
        yield session


@pytest.fixture(scope="module")
def everything_over_events():
    with served("sse") as port, patient({"url": f"http://127.0.0.1:{port}/sse", "transport": "sse"}) as session:
        yield session


@contextmanager
def served(transport):
    """The port where a process listens, or will soon."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = ["node", npm_server("everything"), transport]
    with subprocess.Popen(command, env={**os.environ, "PORT": str(port)}, **quiet) as server:
        try:
            yield port
        finally:
            server.kill()


def patient(config):
    return gem.mcp.connect(config, max_retries=8, delay_between_retries=0.25)


def test_files_are_written_read_and_guarded(tmp_path):
    root = tmp_path.resolve()
    with gem.mcp.connect(command("filesystem", str(root)), start_timeout=START_S) as files:
        path = str(root / "a.txt")
        assert not files.call("write_file", {"path": path, "content": "one\ntwo\n"}).is_error
        assert Path(path).read_text() == "one\ntwo\n"
        assert "two" in told(files.call("read_text_file", {"path": path}))
        assert "a.txt" in told(files.call("list_directory", {"path": str(root)}))
        outside = files.call("read_text_file", {"path": "/etc/passwd"})
        assert outside.is_error
        assert "root:" not in told(outside)
        assert "'path' is a required property" in told(files.call("read_text_file", {}))


def test_a_memory_keeps_what_it_is_told(tmp_path):
    config = {**command("memory"), "env": {"MEMORY_FILE_PATH": str(tmp_path / "memory.jsonl")}}
    with gem.mcp.connect(config, start_timeout=START_S) as memory:
        ada = {"name": "Ada", "entityType": "person", "observations": ["likes looms"]}
        assert not memory.call("create_entities", {"entities": [ada]}).is_error
        assert "likes looms" in told(memory.call("search_nodes", {"query": "looms"}))
        misfit = memory.call("create_entities", {"entities": [{"name": "Bob"}]})
        assert "entities.0: 'entityType' is a required property" in told(misfit)


@pytest.mark.parametrize("session", ["everything", "everything_over_http", "everything_over_events"])
def test_all_kinds_of_content_are_rendered(session, request):
    session = request.getfixturevalue(session)
    assert told(session.call("echo", {"message": "hi"})) == "Echo: hi"
    image = session.call("get-tiny-image", {})
    assert any(isinstance(item, ImageContent) for item in image.content)
    assert "[image/png, " in told(image)
    structured = session.call("get-structured-content", {"location": "Chicago"})
    assert structured.structured["temperature"] is not None
    links = told(session.call("get-resource-links", {"count": 2}))
    assert "demo://resource/" in links
    assert "5" in told(session.call("get-sum", {"a": 2, "b": 3}))


def test_a_server_that_is_killed_in_a_call_is_an_observation_and_the_next_call_works():
    def kill(done, *_):
        os.kill(_youngest_child(), 9)

    tool = MCPTool(command("everything"), progress_handler=kill, delay_between_retries=0.05, validate_on_init=False)
    slow = tool.execute_action(call("trigger-long-running-operation", duration=60, steps=600))
    assert slow.has_error
    assert slow.observation.startswith("[Tool execution failed: ")
    assert tool.execute_action(call("echo", message="again")).observation == "Echo: again\n"
    tool.close()


def test_a_long_call_ends_at_its_deadline():
    config = command("everything")
    with gem.mcp.connect(config, start_timeout=START_S, execution_timeout=0.5) as session:
        begun = time.monotonic()
        with pytest.raises(McpUnavailable, match="did not answer"):
            session.call("trigger-long-running-operation", {"duration": 60, "steps": 2})
        assert time.monotonic() - begun < 3
        assert told(session.call("echo", {"message": "on"})) == "Echo: on"


def _youngest_child():
    """The process that this one started last."""
    tasks = Path(f"/proc/{os.getpid()}/task").iterdir()
    return max(int(number) for task in tasks for number in (task / "children").read_text().split())
