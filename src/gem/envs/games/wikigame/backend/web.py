"""One GET over HTTP with a time limit: what the backends on the network stand on."""

from __future__ import annotations

import time
from collections.abc import Callable
from http.client import HTTPException
from typing import NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from gem.__about__ import __version__
from gem.envs.games.wikigame.errors import BackendUnavailable, PageNotFound
from gem.errors import ConfigError

USER_AGENT = f"gem-gym/{__version__} (wiki game of an LLM gym; Python urllib)"
MAX_BYTES = 20_000_000
"""A longer answer is no page."""
CHUNK_BYTES = 1 << 16


class Answer(NamedTuple):
    """What a server sent, and from which address after its redirects."""

    url: str
    body: bytes


class Web:
    """Fetches addresses: each try ends within `timeout_s`, and a failed one is tried `retries` times again.

    A server that is slow is not tried again: the time is spent.
    """

    def __init__(self, url: str, timeout_s: float, retries: int, clock: Callable[[], float] = time.monotonic) -> None:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise ConfigError(f"the url of a wiki begins with http:// or https://, not {url!r}")
        if timeout_s <= 0 or retries < 0:
            raise ConfigError(f"timeout_s is {timeout_s} and retries {retries}: one is above 0, the other not below")
        self.timeout_s, self.retries, self.clock = timeout_s, retries, clock

    def get(self, url: str) -> Answer:
        """The answer at `url`. Raises `PageNotFound` upon 404, else `BackendUnavailable`."""
        deadline, trouble = self.clock() + self.timeout_s, ""
        for tries_left in range(self.retries, -1, -1):
            try:
                return self._try(url, deadline)
            except HTTPError as error:
                error.close()
                if error.code == 404:
                    raise PageNotFound(f"no page at {url}") from None
                trouble, hopeless = f"HTTP {error.code}", error.code < 500
            except (OSError, HTTPException) as error:
                reason = error.reason if isinstance(error, URLError) else error
                trouble, hopeless = f"{type(reason).__name__}: {reason}", isinstance(reason, TimeoutError)
            if hopeless or not tries_left or self.clock() >= deadline:
                break
        raise BackendUnavailable(f"no page from {url}: {trouble}")

    def _try(self, url: str, deadline: float) -> Answer:
        request = Request(url, headers={"User-Agent": USER_AGENT})
        with urlopen(request, timeout=max(0.001, deadline - self.clock())) as response:
            chunks: list[bytes] = []
            size = 0
            while chunk := response.read1(CHUNK_BYTES):
                chunks.append(chunk)
                size += len(chunk)
                if self.clock() > deadline:  # each read has its own limit: a trickle would never end
                    raise TimeoutError(f"no whole answer within {self.timeout_s} s")
                if size > MAX_BYTES:
                    raise HTTPException(f"an answer of more than {MAX_BYTES} bytes")
            promised = response.headers.get("Content-Length", "")
            if promised.isdigit() and size < int(promised):
                raise HTTPException(f"{size} bytes of {promised}")
            return Answer(response.url, b"".join(chunks))
