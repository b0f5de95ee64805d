"""One session with one server, from its opening to its end, whoever ends it.

A task of its own enters and leaves all that a session consists of, since the package's cancel scopes must be left
where they were entered. Whoever has a request awaits it in a task of his own; if the connection ends, so does the
request. Nothing here reconnects.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gem.errors import McpUnavailable
from gem.mcp import sdk
from gem.mcp.causes import ends_all, first_leaf, may_pass, never_arrived, stray_line, words_of
from gem.mcp.config import Address, Place
from gem.mcp.evidence import Evidence
from gem.mcp.protocol import ToolSpec
from gem.mcp.results import spec_of
from gem.mcp.transports import Watched, streams

Result = TypeVar("Result")
PING_S = 2.0
"""How long a server that let a call expire may take to show that it still answers."""
ENDING_S = 8.0
"""How long the end of a connection may take; a process has up to four seconds of it."""
LEAVING_S = 2.0
"""How long an address may take to acknowledge the end of a session."""
CAUSE_S = 1.0
"""How long a request that broke off waits to learn why."""
MAX_PAGES = 1000


class CannotConnect(McpUnavailable):
    """No session with the server could be opened."""


class Refused(CannotConnect):
    """No session could be opened, and another attempt would end in the same way."""


class Gone(McpUnavailable):
    """The connection had ended before the request came to the server: to ask over a new one is safe."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a server is spoken with."""

    auth: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    handlers: sdk.Handlers = field(default_factory=sdk.Handlers)
    start_timeout_s: float = 60.0
    """From the start of a server, or the first byte to it, to the end of the handshake."""
    call_timeout_s: float = 30.0
    """A call that finds no connection has both."""


