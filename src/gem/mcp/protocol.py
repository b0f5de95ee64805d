"""What a server of tools offers, as values: the same for a server in this process, over stdio, and over HTTP.

Source: the Model Context Protocol, revision 2025-06-18, https://modelcontextprotocol.io/specification.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as its server describes it."""

    name: str
    description: str = ""
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "object"})
    """JSON Schema of the arguments, which are an object."""


@dataclass(frozen=True, slots=True)
class TextContent:
    """A text."""

    text: str


@dataclass(frozen=True, slots=True)
class ImageContent:
    """A picture, or (by its media type) a sound."""

    data: bytes
    mime_type: str = "image/png"


@dataclass(frozen=True, slots=True)
class ResourceContent:
    """Something with an address, and its text if the server sent one."""

    uri: str
    text: str | None = None
    mime_type: str | None = None


Content = TextContent | ImageContent | ResourceContent


@dataclass(frozen=True, slots=True)
class CallResult:
    """What came of a call."""

    content: tuple[Content, ...] = ()
    is_error: bool = False
    """The tool refused or failed, which its caller may mend; the content says how."""
    structured: Any = None
    """The result as JSON, where the server gives one."""


class ToolSource(Protocol):
    """Where tools come from: a server in this process, or a session with another one."""

    def tools(self) -> Sequence[ToolSpec]:
        """The tools that there are now. Raises `McpUnavailable` if the server can't be reached."""
        ...

    def call(self, name: str, arguments: dict[str, Any]) -> CallResult:
        """Call a tool. What the tool refuses is a result with `is_error`; an unknown name and arguments that don't
        fit the schema too.

        Raises `McpUnavailable` if the server can't be reached, has died, or doesn't answer in time.
        """
        ...

    def close(self) -> None:
        """End it; safe to call twice."""
        ...
