"""Sessions over streamable HTTP: what faults of servers and proxies lead to.

`test_session_sdk_lines.py` runs this file with the other line of the `mcp` package.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time

import pytest

import gem.mcp
from gem.errors import McpUnavailable
from gem.mcp import CannotConnect, rendered, sdk
from tests.mcp.peer import Handler, Peer, over_http

FAST = {"delay_between_retries": 0.01, "max_retries": 1}


@pytest.fixture(scope="module", autouse=True)
def the_package_is_imported():
    sdk.load()


@pytest.fixture
def server():
    with over_http() as server:
        yield server


@pytest.fixture
def session(server):
    with gem.mcp.connect(server.url, execution_timeout=20, **FAST) as session:
        yield session


def told(result):
    return rendered(result)


def test_calls_are_made_over_one_session(server, session):
    assert told(session.call("echo", {"text": "hi"})) == "hi"
    assert told(session.call("count", {})).startswith("2 in")
    assert len(session.tools()) == 12
    assert len(server.sessions) == 1


def test_close_ends_the_session_at_the_server(server):
    threads = threading.active_count()
    with gem.mcp.connect(server.url) as session:
        session.call("count", {})
    assert not server.sessions
    assert threading.active_count() <= threads + 1  # the server's own, for its last connection


def test_a_token_and_headers_are_sent(server):
    config = {"url": server.url, "headers": {"x-a": "config", "x-b": "config"}}
    with gem.mcp.connect(config, auth="secret", headers={"x-b": "argument"}):
        headers = {name.lower(): value for name, value in server.headers[-1].items()}
    assert headers["authorization"] == "Bearer secret"
    assert (headers["x-a"], headers["x-b"]) == ("config", "argument")


def test_a_megabyte_goes_there_and_back(session):
    text = "x" * 1_000_000
    assert session.call("echo", {"text": text}).content[0].text == text


def test_errors_of_the_server_are_results(session):
    for name, words in [("refuse", "not today"), ("fail", "it failed"), ("broken", "'no number' is not of type")]:
        result = session.call(name, {})
        assert result.is_error
        assert words in told(result)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("html", "Unexpected content type: text/html; HTTP 200 OK (text/html)"),
        ("404", "HTTP 404 Not Found (text/html)"),
        ("401", "HTTP 401 Unauthorized (text/html)"),
        ("503", "HTTP 503 Service Unavailable (text/html)"),
        ("silent", "did not introduce itself within 0.2 s"),
    ],
)
def test_an_address_without_a_server_is_an_error_that_says_why(server, mode, words):
    server.mode = mode
    with pytest.raises(CannotConnect, match=re.escape(words)):
        gem.mcp.connect(server.url, start_timeout=0.2 if mode == "silent" else 20, **FAST)


def test_an_address_where_nobody_listens_is_tried_again_and_given_up():
    with over_http() as server:
        url = server.url
    with pytest.raises(CannotConnect, match="All connection attempts failed"):
        gem.mcp.connect(url, **FAST)


@pytest.mark.parametrize(("mode", "words"), [("html", "text/html"), ("401", "HTTP 401"), ("503", "HTTP 503")])
def test_a_call_that_is_answered_by_something_else_fails_and_the_next_works(server, session, mode, words):
    server.mode = mode
    with pytest.raises(McpUnavailable, match=words):
        session.call("count", {})
    server.mode = ""
    assert told(session.call("count", {})).startswith("1 in")


def test_a_connection_that_breaks_costs_that_call_alone(session):
    with pytest.raises(McpUnavailable, match="the connection broke"):
        session.call("die", {})
    assert told(session.call("count", {})).startswith("1 in")


def test_a_call_that_is_not_answered_ends_at_its_deadline_and_the_session_goes_on(server):
    with gem.mcp.connect(server.url, execution_timeout=0.2, **FAST) as session:
        with pytest.raises(McpUnavailable, match=r"did not answer a call of 'wait' within 0\.2 s"):
            session.call("wait", {})
        assert told(session.call("count", {})).endswith("cancelled 1")


def test_a_server_that_forgot_the_session_costs_no_call(server, session):
    session.call("count", {})
    server.sessions.clear()
    assert told(session.call("count", {})).startswith("1 in")


def test_a_session_that_is_refused_with_400_was_forgotten_as_well(server, session, monkeypatch):
    send = Handler._send
    error = {"code": -32000, "message": "Bad Request: No valid session ID provided"}
    body = json.dumps({"jsonrpc": "2.0", "id": None, "error": error}).encode()

    def refusing(self, status, *args, **options):
        return send(self, 400, body) if status == 404 else send(self, status, *args, **options)

    monkeypatch.setattr(Handler, "_send", refusing)
    session.call("count", {})
    server.sessions.clear()
    assert told(session.call("count", {})).startswith("1 in")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-32000, "the database session is busy"),
        (-32000, "rate limited"),
        (-32603, "no session today"),
        (-32001, "x"),
    ],
)
def test_an_error_of_the_server_s_own_is_a_result_whatever_its_number(server, session, monkeypatch, code, words):
    calls = []

    def fail(peer, number, name, arguments):
        calls.append(name)
        peer.send({"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": words}})

    monkeypatch.setattr(Peer, "call", fail)
    result = session.call("count", {})
    assert (result.is_error, words in told(result)) == (True, True)
    assert calls == ["count"]
    assert len(server.sessions) == 1


@pytest.mark.parametrize("tools", [[{"name": 5}], "none", [{"name": "a", "inputSchema": 7}]])
def test_a_list_of_tools_that_is_none_is_the_server_s_failure(server, monkeypatch, tools):
    monkeypatch.setattr(Peer, "tools", lambda peer: tools)
    with pytest.raises(McpUnavailable, match="does not tell its tools"):
        gem.mcp.connect(server.url, **FAST)


def test_a_server_that_was_started_again_costs_no_call():
    with over_http() as server:
        port = server.server_address[1]
        session = gem.mcp.connect(server.url, max_retries=0)
    with pytest.raises(CannotConnect):
        session.call("count", {})
    with over_http(port=port), session:
        assert told(session.call("count", {})).startswith("1 in")


@pytest.mark.slow
def test_close_does_not_wait_long_for_a_server_that_hangs(server):
    session = gem.mcp.connect(server.url, execution_timeout=0.1, **FAST)
    server.mode = "silent"
    with pytest.raises(McpUnavailable, match="did not answer"):
        session.call("count", {})
    begun = time.monotonic()
    session.close()
    assert time.monotonic() - begun < 4


def test_calls_go_side_by_side(server, session):
    async def all_at_once():
        calls = [session.acall("echo", {"text": str(n)}) for n in range(16)]
        return await asyncio.gather(*calls)

    assert [told(result) for result in asyncio.run(all_at_once())] == [str(n) for n in range(16)]


def test_two_addresses_are_one_source(server):
    servers = {"a": {"url": server.url}, "b": {"url": server.url, "type": "streamable-http"}}
    with gem.mcp.connect({"mcpServers": servers}) as both:
        assert told(both.call("b_echo", {"text": "hi"})) == "hi"
        assert len(server.sessions) == 2
