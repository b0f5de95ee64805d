"""The messages of the Model Context Protocol, for one server: JSON-RPC 2.0 in, JSON-RPC 2.0 out.

Only what serves tools: initialize, ping, tools/list, tools/call; notifications are taken and forgotten.
Source: https://modelcontextprotocol.io/specification/2025-06-18/basic and https://www.jsonrpc.org/specification.
"""

from __future__ import annotations

import base64
import json
import logging
import threading
from collections.abc import Callable
from typing import Any, cast

from gem.__about__ import __version__
from gem.mcp.protocol import CallResult, Content, ImageContent, ResourceContent, TextContent
from gem.mcp.servers.server import Server

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
"""Revisions of the protocol that are spoken, the newest first."""
PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND = -32700, -32600, -32601
INVALID_PARAMS, INTERNAL_ERROR = -32602, -32603
MAX_ERROR_CHARS = 500

Message = dict[str, Any]

_logger = logging.getLogger(__name__)


class RpcError(Exception):
    """A request that gets an error instead of a result."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


class Wire:
    """A server as one that answers messages; several threads may ask at once. `saved` is called after each call."""

    def __init__(self, server: Server, saved: Callable[[], None] = lambda: None) -> None:
        self.server, self.saved = server, saved
        self.one_at_a_time = threading.Lock()

    def answer_text(self, text: bytes | str) -> Message | None:
        """What to answer to a message as it came in; None for one that wants no answer."""
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            return failure(None, PARSE_ERROR, "the message is no JSON")
        return self.answer(message)

    def answer(self, message: Any) -> Message | None:
        """What to answer to a message; None for one that wants no answer."""
        if not isinstance(message, dict):
            return failure(None, INVALID_REQUEST, "a message is one object")
        fields = cast("Message", message)
        request_id, method = fields.get("id"), fields.get("method")
        if "id" in fields and (isinstance(request_id, bool) or not isinstance(request_id, str | int)):
            return failure(None, INVALID_REQUEST, "an id is a text or a whole number")
        if fields.get("jsonrpc") != "2.0" or not isinstance(method, str):
            if "id" in fields and ("result" in fields or "error" in fields):
                return None  # a response, though nothing was asked
            return failure(request_id, INVALID_REQUEST, 'a request has "jsonrpc": "2.0" and a method')
        if "id" not in fields:
            return None
        try:
            return {"jsonrpc": "2.0", "id": request_id, "result": self._result(method, fields.get("params"))}
        except RpcError as error:
            return failure(request_id, error.code, error.message)
        except Exception as error:  # a full disk, or a bug of a tool: one call fails, and the others go on
            _logger.exception("%s failed", method)
            return failure(request_id, INTERNAL_ERROR, f"{type(error).__name__}: {error}"[:MAX_ERROR_CHARS])

    def _result(self, method: str, params: Any) -> Message:
        if params is not None and not isinstance(params, dict):
            raise RpcError(INVALID_PARAMS, "params is an object")
        given = cast("Message", params or {})
        match method:
            case "initialize":
                return self._introduction(given)
            case "ping":
                return {}
            case "tools/list":
                return {"tools": [_listed(spec) for spec in self.server.tools()]}
            case "tools/call":
                return self._called(given)
            case _:
                raise RpcError(METHOD_NOT_FOUND, f"there is no method {method[:100]!r}")

    def _introduction(self, params: Message) -> Message:
        asked = params.get("protocolVersion")
        if not isinstance(asked, str):
            raise RpcError(INVALID_PARAMS, "protocolVersion is missing")
        return {
            "protocolVersion": asked if asked in VERSIONS else VERSIONS[0],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": f"gem-{self.server.name}", "version": __version__},
        }

    def _called(self, params: Message) -> Message:
        name, arguments = params.get("name"), params.get("arguments")
        if not isinstance(name, str):
            raise RpcError(INVALID_PARAMS, "name is missing")
        if name not in self.server.handlers:
            raise RpcError(INVALID_PARAMS, f"there is no tool {name[:100]!r}")
        with self.one_at_a_time:
            result = self.server.call(name, cast("Any", {} if arguments is None else arguments))
            self.saved()
        return _rendered(result)


def failure(request_id: Any, code: int, message: str) -> Message:
    """The answer to a request that failed."""
    return {"jsonrpc": "2.0", "id": request_id, "error": {"code": code, "message": message}}


def _listed(spec: Any) -> Message:
    return {"name": spec.name, "description": spec.description, "inputSchema": spec.schema}


def _rendered(result: CallResult) -> Message:
    told: Message = {"content": [_part(part) for part in result.content], "isError": result.is_error}
    return told if result.structured is None else {**told, "structuredContent": result.structured}


def _part(part: Content) -> Message:
    match part:
        case TextContent(text):
            return {"type": "text", "text": text}
        case ImageContent(data, mime_type):
            return {"type": "image", "data": base64.b64encode(data).decode("ascii"), "mimeType": mime_type}
        case ResourceContent(uri, text, mime_type):
            resource = {"uri": uri, "text": text or "", "mimeType": mime_type or "text/plain"}
            return {"type": "resource", "resource": resource}
