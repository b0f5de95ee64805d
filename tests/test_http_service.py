"""The floor of the small HTTP services: refusals arrive, and no body is taken for a request."""

from __future__ import annotations

import http.client
import threading
import time
from contextlib import closing

import pytest

from gem import http_service
from gem.http_service import HttpHandler, HttpService

LIMIT = 1000


class Echo(HttpHandler):
    def do_POST(self):
        if not self.bears(self.server.token):
            self.refuse_unread(401, "who are you?")
        elif (body := self.body(LIMIT)) is not None:
            self.answer(200, body, "text/plain", {"X-Length": str(len(body))})

    def do_GET(self):
        self.ignore_body()
        self.answer(204, b"", "text/plain")

    def refuse(self, status, why):
        self.answer(status, why.encode(), "text/plain")


@pytest.fixture
def line():
    """A connection with an echo."""
    with HttpService(("127.0.0.1", 0), Echo) as server:
        server.token = None
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        with closing(http.client.HTTPConnection(*server.server_address, timeout=10)) as connection:
            connection.server = server
            yield connection
        server.shutdown()
        thread.join()


def asked(line, method="POST", body=b"", **headers):
    line.request(method, "/", body, {name.replace("_", "-"): value for name, value in headers.items()})
    response = line.getresponse()
    return response.status, response.read(), response.getheader("Connection")


def test_requests_follow_each_other_on_one_connection(line):
    assert asked(line, body=b"one") == (200, b"one", None)
    port = line.sock.getsockname()
    assert asked(line, body=b"") == (200, b"", None)
    assert asked(line, "GET") == (204, b"", None)
    assert line.sock.getsockname() == port


@pytest.mark.parametrize("size", [LIMIT + 1, 20_000_000])
def test_a_refusal_reaches_a_client_that_sends_all_before_it_reads(line, size):
    assert asked(line, body=b"x" * size) == (413, b"the body is at most 1000 bytes", "close")
    assert asked(line, body=b"x" * LIMIT)[0] == 200


def test_so_does_that_of_a_client_without_the_token(line):
    line.server.token = "open sesame"
    assert asked(line, body=b"x" * 20_000_000) == (401, b"who are you?", "close")
    assert asked(line, body=b"x", Authorization="Bearer open sesame") == (200, b"x", None)


@pytest.mark.parametrize("length", ["", "-1", "x", "9" * 5000])
def test_a_length_that_is_none_is_refused(line, length):
    assert asked(line, Content_Length=length)[0] in (411, 413)


def test_a_body_in_chunks_is_refused(line):
    assert asked(line, body=iter([b"x"] * 100), Transfer_Encoding="chunked")[0] == 411


def test_the_body_of_a_get_is_no_request(line):
    assert asked(line, "GET", b"PUT / HTTP/1.1\r\n\r\n") == (204, b"", "close")


def test_a_client_that_never_stops_is_left(line, monkeypatch):
    monkeypatch.setattr(http_service, "LINGER_S", 0.05)
    begun = time.monotonic()
    with pytest.raises(OSError):  # noqa: PT011 - a reset or a broken pipe, as it comes
        asked(line, body=endless(), Content_Length=str(10**12))
    assert time.monotonic() - begun < 8


def endless():
    while True:
        yield b"x" * 100_000
