"""Any sandbox as a small HTTP service, so that programs run on another machine than the trainer.

    with gem.sandbox.make() as sandbox, SandboxServer(sandbox, port=8080, token="...") as server:
        server.serve_forever()

It speaks the protocol of SandboxFusion's `/run_code` (`fusion.py`), and `GET /health` says what holds. Over a network
that others use, put something in front that speaks TLS.
"""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, cast

from gem.errors import ConfigError
from gem.http_service import HttpHandler, HttpService
from gem.sandbox.protocol import Sandbox
from gem.sandbox.service.fusion import answer_of, program_of

MAX_BODY_MB = 32
MAX_TIMEOUT_S = 600.0
"""The longest that a client may let a program run."""
QUEUE_PER_PLACE = 16
"""How many requests may wait for each program that runs, before more are sent away."""
_PATHS = "there are GET /health and POST /run_code"


class SandboxServer(HttpService):
    """Serves `sandbox`, which stays the caller's to close. Port 0 takes a free one; `url` tells which.

    With a `token`, requests must carry it as `Authorization: Bearer`.
    """

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


def serve(sandbox: Sandbox, host: str = "127.0.0.1", port: int = 8080, **options: Any) -> None:
    """Serve until interrupted; `options` are those of `SandboxServer`."""
    with SandboxServer(sandbox, host, port, **options) as server:
        server.serve_forever()


class _Handler(HttpHandler):
    """One connection of a client."""

    @property
    def house(self) -> SandboxServer:
        """The server, by its class."""
        return cast("SandboxServer", self.server)

    def do_GET(self) -> None:
        """`/health`."""
        self.ignore_body()
        if self.path != "/health":
            return self.refuse(HTTPStatus.NOT_FOUND, _PATHS)
        return self._send(HTTPStatus.OK, {"status": "ok", "level": asdict(self.house.sandbox.level)})

    def do_POST(self) -> None:
        """`/run_code`."""
        if not self.bears(self.house.token):
            return self.refuse_unread(HTTPStatus.UNAUTHORIZED, "the token is missing or wrong")
        body = self.body(self.house.max_body)
        if body is None:
            return None
        if self.path != "/run_code":
            return self.refuse(HTTPStatus.NOT_FOUND, _PATHS)
        if not self.house.queue.acquire(blocking=False):
            return self._send(
                HTTPStatus.SERVICE_UNAVAILABLE, _trouble("too many programs are waiting"), {"Retry-After": "1"}
            )
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
            return self.refuse(HTTPStatus.BAD_REQUEST, str(error))
        return self._send(HTTPStatus.OK, answer_of(sandbox.run(code, stdin, limits=limits)))

    def refuse(self, status: HTTPStatus, why: str) -> None:
        """As SandboxFusion tells of its own trouble."""
        self._send(status, _trouble(why))

    def _send(self, status: HTTPStatus, content: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self.answer(status, json.dumps(content).encode(), "application/json", headers)


def _trouble(why: str) -> dict[str, Any]:
    return {"status": "SandboxError", "message": why}
