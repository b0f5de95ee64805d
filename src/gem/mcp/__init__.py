"""Model Context Protocol: sessions with servers, and small servers of our own whose end state can be checked.

What an agent writes to call a tool, and what it is paid, is the affair of `gem.tools.mcp_tool` and `gem.envs`.
"""

from gem.mcp.connection import CannotConnect as CannotConnect
from gem.mcp.opening import connect as connect
from gem.mcp.protocol import CallResult as CallResult
from gem.mcp.protocol import ImageContent as ImageContent
from gem.mcp.protocol import ResourceContent as ResourceContent
from gem.mcp.protocol import TextContent as TextContent
from gem.mcp.protocol import ToolSource as ToolSource
from gem.mcp.protocol import ToolSpec as ToolSpec
from gem.mcp.render import rendered as rendered
from gem.mcp.session import Session as Session
from gem.mcp.several import Several as Several
