"""Asking a service over HTTP: a request, its answer's body, and one kind of error whatever goes wrong.

Attempts are repeated where the connection fails or the service says that it is busy. Connections are kept open, one
for each thread that asks at the same time. What the bodies mean is the caller's affair.
"""

from __future__ import annotations

import os
import re
import time
import weakref
from collections.abc import Callable, Mapping
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from io import BufferedReader, RawIOBase
from socket import socket
from threading import Lock
from typing import Any, NamedTuple, cast
from urllib.parse import SplitResult, urlsplit

import numpy as np

from gem.errors import ConfigError, SearchUnavailable
from gem.search.forks import at_work

BUSY = (408, 425, 429, 500, 502, 503, 504)
"""Answers after which another attempt may do better."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0
MAX_ANSWER = 64 << 20
_PIECE = 1 << 16
_SHOWN = 200
_HEADER = re.compile(r"[\t -~\xa0-\xff]*")


class Answer(NamedTuple):
    """What a service said."""

    status: int
    body: bytes
    kind: str
    """Its media type, small, without parameters; "" if it did not say."""
    pause_s: float
    """For how long it asks to be left alone."""

    @property
    def shown(self) -> str:
        """Its beginning, in one line, for messages."""
        return " ".join(self.body[:_SHOWN].decode("utf-8", "replace").split()) or "nothing"


class ServiceClient:
    """Posts to one address; any thread may. Nothing is asked before the first `post`.

    `timeout_s` is for a request with all its attempts; the pauses between them double, each shortened by up to a half
    by `jitter`, so that clients which failed together do not come back together.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 10.0,
        retries: int = 3,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] | None = None,
    ) -> None:
        parts = _parts_of(url)
        if timeout_s <= 0 or retries < 0:
            raise ConfigError(f"timeout_s is above 0 and retries at least 0, not {timeout_s} and {retries}")
        self.url = url
        self._host, self._path = parts.netloc, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._new = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._headers = _sendable(headers or {})
        self._timeout_s, self._retries = timeout_s, retries
        self._sleep, self._clock, self._jitter = sleep, clock, jitter or np.random.default_rng().random
        self._idle = _Idle()
        self._end = weakref.finalize(self, self._idle.close)

    def post(self, body: bytes, kind: str) -> Answer:
        """The answer to a body of a media type. Raises `SearchUnavailable`, also for an answer that is not 200."""
        deadline = self._clock() + self._timeout_s
        why = ""
        for attempt in range(self._retries + 1):
            try:
                answer = self._ask(body, {**self._headers, "Content-Type": kind}, deadline)
            except TimeoutError:
                raise SearchUnavailable(f"{self.url} did not answer within {self._timeout_s:g} s{why}") from None
            except (OSError, HTTPException) as error:
                why, pause_s, hopeless = f"{type(error).__name__}: {error}", 0.0, False
            else:
                if answer.status == 200:
                    return answer
                why, pause_s = f"HTTP {answer.status}: {answer.shown}", answer.pause_s
                hopeless = answer.status not in BUSY
            pause_s = max(pause_s, min(FIRST_PAUSE_S * 2**attempt, LONGEST_PAUSE_S) * (1 - self._jitter() / 2))
            if hopeless or attempt == self._retries or self._clock() + pause_s > deadline:
                break
            why = f"; before that, {why}"
            self._sleep(pause_s)
        raise SearchUnavailable(f"{self.url} failed: {why.removeprefix('; before that, ')}")

    def close(self) -> None:
        """Close the connections; safe to call twice."""
        self._end()

    def _ask(self, body: bytes, headers: dict[str, str], deadline: float) -> Answer:
        """One attempt, or two where a connection that was kept open turns out to be dead."""
        connection = self._idle.take()
        if connection is not None:
            try:
                return self._exchange(connection, body, headers, deadline)
            except (ConnectionError, HTTPException):
                pass  # the service had only tired of it
        return self._exchange(self._new(self._host), body, headers, deadline)

    def _exchange(self, connection: HTTPConnection, body: bytes, headers: dict[str, str], deadline: float) -> Answer:
        try:
            self._be_quick(connection, deadline)
            connection.response_class = cast("Any", partial(_Reply, left_s=partial(self._left_s, deadline)))
            connection.request("POST", self._path, body, headers)
            response = connection.getresponse()
            content = self._read(response)
        except BaseException:
            connection.close()
            raise
        kind = response.headers.get_content_type() if "Content-Type" in response.headers else ""
        answer = Answer(response.status, content, kind, _seconds(response.getheader("Retry-After")))
        self._idle.give_back(connection)
        return answer

    def _read(self, response: HTTPResponse) -> bytes:
        """The whole body."""
        size, content = response.length, bytearray()
        while size is None or len(content) < size:
            piece = response.read1(_PIECE)
            if not piece:
                break
            content += piece
            if len(content) > MAX_ANSWER:
                raise SearchUnavailable(f"{self.url} answers more than {MAX_ANSWER >> 20} MB")
        if size is not None and len(content) < size:
            raise HTTPException("the answer breaks off")
        response.close()
        return bytes(content)

    def _be_quick(self, connection: HTTPConnection, deadline: float) -> None:
        """Give the next exchange the time that is left. Raises `TimeoutError` if there is none."""
        connection.timeout = self._left_s(deadline)
        if connection.sock is not None:  # pyright: ignore[reportUnnecessaryComparison]
            connection.sock.settimeout(connection.timeout)

    def _left_s(self, deadline: float) -> float:
        """The time that is left. Raises `TimeoutError` if there is none."""
        left_s = deadline - self._clock()
        if left_s <= 0:
            raise TimeoutError
        return left_s


