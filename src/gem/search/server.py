"""Any retriever as a small HTTP service, so that many trainers share one corpus.

    with gem.search.open("wiki.index") as retriever, SearchServer(retriever, port=8000) as server:
        server.serve_forever()

It speaks the `/retrieve` contract of `gem.search.wire`, and `GET /health` says that it is there. Over a network that
others use, put something in front that speaks TLS.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import Any, cast

from gem.errors import MissingExtra, SearchUnavailable
from gem.http_service import HttpHandler, HttpService
from gem.search.protocol import Retriever
from gem.search.wire import JSON, answer_of, kind_of, packed, question_of, unpacked

MAX_BODY_MB = 8
MAX_TOPK, MAX_QUERIES = 1000, 4096
MAX_WAITING = 1024
"""How many requests may be under way before more are sent away."""
_PATHS = "there are GET /health and POST /retrieve"

_logger = logging.getLogger(__name__)


class SearchServer(HttpService):
    """Serves `retriever`, which stays the caller's to close. Port 0 takes a free one; `url` tells which.

    With a `token`, requests must carry it as `Authorization: Bearer`.
    """

    home = "/retrieve"

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


class _Handler(HttpHandler):
    """One connection of a client."""

    @property
    def house(self) -> SearchServer:
        """The server, by its class."""
        return cast("SearchServer", self.server)

    def do_GET(self) -> None:
        """`/health`."""
        self.ignore_body()
        if self.path != "/health":
            return self.refuse(HTTPStatus.NOT_FOUND, _PATHS)
        return self._send(HTTPStatus.OK, {"status": "ok"})

    def do_POST(self) -> None:
        """`/retrieve`."""
        if not self.bears(self.house.token):
            return self.refuse_unread(HTTPStatus.UNAUTHORIZED, "the token is missing or wrong")
        body = self.body(self.house.max_body)
        if body is None:
            return None
        if self.path != "/retrieve":
            return self.refuse(HTTPStatus.NOT_FOUND, _PATHS)
        if not self.house.waiting.acquire(blocking=False):
            return self._send(
                HTTPStatus.SERVICE_UNAVAILABLE, {"error": "too many requests are waiting"}, headers={"Retry-After": "1"}
            )
        try:
            return self._retrieve(body)
        finally:
            self.house.waiting.release()

    def _retrieve(self, body: bytes) -> None:
        kind = kind_of(body)
        try:
            question = question_of(unpacked(body, kind), MAX_TOPK, MAX_QUERIES)
        except (ValueError, MissingExtra) as error:
            return self.refuse(HTTPStatus.BAD_REQUEST, str(error))
        retriever = self.house.retriever
        try:
            if question.single:
                answers = [retriever.search(question.queries[0], question.topk)]
            else:
                answers = retriever.search_many(question.queries, question.topk)
        except SearchUnavailable as error:
            return self.refuse(HTTPStatus.BAD_GATEWAY, str(error))
        except Exception as error:
            _logger.exception("a search failed")
            return self.refuse(HTTPStatus.INTERNAL_SERVER_ERROR, f"the search failed: {type(error).__name__}")
        return self._send(HTTPStatus.OK, answer_of(question, answers), kind=kind)

    def refuse(self, status: HTTPStatus, why: str) -> None:
        """As `{"error": why}`."""
        self._send(status, {"error": why})

    def _send(
        self, status: HTTPStatus, content: dict[str, Any], kind: str = JSON, headers: dict[str, str] | None = None
    ) -> None:
        self.answer(status, packed(content, kind), kind, headers)
