"""A server by streamable HTTP: each POST is answered by one JSON message, and no stream is ever opened.

    with HttpServer(Wire(KvServer()), port=0) as server:
        server.serve_forever()      # at server.url

A page in a browser that was lured here is turned away by its Origin. There is no other guard: whoever reaches the port
may call the tools. All sessions share the one state.
"""

from __future__ import annotations

import json
import secrets
import threading
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

from gem.http_service import HttpHandler, HttpService
from gem.mcp.servers.wire import INVALID_REQUEST, VERSIONS, Message, Wire, failure

MAX_BODY_BYTES = 8 << 20
MAX_SESSIONS = 10_000
"""The oldest is forgotten when there are more."""
SLOW_CLIENT_S = 300.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class HttpServer(HttpService):
    """Serves `wire` at `path`. Port 0 takes a free one; `url` tells which."""

    def __init__(self, wire: Wire, host: str = "127.0.0.1", port: int = 8000, path: str = "/mcp") -> None:
        super().__init__((host, port), _Handler)
        self.wire, self.host, self.home = wire, host, f"/{path.strip('/')}"
        self.sessions: dict[str, None] = {}
        self.changing_sessions = threading.Lock()

    def open_session(self) -> str:
        """The id of a new session."""
        session = secrets.token_hex(16)
        with self.changing_sessions:
            self.sessions[session] = None
            if len(self.sessions) > MAX_SESSIONS:
                del self.sessions[next(iter(self.sessions))]
        return session


class _Handler(HttpHandler):
    """One connection of a client."""

    timeout = SLOW_CLIENT_S

    @property
    def house(self) -> HttpServer:
        """The server, by its class."""
        return cast("HttpServer", self.server)

    def do_POST(self) -> None:
        """A message."""
        body = self.body(MAX_BODY_BYTES)
        if body is None or not self._is_welcome():
            return
        message = _read(body)
        opens = isinstance(message, dict) and cast("Message", message).get("method") == "initialize"
        if not opens and not self._in_session():
            return
        answer = self.house.wire.answer_text(body) if message is None else self.house.wire.answer(message)
        if answer is None:
            self._send(HTTPStatus.ACCEPTED)
        elif opens and "result" in answer:
            self._send(HTTPStatus.OK, answer, {"Mcp-Session-Id": self.house.open_session()})
        else:
            bad = answer.get("id") is None and "error" in answer
            self._send(HTTPStatus.BAD_REQUEST if bad else HTTPStatus.OK, answer)

    def do_GET(self) -> None:
        """Nothing is ever sent unasked."""
        self.ignore_body()
        if self._is_welcome():
            self._send(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST, DELETE"})

    def do_DELETE(self) -> None:
        """The end of a session."""
        self.ignore_body()
        if self._is_welcome() and self._in_session():
            with self.house.changing_sessions:
                self.house.sessions.pop(self.headers["Mcp-Session-Id"], None)
            self._send(HTTPStatus.OK)

    def _is_welcome(self) -> bool:
        """Whether the request comes from where it may, for the path that there is; it is answered if not."""
        origin = self.headers.get("Origin")
        if origin is not None and _host_of(origin) not in LOOPBACK | {self.house.host}:
            self.refuse(HTTPStatus.FORBIDDEN, "requests of other origins are refused")
            return False
        if urlsplit(self.path).path.rstrip("/") != self.house.home.rstrip("/"):
            self.refuse(HTTPStatus.NOT_FOUND, f"the path is {self.house.home}")
            return False
        version = self.headers.get("MCP-Protocol-Version")
        if version is not None and version not in VERSIONS:
            self.refuse(HTTPStatus.BAD_REQUEST, f"the protocol versions here are {', '.join(VERSIONS)}")
            return False
        return True

    def _in_session(self) -> bool:
        """Whether the request belongs to a session; it is answered if not."""
        session = self.headers.get("Mcp-Session-Id")
        if session is None:
            self.refuse(HTTPStatus.BAD_REQUEST, "the header Mcp-Session-Id is missing; begin with initialize")
            return False
        if session not in self.house.sessions:
            self.refuse(HTTPStatus.NOT_FOUND, "there is no such session; begin with initialize")
            return False
        return True

    def refuse(self, status: HTTPStatus, why: str) -> None:
        """As an error of JSON-RPC that answers no request."""
        self._send(status, failure(None, INVALID_REQUEST, why))

    def _send(self, status: HTTPStatus, content: Message | None = None, headers: dict[str, str] | None = None) -> None:
        self.answer(status, b"" if content is None else json.dumps(content).encode(), "application/json", headers)


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
