"""The servers over stdio and HTTP: the protocol's rules by hand, and the official client on top."""

import asyncio
import contextlib
import http.client
import io
import json
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from gem.errors import ConfigError
from gem.mcp.servers import Calendar, CalendarServer, Event, FilesServer, KvServer, Store, Tree
from gem.mcp.servers.__main__ import main
from gem.mcp.servers.opening import calendar_json, calendar_of, opened
from gem.mcp.servers.over_http import MAX_BODY_BYTES, MAX_SESSIONS, HttpServer
from gem.mcp.servers.over_stdio import serve_stdio
from gem.mcp.servers.wire import VERSIONS, Wire

INITIALIZE = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


def request(method, params=None, request_id=1):
    message = {"jsonrpc": "2.0", "id": request_id, "method": method}
    return message if params is None else {**message, "params": params}


def calling(tool, **arguments):
    return request("tools/call", {"name": tool, "arguments": arguments})


# -- messages --------------------------------------------------------------------------------------


@pytest.fixture
def wire():
    return Wire(KvServer(Store({"a": "one"})))


@pytest.mark.parametrize(
    ("asked", "told"), [*((version, version) for version in VERSIONS), ("2031-01-01", VERSIONS[0]), ("", VERSIONS[0])]
)
def test_the_version_is_the_clients_if_it_is_known(wire, asked, told):
    result = wire.answer(request("initialize", {**INITIALIZE, "protocolVersion": asked}))["result"]
    assert result["protocolVersion"] == told
    assert result["serverInfo"]["name"] == "gem-kv"
    assert result["capabilities"] == {"tools": {}}


def test_tools_are_listed_and_called(wire):
    listed = wire.answer(request("tools/list", request_id="x"))
    assert listed["id"] == "x"
    assert [tool["name"] for tool in listed["result"]["tools"]] == list(KvServer.handlers)
    assert listed["result"]["tools"][0]["inputSchema"]["required"] == ["key"]
    assert wire.answer(request("ping"))["result"] == {}
    assert wire.answer(calling("get", key="a"))["result"] == {
        "content": [{"type": "text", "text": "one"}],
        "isError": False,
    }
    assert wire.answer(calling("get", key="b"))["result"]["isError"]
    assert wire.answer(calling("get", kee="b"))["result"]["isError"]
    assert Wire(CalendarServer()).answer(calling("list_people"))["result"]["structuredContent"] == {"people": []}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ([request("ping")], -32600), ({}, -32600), (3, -32600), (None, -32600),
        ({"id": 1, "method": "ping"}, -32600), ({"jsonrpc": "2.0", "id": None, "method": "ping"}, -32600),
        ({"jsonrpc": "2.0", "id": True, "method": "ping"}, -32600), ({"jsonrpc": "2.0", "id": 1, "method": 3}, -32600),
        (request("prompts/list"), -32601), (request(""), -32601),
        (request("ping", [1]), -32602), (request("initialize", {}), -32602), (request("tools/call", {}), -32602),
        (request("tools/call", {"name": "nope"}), -32602), (request("tools/call", {"name": ["get"]}), -32602),
    ],
)  # fmt: skip
def test_a_bad_request_gets_the_errors_code(wire, message, code):
    answer = wire.answer(message)
    assert answer["error"]["code"] == code
    assert answer["jsonrpc"] == "2.0"


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"nope", b"\x00"])
def test_what_is_no_json_is_told_so(wire, text):
    assert wire.answer_text(text)["error"]["code"] == -32700


