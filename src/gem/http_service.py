"""What every small HTTP service of gem has: a free port, keep-alive, a limit of bodies, quiet ends of connections.

A refusal that is sent before the request was read would be lost: closing a connection on which bytes still arrive
resets it, and the client sees that instead of the answer. So the rest of such a request is read and thrown away, up to
`LINGER_S` (RFC 9112, 9.6).
"""

from __future__ import annotations

import hmac
import logging
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LINGER_S = 2.0
LENGTH_DIGITS = 15
"""A longer Content-Length is no length."""
_BLOCK = 1 << 16

_logger = logging.getLogger(__name__)


class HttpService(ThreadingHTTPServer):
    """A server with a thread per connection. Port 0 takes a free one; `url` tells which."""

    daemon_threads = True
    request_queue_size = 256
    home = ""
    """The path that `url` ends with."""

    @property
    def url(self) -> str:
        """What clients call it by on this machine."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}{self.home}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""
        del request
        _logger.debug("a request of %s ended early", client_address, exc_info=True)


class HttpHandler(BaseHTTPRequestHandler):
    """One connection of a client. A service gives it `do_GET`, `do_POST`, … and `refuse`."""

    protocol_version = "HTTP/1.1"
    timeout = 60.0
    """Seconds that a client may take between two bytes."""
    disable_nagle_algorithm = True  # head and body are two writes: with it, each answer waits for 40 ms
    _unread = False

    def refuse(self, status: HTTPStatus, why: str) -> None:
        """Answer that it can't be done, in the words of the service's protocol."""
        raise NotImplementedError

    def refuse_unread(self, status: HTTPStatus, why: str) -> None:
        """Refuse a request whose body is still to come, and take no further one from this connection."""
        self._unread = self.close_connection = True
        self.refuse(status, why)

    def body(self, limit: int) -> bytes | None:
        """The request's body, of at most `limit` bytes; None, and a refusal sent, if it can't be had."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or "Transfer-Encoding" in self.headers:
            return self.refuse_unread(HTTPStatus.LENGTH_REQUIRED, "Content-Length is missing")
        if len(length) > LENGTH_DIGITS or int(length) > limit:
            return self.refuse_unread(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is at most {limit} bytes")
        return self.rfile.read(int(length))

    def ignore_body(self) -> None:
        """Take no further request from a connection on which an unread body would be taken for one."""
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            self._unread = self.close_connection = True

    def bears(self, token: str | None) -> bool:
        """Whether the request carries `token` as `Authorization: Bearer`; None is no token, which every request has."""
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return token is None or hmac.compare_digest(given.encode(), token.encode())

    def answer(self, status: HTTPStatus, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> None:
        """Send `body` of the content type `kind`, which an empty one does not need."""
        self.send_response(status)
        fields = {"Content-Type": kind} if body else {}
        fields |= {"Content-Length": str(len(body)), **(headers or {})}
        if self.close_connection:
            fields["Connection"] = "close"
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def finish(self) -> None:
        """The end of the connection."""
        super().finish()
        if self._unread:
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_WR)
                self._throw_away()

    def _throw_away(self) -> None:
        until = time.monotonic() + LINGER_S
        while (left := until - time.monotonic()) > 0:
            self.connection.settimeout(left)
            if not self.connection.recv(_BLOCK):
                return

    def log_message(self, format: str, *args: Any) -> None:
        """To the log, not to stderr."""
        _logger.debug(format, *args)
