"""RemoteSandbox and SandboxServer, against each other and against services that misbehave, on loopback."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from gem import sandbox
from gem.errors import ConfigError, SandboxUnavailable
from gem.sandbox import Limits, Result
from gem.sandbox.children.plain import SubprocessSandbox
from gem.sandbox.result import unavailable
from gem.sandbox.service.fusion import answer_of
from gem.sandbox.service.remote import RemoteSandbox
from gem.sandbox.service.server import SandboxServer
from tests.sandbox.backend_cases import RUN_CASES, name_of
from tests.tools.fakes import FakeSandbox

GOOD = Result(status="ok", stdout="1\n", exit_code=0, wall_s=0.1, cpu_s=0.05, rss_mb=9.5)


@contextmanager
def running(server):
    """A server at work in the background."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def box():
    with (
        SubprocessSandbox() as plain,
        running(SandboxServer(plain, port=0)) as server,
        RemoteSandbox(url=server.url) as box,
    ):
        yield box


@pytest.fixture
def served():
    """A server of a fake sandbox, with options."""
    with_servers = []

    def serve(**options):
        context = running(SandboxServer(FakeSandbox({"good": GOOD, "gone": unavailable("no room")}), port=0, **options))
        with_servers.append(context)
        return context.__enter__()

    yield serve
    for context in with_servers:
        context.__exit__(None, None, None)


@pytest.mark.slow
@pytest.mark.parametrize("case", RUN_CASES, ids=name_of)
def test_it_keeps_the_promises_of_every_sandbox(box, case):
    case(box)


def test_it_says_what_it_rests_on():
    with sandbox.make("remote", url="http://localhost:1") as box:
        assert box.level.safe
        assert box.level.name == "remote"
        assert box.level.files == "the service"


def test_there_are_no_sessions():
    with RemoteSandbox(url="http://localhost:1") as box, pytest.raises(SandboxUnavailable, match="no sessions"):
        box.session()


@pytest.mark.parametrize("url", ["", "localhost:8080", "ftp://host", "http://"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(ConfigError, match="http://localhost:8080"):
        RemoteSandbox(url=url)


@pytest.mark.parametrize("path", ["", "/", "/run_code", "/run_code/"])
def test_the_path_may_be_left_out(served, path):
    with RemoteSandbox(url=served().url + path) as box:
        assert box.run("good") == GOOD


def test_a_token_is_asked_for(served):
    url = served(token="open sesame").url
    with RemoteSandbox(url=url, token="open sesame") as box:
        assert box.run("good") == GOOD
    for token in (None, "wrong"):
        with RemoteSandbox(url=url, token=token) as box:
            result = box.run("good")
            assert result.status == "unavailable"
            assert "401" in result.stderr


def test_trouble_of_the_sandbox_there_is_trouble_here(served):
    with RemoteSandbox(url=served().url) as box:
        result = box.run("gone")
        assert result.status == "unavailable"
        assert "no room" in result.stderr


# -- the service, asked by hand ----------------------------------------------------------------------


def asked(url, method="POST", path="/run_code", body=b"", headers=()):
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.request(method, path, body, dict(headers))
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


def test_health_says_what_holds(served):
    status, answer = asked(served().url, "GET", "/health")
    assert (status, answer["status"]) == (200, "ok")
    assert set(answer["level"]) >= {"files", "network", "processes", "memory"}


def test_the_answer_is_that_of_sandboxfusion(served):
    status, answer = asked(served().url, body=json.dumps({"code": "good", "language": "python"}))
    assert (status, answer["status"], answer["message"], answer["compile_result"]) == (200, "Success", "", None)
    run = answer["run_result"]
    assert (run["status"], run["return_code"], run["stdout"], run["stderr"]) == ("Finished", 0, "1\n", "")
    assert run["execution_time"] == 0.1


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"", 400, "Expecting value"),
        (b"{", 400, ""),
        (b"[" * 100_000, 400, ""),
        (b"[]", 400, "JSON object"),
        (b'{"code": 5}', 400, "`code` is text"),
        (b'{"code": "good", "stdin": []}', 400, "`stdin`"),
        (b'{"code": "good", "language": "cpp"}', 400, "`language`"),
        (b'{"code": "good", "files": {"a": "b"}}', 400, "`files`"),
        (b'{"code": "good", "run_timeout": -1}', 400, "timeout_s"),
        (b'{"code": "good", "run_timeout": "x"}', 400, "timeout_s"),
        (b'{"code": "good", "run_timeout": 9999}', 400, "at most 600"),
        (b'{"code": "good", "memory_limit_MB": 1}', 400, "memory_mb"),
        (b'{"code": "\\ud800"}', 200, ""),
        (b"x" * 2_000_000, 413, "1048576"),
    ],
)
def test_a_request_that_makes_no_sense_is_told_so(served, body, status, why):
    found, answer = asked(served(max_body_mb=1).url, body=body)
    assert found == status
    assert why in answer["message"]


def test_other_paths_and_bodies_without_a_length_are_refused(served):
    url = served().url
    assert asked(url, path="/other")[0] == 404
    assert asked(url, "GET", "/")[0] == 404
    assert asked(url, body=iter([b"x"]), headers={"Transfer-Encoding": "chunked"})[0] == 411
    assert asked(url, headers={"Content-Length": "9" * 5000})[0] == 413


