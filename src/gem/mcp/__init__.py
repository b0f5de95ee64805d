"""Model Context Protocol: sessions with servers, and small servers of our own whose end state can be checked.

What an agent writes to call a tool, and what it is paid, is the affair of `gem.tools.mcp_tool` and `gem.envs`.
"""

from typing import TYPE_CHECKING, Any

from gem.mcp.protocol import CallResult as CallResult
from gem.mcp.protocol import ImageContent as ImageContent
from gem.mcp.protocol import ResourceContent as ResourceContent
from gem.mcp.protocol import TextContent as TextContent
from gem.mcp.protocol import ToolSource as ToolSource
from gem.mcp.protocol import ToolSpec as ToolSpec
from gem.mcp.render import rendered as rendered

if TYPE_CHECKING:
    from gem.mcp.connection import CannotConnect as CannotConnect
    from gem.mcp.opening import connect as connect
    from gem.mcp.session import Session as Session
    from gem.mcp.several import Several as Several

LATER = {"CannotConnect": "connection", "connect": "opening", "Session": "session", "Several": "several"}
"""Names that are imported when they are first asked for, since servers need none of them, and from where."""


def __getattr__(name: str) -> Any:
    """What stands in `LATER`."""
    if name in LATER:
        from importlib import import_module

        return getattr(import_module(f"gem.mcp.{LATER[name]}"), name)
    raise AttributeError(f"module 'gem.mcp' has no attribute {name!r}")
