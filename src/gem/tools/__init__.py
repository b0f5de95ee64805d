"""Tools that an agent calls in the middle of an episode, and the wrapper that gives them to an env."""

from gem.tools.base_tool import BaseTool as BaseTool
from gem.tools.base_tool import ToolAnswer as ToolAnswer
from gem.tools.base_tool import ToolUnavailable as ToolUnavailable
from gem.tools.bash_tool import BashTool as BashTool
from gem.tools.mcp_tool import MCPTool as MCPTool
from gem.tools.python_code_tool import PythonCodeTool as PythonCodeTool
from gem.tools.search_tool import SearchTool as SearchTool
from gem.tools.tool_env_wrapper import ToolEnvWrapper as ToolEnvWrapper
