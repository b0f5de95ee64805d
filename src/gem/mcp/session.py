"""A server's tools for sync and async code: one session that lasts, opened when it is needed, and again when it broke.

All sessions of a process share gem's event loop beside its threads (`gem.aio.background`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import weakref
from asyncio import Task
from collections.abc import Coroutine, Sequence
from typing import Any, Self, TypeVar

from gem.aio.background import background
from gem.errors import ConfigError, McpUnavailable
from gem.mcp import sdk
from gem.mcp.arguments import Checker, refusal
from gem.mcp.config import Command, Place
from gem.mcp.connection import CannotConnect, Connection, Gone, Options, Refused
from gem.mcp.protocol import CallResult, ToolSpec
from gem.mcp.results import result_of

Result = TypeVar("Result")
MAX_DELAY_S = 30.0
_of_parents: list[Connection] = []
"""After a fork, in the child: connections of the parent's. To drop them would end the parent's servers."""


class Session:
    """A `ToolSource` over one server, for any number of threads and event loops.

    It connects at its first use. A call during which the server dies or does not answer raises `McpUnavailable`, and
    is not repeated: it may have had its effect. The next one connects again, with up to `max_retries` further
    attempts, `delay_s` and then twice as long apart; it raises `CannotConnect` when they have failed too. A server
    that does not even answer a ping after a call expired is ended, or left, and connected to anew.

    A process that is started has its stdin, stdout and stderr for itself, and ends with the session. A child of a
    fork has a session of its own.
    """

    stateless = False
    """Whether calls leave no trace, so that a copy of the caller may go on with this one: `MCPTool` asks."""

    def __init__(
        self, place: Place, options: Options | None = None, *, max_retries: int = 3, delay_s: float = 1.0
    ) -> None:
        sdk.load()
        self.place, self.options = place, options or Options()
        check_retries(max_retries, delay_s)
        self.max_retries, self.delay_s = max_retries, delay_s
        self._held: list[Connection] = []
        """The connection that is open, if there is one."""
        self._opening: Task[Connection] | None = None
        self._checker: tuple[dict[str, ToolSpec], Checker] | None = None
        self._has_met = False
        self._closed = False
        self._dropped = weakref.finalize(self, _let_go, self._held)
        self._dropped.atexit = False  # the loop ends all that runs in it

    def tools(self) -> Sequence[ToolSpec]:
        """The tools that there are now; asked for after connecting, and when the server says that they changed."""
        self._check_open()
        tools = next((connection.tools for connection in self._held), None)
        return list((self._wait(self._listed()) if tools is None else tools).values())

    def call(self, name: str, arguments: dict[str, Any]) -> CallResult:
        """Call a tool. Raises `McpUnavailable`; a call that cannot succeed is answered here, by a result."""
        self._check_open()
        return self._wait(self._called(name, arguments))

    async def atools(self) -> Sequence[ToolSpec]:
        """`tools`, awaited."""
        self._check_open()
        return list((await self._awaited(self._listed())).values())

    async def acall(self, name: str, arguments: dict[str, Any]) -> CallResult:
        """`call`, awaited: from gem's event loop or from any other."""
        self._check_open()
        return await self._awaited(self._called(name, arguments))

    def close(self) -> None:
        """End the session, and the process if there is one; safe to call twice."""
        self._closed = True
        loops = [connection.loop for connection in self._held if connection.process_id == os.getpid()]
        if self._opening is not None and not self._opening.done():
            loops.append(self._opening.get_loop())
        if any(_is_running(loop) for loop in loops):  # which cannot wait for itself
            _let_go(self._held)
        elif any(loop.is_running() for loop in loops):
            self._wait(self._ended())
        background.release(self)

    async def aclose(self) -> None:
        """`close`, awaited."""
        self._closed = True
        await self._awaited(self._ended())
        background.release(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _called(self, name: str, arguments: dict[str, Any]) -> CallResult:
        try:
            return await self._sent(name, arguments)
        except Gone:  # before it came to the server
            return await self._sent(name, arguments)

    async def _sent(self, name: str, arguments: dict[str, Any]) -> CallResult:
        connection = await self._connected()
        why = self._checked(await connection.listed()).complaint(name, arguments)
        if why is not None:
            return refusal(why)
        progress = sdk.progress_callback(self.options.handlers)
        try:
            result = await connection.request(
                lambda session: session.call_tool(name, arguments, progress_callback=progress),
                self.options.call_timeout_s,
                f"a call of {name!r}",
            )
        except McpUnavailable:
            raise
        except sdk.rpc_error() as error:
            return refusal(str(error))
        except (RuntimeError, ValueError) as error:  # the package's word on a result that breaks its own schema
            return refusal(f"The server's answer cannot be read: {error}")
        return result_of(sdk.wire(result))

    async def _listed(self) -> dict[str, ToolSpec]:
        try:
            return await (await self._connected()).listed()
        except Gone:
            return await (await self._connected()).listed()

    def _checked(self, tools: dict[str, ToolSpec]) -> Checker:
        if self._checker is None or self._checker[0] is not tools:
            self._checker = (tools, Checker(tools))
        return self._checker[1]

    async def _connected(self) -> Connection:
        """The connection; all who ask while it is being opened wait for the same one."""
        self._check_open()
        if self._held:
            connection = self._held[0]
            if connection.usable and (not connection.doubtful or await connection.answers()):
                return connection
            self._forget(connection)
        opening = self._opening
        if opening is None or opening.done() or opening.get_loop() is not asyncio.get_running_loop():
            opening = self._opening = asyncio.get_running_loop().create_task(self._opened())
            opening.add_done_callback(_looked_at)
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            if opening.cancelled():
                self._check_open()
            raise

    async def _opened(self) -> Connection:
        connection = await self._tried()
        if self._closed:
            await connection.close()
        self._check_open()
        self._held[:] = [connection]
        self._has_met = True
        return connection

    async def _tried(self) -> Connection:
        """A new connection, after as many attempts as are worth it."""
        delays_s = [min(self.delay_s * 2**attempt, MAX_DELAY_S) for attempt in range(self.max_retries)]
        if isinstance(self.place, Command) and not self._has_met:  # one that ends at its start will do so again
            delays_s = []
        for delay_s in delays_s:
            try:
                return await Connection.open(self.place, self.options)
            except Refused:
                raise
            except CannotConnect as error:
                logging.getLogger(__name__).info("connecting again in %g s: %s", delay_s, error)
            await asyncio.sleep(delay_s)
        return await Connection.open(self.place, self.options)

    def _check_open(self) -> None:
        if self._closed:
            raise McpUnavailable(f"{self.place.label} was left: its session is closed")

    def _forget(self, connection: Connection) -> None:
        if connection in self._held:
            self._held.remove(connection)
        if connection.process_id != os.getpid():
            _of_parents.append(connection)

    async def _ended(self) -> None:
        if self._opening is not None and self._opening.get_loop() is asyncio.get_running_loop():
            self._opening.cancel()
        for connection in list(self._held):
            if connection.loop is asyncio.get_running_loop():
                await connection.close()
            self._forget(connection)

    def _wait(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Its result. Within code that gem suspends, the loop goes on meanwhile; elsewhere this thread blocks."""
        suspension = sys.modules.get("gem.aio.suspension")
        if suspension is not None and suspension.can_suspend():
            return suspension.await_here(self._awaited(coroutine))
        return background.run(self, coroutine)

    async def _awaited(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        loop = background.loop_for(self)
        if _is_running(loop):
            return await coroutine
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, loop))


def check_retries(max_retries: int, delay_s: float) -> None:
    """Raise `ConfigError` if there can be no so many retries, so far apart."""
    if max_retries < 0 or delay_s < 0:
        raise ConfigError(f"max_retries and the delay between them are not negative: {max_retries}, {delay_s}")


def _is_running(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether this code runs in it."""
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def _looked_at(task: Task[Any]) -> None:
    """Whoever waited may be gone; asyncio complains of errors that nobody asks for."""
    if not task.cancelled():
        task.exception()


def _let_go(held: list[Connection]) -> None:
    """End what a session that was dropped without `close` had open."""
    for connection in held:
        if connection.process_id == os.getpid():
            with contextlib.suppress(RuntimeError):  # its loop has ended, and with it the connection
                connection.loop.call_soon_threadsafe(connection.stop)