def test_notifications_and_responses_are_not_answered(wire):
    assert wire.answer({"jsonrpc": "2.0", "method": "notifications/initialized"}) is None
    assert wire.answer({"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "delete"}}) is None
    assert wire.answer({"jsonrpc": "2.0", "id": 7, "result": {}}) is None


def test_what_fails_by_itself_fails_one_call(caplog):
    def full_disk():
        raise OSError("no space left")

    wire = Wire(KvServer(), saved=full_disk)
    assert wire.answer(calling("put", key="a", value="b"))["error"] == {
        "code": -32603,
        "message": "OSError: no space left",
    }
    assert "tools/call failed" in caplog.text
    assert wire.answer(request("ping"))["result"] == {}


def test_arguments_may_be_left_out(wire):
    assert wire.answer(request("tools/call", {"name": "list_keys"}))["result"]["content"][0]["text"] == "a"


def test_many_threads_may_ask_at_once():
    wire = Wire(KvServer())
    threads = [
        threading.Thread(target=lambda n=n: [wire.answer(calling("put", key=f"{n}/{i}", value="x")) for i in range(50)])
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wire.server.store.values) == 200


# -- stdio -----------------------------------------------------------------------------------------


def test_lines_are_answered_by_lines(wire):
    lines = [json.dumps(request("ping")).encode(), b"", b"nope", json.dumps({"jsonrpc": "2.0", "method": "x"}).encode()]
    written = io.BytesIO()
    serve_stdio(wire, io.BytesIO(b"\n".join(lines)), written)
    answers = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [answer.get("error", {}).get("code") for answer in answers] == [None, -32700]


def test_a_reader_that_goes_away_ends_it(wire):
    class Gone(io.BytesIO):
        def flush(self):
            raise BrokenPipeError

    serve_stdio(wire, io.BytesIO(json.dumps(request("ping")).encode()), Gone())


# -- HTTP ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def serving(wire, **options):
    with HttpServer(wire, port=0, **options) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Caller:
    """A plain HTTP client."""

    def __init__(self, server):
        self.server, self.session = server, None

    def send(self, method, body=b"", path=None, **headers):
        """The status, the JSON and the headers of an answer."""
        line = http.client.HTTPConnection(*self.server.server_address[:2], timeout=10)
        if self.session:
            headers.setdefault("Mcp-Session-Id", self.session)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        with contextlib.closing(line):
            line.request(method, path or self.server.home, data, headers)
            response = line.getresponse()
            told = response.read()
            return response.status, json.loads(told) if told else None, response.headers

    def begin(self):
        status, _, headers = self.send("POST", request("initialize", INITIALIZE))
        assert status == 200
        self.session = headers["Mcp-Session-Id"]
        return self


@pytest.fixture
def caller(wire):
    with serving(wire) as server:
        yield Caller(server)


def test_a_session_goes_from_initialize_to_delete(caller):
    caller.begin()
    assert caller.send("POST", {"jsonrpc": "2.0", "method": "notifications/initialized"})[:2] == (202, None)
    status, told, headers = caller.send("POST", calling("get", key="a"))
    assert (status, told["result"]["content"][0]["text"]) == (200, "one")
    assert headers["Content-Type"] == "application/json"
    assert caller.send("DELETE")[0] == 200
    assert caller.send("POST", request("ping"))[0] == 404


def test_a_session_is_needed_and_must_be_known(caller):
    assert caller.send("POST", request("ping"))[0] == 400
    assert caller.send("POST", request("ping"), Mcp_Session_Id="made-up")[0] == 404
    assert caller.send("DELETE")[0] == 400


def test_what_cannot_be_served_is_refused(caller):
    caller.begin()
    assert caller.send("GET")[0] == 405
    assert caller.send("POST", request("ping"), path="/other")[0] == 404
    assert caller.send("POST", request("ping"), Origin="http://evil.example")[0] == 403
    assert caller.send("POST", request("ping"), Origin="http://[")[0] == 403
    assert caller.send("POST", request("ping"), Origin="http://localhost:3000")[0] == 200
    assert caller.send("POST", request("ping"), MCP_Protocol_Version="1999-01-01")[0] == 400
    assert caller.send("POST", request("ping"), MCP_Protocol_Version="2025-06-18")[0] == 200
    status, told, _ = caller.send("POST", b"<html>")
    assert (status, told["error"]["code"]) == (400, -32700)
    assert caller.send("POST", b"", Content_Length=str(MAX_BODY_BYTES + 1))[0] == 413
    assert caller.send("POST", b"", Transfer_Encoding="chunked", Content_Length="x")[0] == 411
    assert caller.send("POST", request("ping"))[0] == 200


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_no_body_is_taken_for_the_next_request(caller, method):
    with contextlib.closing(http.client.HTTPConnection(*caller.server.server_address[:2], timeout=10)) as line:
        line.request(method, caller.server.home, b"PUT /x HTTP/1.1\r\n\r\n", {"Mcp-Session-Id": "?"})
        response = line.getresponse()
        response.read()
        assert response.headers["Connection"] == "close"
        assert response.will_close
    with contextlib.closing(http.client.HTTPConnection(*caller.server.server_address[:2], timeout=10)) as line:
        for _ in range(2):  # without a body the connection goes on
            line.request(method, caller.server.home, headers={"Mcp-Session-Id": "?"})
            response = line.getresponse()
            response.read()
            assert not response.will_close


def test_sessions_are_many_but_not_without_end(wire):
    with HttpServer(wire, port=0) as server:
        first = server.open_session()
        for _ in range(MAX_SESSIONS):
            server.open_session()
        assert len(server.sessions) == MAX_SESSIONS
        assert first not in server.sessions


def test_the_path_is_a_choice(wire):
    with serving(wire, path="deep/er/") as server:
        assert server.url.endswith("/deep/er")
        Caller(server).begin()


# -- state that stays ------------------------------------------------------------------------------


def test_a_store_is_kept_in_its_file(tmp_path):
    file = tmp_path / "kv.json"
    opened("kv", str(file)).answer(calling("put", key="a", value="é"))
    assert json.loads(file.read_text()) == {"a": "é"}
    assert opened("kv", str(file)).server.store == Store({"a": "é"})


def test_a_database_is_kept_in_its_file(tmp_path):
    file = tmp_path / "a.db"
    opened("sqlite", str(file)).answer(calling("execute", sql="CREATE TABLE t (a); INSERT INTO t VALUES (7)"))
    with contextlib.closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT a FROM t").fetchall() == [(7,)]


def test_a_calendar_is_kept_in_its_file(tmp_path):
    file = tmp_path / "calendar.json"
    made = Calendar(day_begins="08:00")
    made.add(Event("Tea", "2026-03-02 09:00", "2026-03-02 10:00", ["Ada"]))
    file.write_text(calendar_json(made))
    opened("calendar", str(file)).answer(calling("cancel_event", event_id="e1"))
    assert calendar_of(file.read_text()) == Calendar(next_id=2, day_begins="08:00")


def test_files_are_kept_in_their_folder(tmp_path):
    opened("files", str(tmp_path)).answer(calling("write_file", path="a/b.txt", content="c"))
    assert (tmp_path / "a/b.txt").read_text() == "c"
    assert opened("files").server.files == Tree()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("kv", "[]"),
        ("kv", '{"a": 1}'),
        ("kv", "{"),
        ("calendar", '{"x": 1}'),
        ("sqlite", "no db" * 99),
        ("files", "no folder"),
        ("calendar", '{"next_id": "1"}'),
        ("calendar", '{"day_begins": "nine"}'),
        ("calendar", '{"events": {"e1": {"title": 3, "start": "2026-03-02 10:00", "end": "2026-03-02 11:00"}}}'),
        ("calendar", '{"events": {"e1": {"title": "a", "start": "soon", "end": "2026-03-02 11:00"}}}'),
        ("calendar", '{"events": {"e1": {"title": "a", "start": 1, "end": 2, "people": "Ada"}}}'),
    ],
)
def test_a_file_of_something_else_is_refused_and_stays(tmp_path, name, content):
    file = tmp_path / "state"
    file.write_text(content)
    with pytest.raises(ConfigError, match="holds no state"):
        opened(name, str(file))
    assert file.read_text() == content