class _Reply(HTTPResponse):
    """An answer, its head too, of which each piece has to come in what time is left, however slowly it drips."""

    def __init__(self, sock: socket, *args: Any, left_s: Callable[[], float], **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = BufferedReader(_Hurried(self.fp.detach(), sock, left_s))


class _Hurried(RawIOBase):
    """What a socket's file reads, each time with the timeout that `left_s` gives then."""

    def __init__(self, raw: RawIOBase, sock: socket, left_s: Callable[[], float]) -> None:
        self._raw, self._socket, self._left_s = raw, sock, left_s

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        self._socket.settimeout(self._left_s())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Idle:
    """Connections that nobody uses at the moment."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._connections: list[HTTPConnection] = []
        self._process = os.getpid()
        self._closed = False

    def take(self) -> HTTPConnection | None:
        """The one used last, if there is one. Raises `SearchUnavailable` after `close`."""
        with at_work, self._lock:
            if self._closed:
                raise SearchUnavailable("the client is closed")
            if self._process != os.getpid():  # a fork, whose parent goes on with these
                self._process, self._connections = os.getpid(), []
            return self._connections.pop() if self._connections else None

    def give_back(self, connection: HTTPConnection) -> None:
        with at_work, self._lock:
            if not self._closed and connection.sock is not None:  # pyright: ignore[reportUnnecessaryComparison]
                return self._connections.append(connection)
        return connection.close()

    def close(self) -> None:
        with at_work, self._lock:
            self._closed = True
            idle, self._connections = self._connections, []
        for connection in idle:
            connection.close()


def _parts_of(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_plain = url.isascii() and url.isprintable() and " " not in url
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and is_plain:
            parts.hostname.encode("idna")
            return parts
    except ValueError:  # of a port that is no number, say, or a name that is no host's
        pass
    raise ConfigError(f"url is where a service listens, such as http://localhost:8000/retrieve, not {url!r}")


def _sendable(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers. Raises `ConfigError` for one that no header can hold, of which it tells the name alone."""
    for name, value in headers.items():
        if not _HEADER.fullmatch(value):
            raise ConfigError(
                f"the {name} header, such as a token, is of letters, digits and signs of ASCII or Latin-1"
            )
    return dict(headers)


def _seconds(text: str | None) -> float:
    return float(text) if text and text.isdecimal() and len(text) < 4 else 0.0
