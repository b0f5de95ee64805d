"""Any retriever as a small HTTP service, so that many trainers share one corpus.

    with gem.search.open("wiki.index") as retriever, SearchServer(retriever, port=8000) as server:
        server.serve_forever()

It speaks the `/retrieve` contract of `gem.search.wire`, and `GET /health` says that it is there. Over a network that
others use, put something in front that speaks TLS.
"""

from __future__ import annotations

import hmac
import logging
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore
from typing import Any, cast

from gem.errors import MissingExtra, SearchUnavailable
from gem.search.protocol import Retriever
from gem.search.wire import JSON, answer_of, kind_of, packed, question_of, unpacked

MAX_BODY_MB = 8
MAX_TOPK, MAX_QUERIES = 1000, 4096
MAX_WAITING = 1024
"""How many requests may be under way before more are sent away."""
SLOW_CLIENT_S = 60.0
_PATHS = "there are GET /health and POST /retrieve"

_logger = logging.getLogger(__name__)


class SearchServer(ThreadingHTTPServer):
    """Serves `retriever`, which stays the caller's to close. Port 0 takes a free one; `url` tells which.

    With a `token`, requests must carry it as `Authorization: Bearer`.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(
        self,
        retriever: Retriever,
        host: str = "127.0.0.1",
        port: int = 8000,
        *,
        token: str | None = None,
        max_body_mb: int = MAX_BODY_MB,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        super().__init__((host, port), _Handler)
        self.retriever, self.token, self.max_body = retriever, token, max_body_mb << 20
        self.waiting = BoundedSemaphore(max_waiting)

    @property
    def url(self) -> str:
        """Where clients ask on this machine."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}/retrieve"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""
        del request
        _logger.debug("a request of %s ended early", client_address, exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    timeout = SLOW_CLIENT_S
    disable_nagle_algorithm = True

    @property
    def house(self) -> SearchServer:
        """The server, by its class."""
        return cast("SearchServer", self.server)

    def do_GET(self) -> None:
        """`/health`."""
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # the body that nobody reads is no request
        if self.path != "/health":
            return self._refuse(HTTPStatus.NOT_FOUND, _PATHS)
        return self._answer(HTTPStatus.OK, {"status": "ok"})

    def do_POST(self) -> None:
        """`/retrieve`."""
        if not self._permitted():  # its body is not even read
            return self._refuse(HTTPStatus.UNAUTHORIZED, "the token is missing or wrong", close=True)
        body = self._body()
        if body is None:
            return None
        if self.path != "/retrieve":
            return self._refuse(HTTPStatus.NOT_FOUND, _PATHS)
        if not self.house.waiting.acquire(blocking=False):
            return self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "too many requests are waiting", {"Retry-After": "1"})
        try:
            return self._retrieve(body)
        finally:
            self.house.waiting.release()

    def _retrieve(self, body: bytes) -> None:
        kind = kind_of(body)
        try:
            question = question_of(unpacked(body, kind), MAX_TOPK, MAX_QUERIES)
        except (ValueError, MissingExtra) as error:
            return self._refuse(HTTPStatus.BAD_REQUEST, str(error))
        retriever = self.house.retriever
        try:
            if question.single:
                answers = [retriever.search(question.queries[0], question.topk)]
            else:
                answers = retriever.search_many(question.queries, question.topk)
        except SearchUnavailable as error:
            return self._refuse(HTTPStatus.BAD_GATEWAY, str(error))
        except Exception as error:
            _logger.exception("a search failed")
            return self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, f"the search failed: {type(error).__name__}")
        return self._answer(HTTPStatus.OK, answer_of(question, answers), kind=kind)

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
        self._answer(status, {"error": why}, headers)

    def _answer(
        self, status: HTTPStatus, content: dict[str, Any], headers: dict[str, str] | None = None, kind: str = JSON
    ) -> None:
        body = packed(content, kind)
        fields = {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}
        if self.close_connection:
            fields["Connection"] = "close"
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """To the log, not to stderr."""
        _logger.debug(format, *args)