class Connection:
    """A session that is open, or was. All of it belongs to the event loop in which it was opened."""

    def __init__(self, place: Place, options: Options) -> None:
        self.place, self.options = place, options
        self.loop = asyncio.get_running_loop()
        self.process_id = os.getpid()
        self.lost: str | None = None
        """Why it is no more, once it is not."""
        self.doubtful = False
        """A request expired or was given up; whether the server answers others is not known."""
        self._session: Any = None
        self._tools: dict[str, ToolSpec] | None = None
        self._listing = asyncio.Lock()
        self._listed_after = self._changes = 0
        """Changes of the tools that the server told, when they were asked for and until now."""
        self._phase = "it could not be had"
        """What to say if the transport fails now."""
        self._hung_up = False
        self._cause: BaseException | None = None
        self._evidence = Evidence()
        self._scope: Any = None
        self._requests: set[Any] = set()
        """Their cancel scopes."""
        self._telling: set[asyncio.Task[None]] = set()
        """Words to the server that a request was given up."""
        self._patience: asyncio.TimerHandle | None = None
        """Cancels what does not come to its end."""
        self._opened, self._ended = asyncio.Event(), asyncio.Event()
        self._task = self.loop.create_task(self._live())

    @classmethod
    async def open(cls, place: Place, options: Options) -> Connection:
        """Connect. Raises `Refused` or `CannotConnect`."""
        self = cls(place, options)
        try:
            async with asyncio.timeout(options.start_timeout_s):
                await self._opened.wait()
        except TimeoutError:
            self._stop(f"it did not introduce itself within {options.start_timeout_s:g} s")
            await self._ended.wait()
            raise Refused(self._told()) from None
        except asyncio.CancelledError:
            self._stop("nobody waits for it")
            raise
        if self.lost is not None:
            await self._ended.wait()
            passing = self._hung_up or may_pass(self._cause, self._evidence)
            kind = CannotConnect if passing else Refused
            raise kind(self._told()) from self._cause
        return self

    @property
    def usable(self) -> bool:
        """Whether it is open, as far as is known, and belongs to this process and to the running loop."""
        here = self.process_id == os.getpid() and self.loop is asyncio.get_running_loop()
        return here and self.lost is None

    @property
    def tools(self) -> dict[str, ToolSpec] | None:
        """By name, if they were asked for and have not changed since."""
        return None if self.lost or self._listed_after != self._changes else self._tools

    async def request(self, ask: Callable[[Any], Awaitable[Result]], timeout_s: float, what: str) -> Result:
        """What comes of `ask(session)`. Raises `Gone`, `McpUnavailable`, or the package's `rpc_error`."""
        import anyio

        if self.lost is not None:
            raise Gone(self._told())
        self._evidence.http = self._evidence.stray = None
        unsent = False
        number = sdk.next_request(self._session)
        try:
            with anyio.move_on_after(timeout_s) as scope:
                self._requests.add(scope)
                try:
                    return await ask(self._session)
                except sdk.rpc_error() as error:
                    if not ends_all(error, self.place, self._evidence):
                        raise
                    self._cause = self._cause or error
                except (anyio.ClosedResourceError, anyio.BrokenResourceError):
                    unsent = True
                finally:
                    self._requests.discard(scope)
        except asyncio.CancelledError:  # who asked has given up
            self._abandon(number)
            raise
        if self.lost is None and scope.cancelled_caught:
            self.doubtful = True
            await sdk.cancel(self._session, number)
            raise McpUnavailable(f"{self.place.label} did not answer {what} within {timeout_s:g} s{self._evidence}")
        self._stop("the connection broke")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CAUSE_S):
                await self._ended.wait()
        raise (Gone if unsent or never_arrived(self._cause, self._evidence) else McpUnavailable)(self._told())

    def _abandon(self, number: int | None) -> None:
        """Nobody waits for a request any more: tell the server, and find out before the next whether it answers."""
        if self.lost is None:
            self.doubtful = True
            telling = self.loop.create_task(sdk.cancel(self._session, number))
            self._telling.add(telling)
            telling.add_done_callback(self._telling.discard)

    async def listed(self) -> dict[str, ToolSpec]:
        """The tools by name; asked for if they are not known, or may be others now."""
        async with self._listing:
            tools = self.tools
            if tools is None:
                self._listed_after = self._changes
                self._tools = tools = await self._asked_for_tools()
            return tools

    async def _asked_for_tools(self) -> dict[str, ToolSpec]:
        try:
            return await self.request(_all_tools, self.options.call_timeout_s, "what tools there are")
        except sdk.rpc_error() as error:
            if sdk.code_of(error) == sdk.METHOD_NOT_FOUND:
                return {}
            raise McpUnavailable(f"{self.place.label} does not tell its tools: {error}") from error
        except McpUnavailable:
            raise
        except (RuntimeError, ValueError) as error:  # the package's word on a list that is none
            raise McpUnavailable(f"{self.place.label} does not tell its tools in a form to be read: {error}") from error

    async def answers(self) -> bool:
        """Whether a server that let a request expire answers a short one. If not, the connection is ended."""
        try:
            await self.request(lambda session: session.send_ping(), PING_S, "a ping")
        except McpUnavailable:
            self._evidence.is_hung = True
            self._stop("it did not answer any more")
            return False
        except sdk.rpc_error():  # it knows no ping: an answer all the same
            pass
        self.doubtful = False
        return True

    def stop(self) -> None:
        """End it, from within the loop."""
        self._stop("the session was closed")

    async def close(self) -> None:
        """End it, and wait until a process of ours is gone."""
        self.stop()
        await self._ended.wait()

    async def _live(self) -> None:
        """Enter the session, stay until it is to end, and leave it."""
        import anyio

        try:
            async with AsyncExitStack() as stack:
                read, write = await stack.enter_async_context(
                    streams(self.place, self.options.auth, self.options.headers, self._evidence)
                )
                self._scope = stack.enter_context(anyio.CancelScope())
                if self.lost is not None:
                    self._scope.cancel()
                session = sdk.client_session(Watched(read, self._hang_up), write, self.options.handlers, self._heard)
                self._session = await stack.enter_async_context(session)
                self._phase = "it did not introduce itself"
                await sdk.introduce(self._session)
                self._phase = "the connection broke"
                self._opened.set()
                await anyio.sleep_forever()
        except Exception as error:  # noqa: BLE001 - why it ended, for those who ask
            self._cause = first_leaf(error)
        finally:
            self._stop(self._phase)
            if self._patience is not None:
                self._patience.cancel()
            self._opened.set()
            self._ended.set()

    def _stop(self, why: str) -> None:
        """Let it end, and all requests with it."""
        if self.lost is None:
            self.lost = why
            patience_s = LEAVING_S if isinstance(self.place, Address) else ENDING_S
            self._patience = self.loop.call_later(patience_s, self._task.cancel)
        for scope in self._requests:
            scope.cancel()
        if self._scope is not None:
            self._scope.cancel()

    def _hang_up(self) -> None:
        self._hung_up = True
        self._stop("it ended" if self._opened.is_set() else "it ended before it introduced itself")

    def _heard(self, message: Any) -> None:
        """A notification, or what a transport says of a message that it could not read."""
        if sdk.is_list_changed(message):
            self._changes += 1
        elif isinstance(message, Exception):
            if isinstance(self.place, Address):
                self._cause = self._cause or message
                self._stop("it does not speak the protocol")
            else:  # a process that prints among its messages
                self._evidence.stray = stray_line(message)

    def _told(self) -> str:
        return f"{self.place.label} failed: {self.lost}{words_of(self._cause)}{self._evidence}"


async def _all_tools(session: Any) -> dict[str, ToolSpec]:
    """Page by page."""
    found: dict[str, ToolSpec] = {}
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        page = await sdk.list_page(session, cursor)
        found.update({tool["name"]: spec_of(tool) for tool in page.get("tools") or ()})
        seen, cursor = cursor, page.get("nextCursor")
        if not cursor or cursor == seen:
            break
    return found