def test_a_mistake_on_the_command_line_is_told(capsys, tmp_path):
    for words in (["nope"], ["files", "--root", str(tmp_path / "none")], ["kv", "--transport", "smoke"]):
        with pytest.raises(SystemExit) as stop:
            main(words)
        assert stop.value.code == 2
    assert "holds no state" in capsys.readouterr().err


# -- processes, and the official client ------------------------------------------------------------


@contextlib.contextmanager
def process(*words):
    """A server process, and what it writes to stderr first."""
    with subprocess.Popen(
        [sys.executable, "-m", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            yield server
        finally:
            server.terminate()


async def official(read, write):
    """What the official client gets to see of the time server."""
    from mcp import ClientSession

    async with ClientSession(read, write) as session:
        greeting = await session.initialize()
        tools = await session.list_tools()
        arguments = {"sourceTimezone": "UTC", "targetTimezone": "Asia/Tokyo", "time": "2026-03-02 12:00:00"}
        result = await session.call_tool("convert_time", arguments)
        wrong = await session.call_tool("convert_time", {**arguments, "time": "noon"})
        await session.send_ping()
    return greeting, [tool.name for tool in tools.tools], result.content[0].text, wrong.content[0].text


def check(seen):
    _, names, result, wrong = seen
    assert names == ["current_time", "relative_time", "days_in_month", "get_timestamp", "convert_time", "get_week_year"]
    assert json.loads(result)["targetTime"] == "2026-03-02 21:00:00"
    assert "is no time" in wrong


@pytest.mark.slow
def test_the_official_client_calls_the_time_server_over_stdio():
    pytest.importorskip("mcp")
    from mcp.client.stdio import stdio_client

    from mcp import StdioServerParameters

    async def talk():
        command = StdioServerParameters(command=sys.executable, args=["-m", "gem.tools.mcp_server.time_mcp"])
        async with stdio_client(command) as (read, write):
            return await official(read, write)

    check(asyncio.run(talk()))


@pytest.mark.slow
def test_the_official_client_calls_the_time_server_over_http():
    pytest.importorskip("mcp")
    from mcp.client import streamable_http

    connect = getattr(streamable_http, "streamable_http_client", None) or streamable_http.streamablehttp_client

    async def talk(url):
        async with connect(url) as streams:
            return await official(*streams[:2])

    words = ("--transport", "streamable-http", "--port", "0", "--path", "/clock")
    with process("gem.tools.mcp_server.time_mcp", *words) as server:
        url = server.stderr.readline().split()[-1]
        assert url.endswith("/clock")
        check(asyncio.run(talk(url)))
        server.terminate()
        assert server.wait(10) == 0


@pytest.mark.slow
def test_a_server_starts_sooner_than_a_python_framework():
    begun = time.perf_counter()
    with process("gem.mcp.servers", "kv") as server:
        server.stdin.write(json.dumps(request("initialize", INITIALIZE)) + "\n")
        server.stdin.flush()
        assert json.loads(server.stdout.readline())["result"]
        assert time.perf_counter() - begun < 3  # about 0.25 s, on a machine that does nothing else
        server.stdin.close()
        assert server.wait(10) == 0


@pytest.mark.slow
def test_a_port_that_is_taken_is_told():
    with HttpServer(Wire(FilesServer()), port=0) as taken:
        words = ["-m", "gem.mcp.servers", "files", "--transport", "http", "--port", str(taken.server_address[1])]
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert "cannot be served" in done.stderr
