"""Any sandbox as a small HTTP service, so that programs run on another machine than the trainer.

    with gem.sandbox.make() as sandbox, SandboxServer(sandbox, port=8080, token="...") as server:
        server.serve_forever()

It speaks the protocol of SandboxFusion's `/run_code` (`fusion.py`), and `GET /health` says what holds. Over a network
that others use, put something in front that speaks TLS.
"""

from __future__ import annotations

import hmac
import json
import logging
import threading
from dataclasses import asdict
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from gem.errors import ConfigError
from gem.sandbox.protocol import Sandbox
from gem.sandbox.service.fusion import answer_of, program_of

MAX_BODY_MB = 32
MAX_TIMEOUT_S = 600.0
"""The longest that a client may let a program run."""
QUEUE_PER_PLACE = 16
"""How many requests may wait for each program that runs, before more are sent away."""
SLOW_CLIENT_S = 60.0

_logger = logging.getLogger(__name__)


class SandboxServer(ThreadingHTTPServer):
    """Serves `sandbox`, which stays the caller's to close. Port 0 takes a free one; `url` tells which.

    With a `token`, requests must carry it as `Authorization: Bearer`.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(
        self,
        sandbox: Sandbox,
        host: str = "127.0.0.1",
        port: int = 8080,
        *,
        token: str | None = None,
        max_body_mb: int = MAX_BODY_MB,
        max_timeout_s: float = MAX_TIMEOUT_S,
    ) -> None:
        super().__init__((host, port), _Handler)
        self.sandbox, self.token = sandbox, token
        self.max_body, self.max_timeout_s = max_body_mb << 20, max_timeout_s
        self.queue = threading.BoundedSemaphore(sandbox.concurrency * (QUEUE_PER_PLACE + 1))

    @property
    def url(self) -> str:
        """What clients call it by on this machine."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""
        del request
        _logger.debug("a request of %s ended early", client_address, exc_info=True)


def serve(sandbox: Sandbox, host: str = "127.0.0.1", port: int = 8080, **options: Any) -> None:
    """Serve until interrupted; `options` are those of `SandboxServer`."""
    with SandboxServer(sandbox, host, port, **options) as server:
        server.serve_forever()


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    timeout = SLOW_CLIENT_S

    @property
    def house(self) -> SandboxServer:
        """The server, by its class."""
        return cast("SandboxServer", self.server)

    def do_GET(self) -> None:
        """`/health`."""
        if self.path != "/health":
            return self._refuse(HTTPStatus.NOT_FOUND, "there are GET /health and POST /run_code")
        return self._answer(HTTPStatus.OK, {"status": "ok", "level": asdict(self.house.sandbox.level)})

    def do_POST(self) -> None:
        """`/run_code`."""
        if not self._permitted():  # its body is not even read
            return self._refuse(HTTPStatus.UNAUTHORIZED, "the token is missing or wrong", close=True)
        body = self._body()
        if body is None:
            return None
        if self.path != "/run_code":
            return self._refuse(HTTPStatus.NOT_FOUND, "there are GET /health and POST /run_code")
        if not self.house.queue.acquire(blocking=False):
            return self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "too many programs are waiting", {"Retry-After": "1"})
        try:
            return self._run(body)
        finally:
            self.house.queue.release()

    def _run(self, body: bytes) -> None:
        sandbox = self.house.sandbox
        try:
            code, stdin, limits = program_of(json.loads(body), sandbox.limits)
            if limits.timeout_s > self.house.max_timeout_s:
                raise ConfigError(f"`run_timeout` is at most {self.house.max_timeout_s:.0f} here")
        except (ValueError, RecursionError) as error:
            return self._refuse(HTTPStatus.BAD_REQUEST, str(error))
        return self._answer(HTTPStatus.OK, answer_of(sandbox.run(code, stdin, limits=limits)))

    def _body(self) -> bytes | None:
        """The request's body; None, and an answer given, if it can't be had."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "Content-Length is missing", close=True)
            return None
        if len(length) > 15 or int(length) > self.house.max_body:
            why = f"the body is at most {self.house.max_body} bytes"
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, why, close=True)
            return None
        return self.rfile.read(int(length))

    def _permitted(self) -> bool:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        token = self.house.token
        return token is None or hmac.compare_digest(given.encode(), token.encode())

    def _refuse(self, status: HTTPStatus, why: str, headers: dict[str, str] | None = None, close: bool = False) -> None:
        self.close_connection = self.close_connection or close
        self._answer(status, {"status": "SandboxError", "message": why}, headers)

    def _answer(self, status: HTTPStatus, content: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
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