def test_more_requests_than_can_wait_are_sent_away(served):
    server = served()
    while server.queue.acquire(blocking=False):
        pass
    assert asked(server.url, body=b'{"code": "good"}')[0] == 503


# -- services that misbehave -------------------------------------------------------------------------


class Service(ThreadingHTTPServer):
    """Answers the n-th request as the n-th of `answers`, the last one for ever; counts requests and connections."""

    daemon_threads = True

    def __init__(self, *answers):
        self.answers, self.requests, self.connections = list(answers), 0, 0
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), Answering)

    def handle_error(self, request, client_address):
        pass


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.server.connections += 1

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.server.answers[min(self.server.requests, len(self.server.answers) - 1)]
        self.server.requests += 1
        answer(self)

    def log_message(self, *_):
        pass


def body(content, status=200, **headers):
    def answer(handler):
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def hang_up(handler):
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def say_nothing(handler):
    handler.server.over.wait(20)


def drip(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not handler.server.over.wait(0.02):
        handler.wfile.write(b" ")


def flood(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        handler.wfile.write(b" " * 65536)


RIGHT = body(json.dumps(answer_of(GOOD)).encode())


@contextmanager
def a_box(*answers, **options):
    """A sandbox at a service with these answers; it notes its pauses instead of making them."""
    pauses = []
    with running(Service(*answers)) as service:
        url = f"http://127.0.0.1:{service.server_port}"
        with RemoteSandbox(url=url, sleep=pauses.append, **options) as box:
            try:
                yield box, service, pauses
            finally:
                service.over.set()
                box._connection().close()


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_service_is_asked_again(status):
    with a_box(body(b"busy", status), body(b"busy", status), RIGHT) as (box, service, pauses):
        assert box.run("x") == GOOD
        assert service.requests == 3
        assert pauses == [0.2, 0.4]


def test_a_service_may_say_when_to_come_back():
    with a_box(body(b"", 429, Retry_After="3"), body(b"", 429, Retry_After="Sunday"), RIGHT) as (box, _, pauses):
        assert box.run("x") == GOOD
        assert pauses == [3.0, 0.4]


def test_a_service_that_stays_busy_is_unavailable():
    with a_box(body(b"out of memory", 500), retries=2) as (box, service, pauses):
        result = box.run("x")
        assert result.status == "unavailable"
        assert "500 out of memory" in result.stderr
        assert (service.requests, len(pauses)) == (3, 2)


@pytest.mark.parametrize("status", [301, 400, 401, 404, 422])
def test_a_refusal_is_not_asked_again(status):
    with a_box(body(b"no", status)) as (box, service, _):
        assert box.run("x").status == "unavailable"
        assert service.requests == 1


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"null", b"[]", b"{}", b"[" * 100_000, b'{"status": "Success"}', b"\xff",
        b'{"status": "Success", "run_result": 5}', b'{"status": "Success", "run_result": {}}',
        b'{"status": "SandboxError", "message": "x"}',
        b'{"status": "Failed", "run_result": {"status": "Error", "stderr": "x"}}',
    ],
)  # fmt: skip
def test_an_answer_that_makes_no_sense_is_unavailable(content):
    with a_box(body(content)) as (box, service, _):
        assert box.run("x").status == "unavailable"
        assert service.requests == 1


def test_connections_are_kept():
    with a_box(RIGHT) as (box, service, _):
        for _ in range(5):
            assert box.run("x") == GOOD
        assert service.connections == 1


def test_a_connection_that_the_service_has_tired_of_is_replaced():
    with a_box(RIGHT, hang_up, RIGHT) as (box, _, pauses):
        assert box.run("x") == GOOD
        assert box.run("x") == GOOD
        assert pauses == []


def test_a_service_that_hangs_up_is_unavailable():
    with a_box(hang_up, retries=1) as (box, _, pauses):
        assert box.run("x").status == "unavailable"
        assert len(pauses) == 1


def test_a_dead_service_is_unavailable():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    pauses = []
    with RemoteSandbox(url=f"http://127.0.0.1:{port}", sleep=pauses.append) as box:
        result = box.run("x")
    assert result.status == "unavailable"
    assert "refused" in result.stderr
    assert pauses == [0.2, 0.4, 0.8]


@pytest.mark.parametrize("answer", [say_nothing, drip])
def test_a_service_that_hangs_is_unavailable_after_a_while(answer):
    with a_box(answer, patience_s=0.1) as (box, service, _):
        result = box.run("x", timeout_s=0.1)
        assert result.status == "unavailable"
        assert "does not answer" in result.stderr
        assert service.requests == 1


def test_a_service_that_floods_is_cut_off():
    with a_box(flood, retries=0) as (box, _, _):
        result = box.run("x", limits=Limits(output_kb=1))
        assert result.status == "unavailable"
        assert "an answer of more than" in result.stderr


def test_a_closed_sandbox_asks_nobody():
    with a_box(RIGHT) as (box, service, _):
        assert box.run("x") == GOOD
        box.close()
        assert box.run("x").status == "unavailable"
        assert service.requests == 1


def test_a_host_that_has_no_name_is_unavailable():
    with RemoteSandbox(url="http://no-such-host.invalid", retries=0) as box:
        assert box.run("x").status == "unavailable"
