"""A server by streamable HTTP: each POST is answered by one JSON message, and no stream is ever opened.

    with HttpServer(Wire(KvServer()), port=0) as server:
        server.serve_forever()      # at server.url

A page in a browser that was lured here is turned away by its Origin. There is no other guard: whoever reaches the port
may call the tools. All sessions share the one state.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import urlsplit

from gem.mcp.servers.wire import INVALID_REQUEST, VERSIONS, Message, Wire, failure

MAX_BODY_BYTES = 8 << 20
MAX_SESSIONS = 10_000
"""The oldest is forgotten when there are more."""
SLOW_CLIENT_S = 300.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_logger = logging.getLogger(__name__)


class HttpServer(ThreadingHTTPServer):
    """Serves `wire` at `path`. Port 0 takes a free one; `url` tells which."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, wire: Wire, host: str = "127.0.0.1", port: int = 8000, path: str = "/mcp") -> None:
        super().__init__((host, port), _Handler)
        self.wire, self.host, self.path = wire, host, f"/{path.strip('/')}"
        self.sessions: dict[str, None] = {}
        self.changing_sessions = threading.Lock()

    @property
    def url(self) -> str:
        """What clients call it by on this machine."""
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}{self.path}"

    def open_session(self) -> str:
        """The id of a new session."""
        session = secrets.token_hex(16)
        with self.changing_sessions:
            self.sessions[session] = None
            if len(self.sessions) > MAX_SESSIONS:
                del self.sessions[next(iter(self.sessions))]
        return session

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""
        del request
        _logger.debug("a request of %s ended early", client_address, exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    timeout = SLOW_CLIENT_S
    disable_nagle_algorithm = True  # head and body are two writes: with it, each answer waits for 40 ms

    @property
    def house(self) -> HttpServer:
        """The server, by its class."""
        return cast("HttpServer", self.server)

    def do_POST(self) -> None:
        """A message."""
        body = self._body()
        if body is None or not self._is_welcome():
            return
        message = _read(body)
        opens = isinstance(message, dict) and cast("Message", message).get("method") == "initialize"
        if not opens and not self._in_session():
            return
        answer = self.house.wire.answer_text(body) if message is None else self.house.wire.answer(message)
        if answer is None:
            self._answer(HTTPStatus.ACCEPTED)
        elif opens and "result" in answer:
            self._answer(HTTPStatus.OK, answer, {"Mcp-Session-Id": self.house.open_session()})
        else:
            bad = answer.get("id") is None and "error" in answer
            self._answer(HTTPStatus.BAD_REQUEST if bad else HTTPStatus.OK, answer)

    def do_GET(self) -> None:
        """Nothing is ever sent unasked."""
        self._pass_over_body()
        if self._is_welcome():
            self._answer(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST, DELETE"})

    def do_DELETE(self) -> None:
        """The end of a session."""
        self._pass_over_body()
        if self._is_welcome() and self._in_session():
            with self.house.changing_sessions:
                self.house.sessions.pop(self.headers["Mcp-Session-Id"], None)
            self._answer(HTTPStatus.OK)

    def _is_welcome(self) -> bool:
        """Whether the request comes from where it may, for the path that there is; it is answered if not."""
        origin = self.headers.get("Origin")
        if origin is not None and _host_of(origin) not in LOOPBACK | {self.house.host}:
            self._refuse(HTTPStatus.FORBIDDEN, "requests of other origins are refused")
            return False
        if urlsplit(self.path).path.rstrip("/") != self.house.path.rstrip("/"):
            self._refuse(HTTPStatus.NOT_FOUND, f"the path is {self.house.path}")
            return False
        version = self.headers.get("MCP-Protocol-Version")
        if version is not None and version not in VERSIONS:
            self._refuse(HTTPStatus.BAD_REQUEST, f"the protocol versions here are {', '.join(VERSIONS)}")
            return False
        return True

    def _in_session(self) -> bool:
        """Whether the request belongs to a session; it is answered if not."""
        session = self.headers.get("Mcp-Session-Id")
        if session is None:
            self._refuse(HTTPStatus.BAD_REQUEST, "the header Mcp-Session-Id is missing; begin with initialize")
            return False
        if session not in self.house.sessions:
            self._refuse(HTTPStatus.NOT_FOUND, "there is no such session; begin with initialize")
            return False
        return True

    def _body(self) -> bytes | None:
        """The request's body; None, and an answer given, if it can't be had."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or len(length) > 15 or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "Content-Length is missing")
            return None
        if int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a message has at most {MAX_BODY_BYTES} bytes")
            return None
        return self.rfile.read(int(length))

    def _pass_over_body(self) -> None:
        """Take no further request from a connection on which an unread body would be taken for one."""
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            self.close_connection = True

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        self._answer(status, failure(None, INVALID_REQUEST, why))

    def _answer(
        self, status: HTTPStatus, content: Message | None = None, headers: dict[str, str] | None = None
    ) -> None:
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        if body:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """To the log, not to stderr."""
        _logger.debug(format, *args)


def _read(body: bytes) -> Any:
    """The message; None for what is no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).hostname
    except ValueError:
        return None
