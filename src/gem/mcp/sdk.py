"""What differs between the two lines of the `mcp` package in use, 1.x and 2.x: nothing else of gem knows which is here.

The names of fields differ between them (`isError`, `is_error`), so all that arrives is read as the dict that was
sent, by `wire`: those names are the protocol's.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from gem.__about__ import __version__
from gem._extras import need

CLOSED = -32000
"""The code of an error that says: the connection ended."""
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
UNSUPPORTED_VERSION = -32022
INTERNAL_ERROR = -32603
CANCELLING_S = 1.0
MODULES = ("session", "stdio", "streamable_http", "sse")


@dataclass(frozen=True, slots=True)
class Handlers:
    """What is told of a server's own messages: functions or coroutine functions, called on gem's event loop."""

    log: Callable[..., Any] | None = None
    """`log(message)`, with `message.level`, `message.logger`, `message.data`."""
    progress: Callable[..., Any] | None = None
    """`progress(done, total, message)`."""
    sampling: Callable[..., Any] | None = None
    """`sampling(messages, params, context)`: the text that a model answers, or the package's `CreateMessageResult`."""


def load() -> None:
    """Import the package, which takes a second or two. Raises `MissingExtra`."""
    for name in MODULES:
        need(f"mcp.client.{name}", extra="mcp")


def wire(model: Any) -> dict[str, Any]:
    """A message as it was sent."""
    return model.model_dump(by_alias=True, mode="json")


def rpc_error() -> type[Exception]:
    """The exception of a server's error response; its `.error` has `code` and `message`."""
    exceptions = need("mcp.shared.exceptions", extra="mcp")
    return getattr(exceptions, "MCPError", None) or exceptions.McpError


def client_session(
    read: Any, write: Any, handlers: Handlers, on_message: Callable[[Any], None]
) -> AbstractAsyncContextManager[Any]:
    """The package's session over two streams. `on_message` gets notifications, and exceptions of the transport."""
    types = need("mcp.types", extra="mcp")
    return need("mcp.client.session", extra="mcp").ClientSession(
        read,
        write,
        sampling_callback=partial(_sample, handlers.sampling) if handlers.sampling else None,
        logging_callback=partial(_called, handlers.log) if handlers.log else None,
        message_handler=partial(_called, on_message),
        client_info=types.Implementation(name="gem", version=__version__),
    )


async def introduce(session: Any) -> None:
    """Agree on a version of the protocol: by the handshake, or as servers without one do."""
    try:
        await session.initialize()
    except rpc_error() as error:
        if code_of(error) != UNSUPPORTED_VERSION or not hasattr(session, "discover"):
            raise
        await session.discover()


def message_of(line: bytes) -> Any:
    """The message that a line holds, or the exception that says why there is none."""
    types = need("mcp.types", extra="mcp")
    adapter = getattr(types, "jsonrpc_message_adapter", None)
    try:
        if adapter is None:
            message = types.JSONRPCMessage.model_validate_json(line)
        else:
            message = adapter.validate_json(line, by_name=False)
    except ValueError as error:
        return error
    return need("mcp.shared.message", extra="mcp").SessionMessage(message)


def line_of(message: Any) -> bytes:
    """A message as a line."""
    return message.message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n"


def code_of(error: Any) -> int:
    """The number of an `rpc_error`."""
    return int(error.error.code)


def is_list_changed(message: Any) -> bool:
    """Whether a notification says that the tools are others now."""
    return getattr(getattr(message, "root", message), "method", None) == "notifications/tools/list_changed"


def progress_callback(handlers: Handlers) -> Any:
    """What `call_tool` takes for it."""
    return partial(_called, handlers.progress) if handlers.progress else None


async def list_page(session: Any, cursor: str | None) -> dict[str, Any]:
    """One page of the list of tools."""
    types = need("mcp.types", extra="mcp")
    params = None if cursor is None else types.PaginatedRequestParams(cursor=cursor)
    return wire(await session.list_tools(params=params))


def next_request(session: Any) -> int | None:
    """The number that the next request will have, where it is for us to cancel it; None where the package does."""
    return getattr(session, "_request_id", None)


async def cancel(session: Any, number: int | None) -> None:
    """Tell the server that nobody waits for this request any more."""
    if number is None:
        return
    import anyio

    types = need("mcp.types", extra="mcp")
    params = types.CancelledNotificationParams(requestId=number, reason="timed out")
    told = types.ClientNotification(types.CancelledNotification(method="notifications/cancelled", params=params))
    with anyio.move_on_after(CANCELLING_S), suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
        await session.send_notification(told)


async def _called(handler: Callable[..., Any], *args: Any) -> None:
    try:
        await _awaited(handler(*args))
    except Exception:
        logging.getLogger(__name__).exception("a handler of an MCP server's messages failed")


async def _sample(handler: Callable[..., Any], context: Any, params: Any) -> Any:
    types = need("mcp.types", extra="mcp")
    try:
        answer = await _awaited(handler(params.messages, params, context))
    except Exception as error:  # noqa: BLE001 - the server asked, and is to know
        return types.ErrorData(code=INTERNAL_ERROR, message=f"sampling failed: {error}")
    if not isinstance(answer, str):
        return answer
    text = types.TextContent(type="text", text=answer)
    return types.CreateMessageResult(role="assistant", content=text, model="gem")


async def _awaited(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value
