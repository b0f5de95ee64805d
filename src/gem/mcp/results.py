"""What servers send, read as the values of `gem.mcp.protocol`. What is malformed is told as a text."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, cast

from gem.mcp.protocol import CallResult, Content, ImageContent, ResourceContent, TextContent, ToolSpec


def spec_of(tool: dict[str, Any]) -> ToolSpec:
    """A tool of a `tools/list` result."""
    schema = tool.get("inputSchema")
    known = cast("dict[str, Any]", schema) if isinstance(schema, dict) else {"type": "object"}
    return ToolSpec(str(tool["name"]), str(tool.get("description") or tool.get("title") or ""), known)


def result_of(result: dict[str, Any]) -> CallResult:
    """A `tools/call` result."""
    content = tuple(_content(item) for item in result.get("content") or ())
    return CallResult(content, bool(result.get("isError")), result.get("structuredContent"))


def _content(item: dict[str, Any]) -> Content:
    match item:
        case {"type": "text", "text": str(text)}:
            return TextContent(text)
        case {"type": "image" | "audio" as kind, "data": str(data)}:
            return _picture(data, str(item.get("mimeType") or kind))
        case {"type": "resource", "resource": {"uri": uri, **rest}}:
            return ResourceContent(str(uri), rest.get("text"), rest.get("mimeType"))
        case {"type": "resource_link", "uri": uri}:
            return ResourceContent(str(uri), None, item.get("mimeType"))
        case _:
            return TextContent(json.dumps(item, ensure_ascii=False, default=str))


def _picture(data: str, mime_type: str) -> Content:
    try:
        return ImageContent(base64.b64decode(data), mime_type)
    except (binascii.Error, ValueError):
        return TextContent(f"[{mime_type} that could not be decoded]")
