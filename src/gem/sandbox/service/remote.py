"""A sandbox on another machine, spoken to by HTTP in the protocol of SandboxFusion's `/run_code`.

What holds a program there is the service's own affair. `gem.sandbox.service.server` serves our sandboxes like this.
Protocol: https://github.com/bytedance/SandboxFusion, sandbox/server/sandbox_api.py.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

from gem.errors import ConfigError, SandboxUnavailable
from gem.sandbox.level import Level
from gem.sandbox.limits import Limits
from gem.sandbox.profile import PROFILES, Profile
from gem.sandbox.protocol import Sandbox, Session
from gem.sandbox.result import Result, unavailable
from gem.sandbox.service.fusion import request_of, result_of

SERVICE = "the service"
LEVEL = Level(name="remote", files=SERVICE, network=SERVICE, processes=SERVICE, memory=SERVICE)
BUSY = (429, 500, 502, 503, 504)
"""Answers after which another attempt may do better."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 10.0
_PIECE = 1 << 16
_SPARE_BYTES = 1 << 20
_BYTES_PER_CHARACTER = 12
"""The longest that JSON makes of one: two escaped surrogates."""


class RemoteSandbox(Sandbox):
    """Programs run by the service at `url`; nothing is asked of it before the first one.

    A run waits at most `patience_s` besides the program's own time, then it is "unavailable". Attempts are repeated,
    up to `retries` times, where the connection fails or the service says that it is busy, never after a silence.
    """

    def __init__(
        self,
        *,
        url: str,
        token: str | None = None,
        limits: Limits | None = None,
        profile: Profile = PROFILES["bare"],
        concurrency: int = 64,
        retries: int = 3,
        patience_s: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(limits=limits, profile=profile, concurrency=concurrency)
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(f"url is where a sandbox service listens, such as http://localhost:8080, not {url!r}")
        self._service = parts.netloc
        self._connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        path = parts.path.rstrip("/")
        self._path = path if path.endswith("/run_code") else f"{path}/run_code"
        self._headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        self._retries, self._patience_s, self._sleep = retries, patience_s, sleep
        self._places = threading.BoundedSemaphore(concurrency)
        self._own = threading.local()
        self._lock = threading.Lock()
        self._connections: list[HTTPConnection] = []
        self._closed = False

    @property
    def level(self) -> Level:
        return LEVEL

    def session(self, limits: Limits | None = None) -> Session:
        """Raises `SandboxUnavailable`: the protocol has no sessions."""
        del limits
        raise SandboxUnavailable("a remote sandbox keeps no sessions; use a local one, such as make('zygote')")

    def close(self) -> None:
        super().close()
        with self._lock:
            self._closed = True
            connections, self._connections = self._connections, []
        for connection in connections:
            connection.close()

    def _run(self, code: bytes, stdin: bytes, limits: Limits) -> Result:
        if self._closed:
            return unavailable("the sandbox is closed")
        body = json.dumps(request_of(code, stdin, limits)).encode()
        largest = _SPARE_BYTES + 2 * _BYTES_PER_CHARACTER * 1024 * limits.output_kb
        with self._places:
            deadline = time.monotonic() + limits.timeout_s + self._patience_s
            why = ""
            for attempt in range(self._retries + 1):
                try:
                    status, answer, pause_s = self._ask(body, deadline, largest)
                except TimeoutError:
                    return unavailable(f"the sandbox service at {self._service} does not answer")
                except (OSError, HTTPException) as error:
                    status, why, pause_s = 503, f"{type(error).__name__}: {error}", 0.0
                else:
                    if status == 200:
                        return result_of(answer, limits)
                    why = f"HTTP {status} {answer[:500].decode('utf-8', 'replace')}"
                pause_s = max(pause_s, FIRST_PAUSE_S * 2**attempt)
                if status not in BUSY or attempt == self._retries or time.monotonic() + pause_s > deadline:
                    break
                self._sleep(min(pause_s, LONGEST_PAUSE_S))
            return unavailable(f"the sandbox service at {self._service}: {why}")

    def _ask(self, body: bytes, deadline: float, largest: int) -> tuple[int, bytes, float]:
        """One attempt: status, body, and for how long the service asks to be left alone."""
        connection = self._connection()
        kept_open = connection.sock is not None  # pyright: ignore[reportUnnecessaryComparison]
        try:
            try:
                response = self._post(connection, body, deadline)
            except (ConnectionError, HTTPException):
                if not kept_open:
                    raise
                connection.close()  # the service had only tired of it
                response = self._post(connection, body, deadline)
            answer = self._read(connection, response, deadline, largest)
        except BaseException:
            connection.close()
            raise
        return response.status, answer, _seconds(response.getheader("Retry-After"))

    def _connection(self) -> HTTPConnection:
        """This thread's own, kept open between requests."""
        if not hasattr(self._own, "connection"):
            self._own.connection = self._connect(self._service)
            with self._lock:
                self._connections.append(self._own.connection)
        return self._own.connection

    def _post(self, connection: HTTPConnection, body: bytes, deadline: float) -> HTTPResponse:
        self._be_quick(connection, deadline)
        connection.request("POST", self._path, body, self._headers)
        return connection.getresponse()

    def _read(self, connection: HTTPConnection, response: HTTPResponse, deadline: float, largest: int) -> bytes:
        """The whole body, in what time is left, however slowly it drips."""
        size = response.length
        answer = bytearray()
        while size is None or len(answer) < size:
            self._be_quick(connection, deadline)
            piece = response.read1(_PIECE)
            answer += piece
            if len(answer) > largest:
                raise HTTPException(f"an answer of more than {largest} bytes")
            if not piece:
                break
        if size is not None and len(answer) < size:
            raise HTTPException("the answer breaks off")
        response.close()
        return bytes(answer)

    @staticmethod
    def _be_quick(connection: HTTPConnection, deadline: float) -> None:
        """Give the next exchange the time that is left. Raises `TimeoutError` if there is none."""
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        connection.timeout = left_s
        if connection.sock is not None:  # pyright: ignore[reportUnnecessaryComparison]
            connection.sock.settimeout(left_s)


def _seconds(text: str | None) -> float:
    return float(text) if text and text.isdecimal() and len(text) < 4 else 0.0
