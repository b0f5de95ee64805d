"""The two streams of messages of a connection: to a process of ours, or to an address."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

from gem._extras import need
from gem.mcp.config import Address, Command, Place
from gem.mcp.evidence import Evidence
from gem.mcp.process import process_streams

HTTP_TIMEOUT_S = 30.0
"""To connect, and to send; an answer may take as long as the call has."""
SPOKEN_TYPES = ("application/json", "text/event-stream")


class Watched:
    """A stream of messages whose end is told."""

    def __init__(self, stream: Any, ended: Callable[[], None]) -> None:
        self._stream, self._ended = stream, ended

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    async def __aenter__(self) -> Any:
        return await self._stream.__aenter__()

    async def __aexit__(self, *exception: Any) -> Any:
        return await self._stream.__aexit__(*exception)

    def __aiter__(self) -> Watched:
        return self

    async def __anext__(self) -> Any:
        try:
            return await self._stream.__anext__()
        except StopAsyncIteration:
            self._ended()
            raise


@asynccontextmanager
async def streams(place: Place, auth: Any, headers: dict[str, str], evidence: Evidence) -> AsyncGenerator[Any, None]:
    """The stream of what the server says, and that of what is said to it. `auth` is a bearer token or an `Auth`."""
    if isinstance(place, Command):
        source = process_streams(place, evidence)
    else:
        headers = {**place.headers, **headers}
        if isinstance(auth, str):
            headers, auth = {"Authorization": f"Bearer {auth}", **headers}, None
        source = (_of_events if place.transport == "sse" else _of_http)(place, auth, headers, evidence)
    async with source as found:
        yield found[0], found[1]


@asynccontextmanager
async def _of_http(place: Address, auth: Any, headers: dict[str, str], evidence: Evidence) -> AsyncGenerator[Any, None]:
    http = need("mcp.client.streamable_http", extra="mcp")
    client = _client(http.create_mcp_http_client, evidence, headers=headers, auth=auth)
    async with client, http.streamable_http_client(place.url, http_client=client) as found:
        yield found


@asynccontextmanager
async def _of_events(
    place: Address, auth: Any, headers: dict[str, str], evidence: Evidence
) -> AsyncGenerator[Any, None]:
    sse = need("mcp.client.sse", extra="mcp")

    def client(**settings: Any) -> Any:
        return _client(sse.create_mcp_http_client, evidence, **settings)

    async with sse.sse_client(place.url, headers=headers, auth=auth, httpx_client_factory=client) as found:
        yield found


def _client(make: Callable[..., Any], evidence: Evidence, **settings: Any) -> Any:
    """An HTTP client that remembers what was refused. Whoever calls has a deadline, so reading has none."""
    client = make(**settings)
    client.timeout = type(client.timeout)(HTTP_TIMEOUT_S, read=None)

    async def note(response: Any) -> None:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        foreign = kind not in SPOKEN_TYPES and response.status_code not in (202, 204)
        if response.request.method == "POST" and (response.status_code >= 400 or foreign):
            shown = f" ({kind})" if kind else ""
            evidence.http = f"HTTP {response.status_code} {response.reason_phrase}{shown}"

    client.event_hooks = {"request": [], "response": [note]}
    return client
