"""Wrappers by name, as command lines and configuration files give them: `"concat_chat,episode_tracking"`."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import partial
from typing import Any

from gem.build import closest
from gem.core import Env
from gem.errors import ConfigError
from gem.messages import ChatTokenizer
from gem.tools import BaseTool, BashTool, PythonCodeTool, SearchTool, ToolEnvWrapper
from gem.wrappers.episode_stats import EpisodeTrackingWrapper
from gem.wrappers.history import ObservationWrapper

WrapperFn = Callable[..., Env[Any, Any]]
"""Takes an env, returns it wrapped."""

MCP_VARIABLE = "MCP_CONFIG"
"""The environment variable that names MCP servers: an address, or a JSON file in the form of other MCP clients."""


def _mcp_tool() -> BaseTool:
    """The tools of those servers, which are opened at the first reset. Raises `ConfigError` if none are named."""
    from gem.tools.mcp_tool import MCPTool

    named = os.environ.get(MCP_VARIABLE, "").strip()
    if not named:
        raise ConfigError(
            f"the wrapper 'mcp_tool' needs servers: let {MCP_VARIABLE} be an address such as http://localhost:8000/mcp "
            "or a JSON file with mcpServers; in Python, ToolEnvWrapper(env, [MCPTool(config)]) needs no variable"
        )
    open_tool = MCPTool.from_url if "://" in named else MCPTool.from_config_file
    return open_tool(named, validate_on_init=False)


WRAPPER_FACTORY: dict[str, WrapperFn] = {
    "python_tool": partial(
        ToolEnvWrapper,
        tools=[partial(PythonCodeTool, timeout=5)],
        tool_reward=0.05,
        tool_success_reward=0.25,
        max_tool_uses=5,
    ),
    "python_tool_no_int_reward": partial(ToolEnvWrapper, tools=[partial(PythonCodeTool, timeout=5)], max_tool_uses=5),
    "python_tool_no_int_reward_last_line_error": partial(
        ToolEnvWrapper, tools=[partial(PythonCodeTool, timeout=5, keep_error_last_line=True)], max_tool_uses=5
    ),
    "search_tool": partial(
        ToolEnvWrapper, tools=[partial(SearchTool, topk=3, timeout=5)], tool_reward=0.3, max_tool_uses=5
    ),
    "search_tool_no_int_reward": partial(
        ToolEnvWrapper, tools=[partial(SearchTool, topk=3, timeout=5)], max_tool_uses=5
    ),
    "mcp_tool": partial(ToolEnvWrapper, tools=[_mcp_tool], max_tool_uses=10),
    "bash_tool": partial(ToolEnvWrapper, tools=[BashTool], max_tool_uses=10),
    "concat": partial(ObservationWrapper, include_action=False, include_chat_template=False),
    "concat_with_action": partial(ObservationWrapper, include_action=True, include_chat_template=False),
    "concat_chat": partial(ObservationWrapper, include_action=True, include_chat_template=True),
    "concat_chat_on_reset": partial(
        ObservationWrapper, include_action=True, include_chat_template=False, apply_chat_template_on_reset=True
    ),
    "episode_tracking": EpisodeTrackingWrapper,
}
TOKENIZER_REQUIRED = ["concat_chat", "concat_chat_on_reset"]
"""The presets that render chats."""


def get_wrapper_fns(wrappers: str, tokenizer: ChatTokenizer | None = None) -> list[WrapperFn]:
    """The wrappers named in a comma-separated list, the innermost first; none for an empty text.

    Histories go around tools; if they are named the other way round, a warning is logged that says so.
    Raises `ConfigError` for an unknown name, or a chat without a tokenizer.
    """
    names = [name.strip() for name in wrappers.split(",") if name.strip()]
    fns = [_wrapper_fn(name, tokenizer) for name in names]
    _mind_the_order(names)
    return fns


def _mind_the_order(names: list[str]) -> None:
    """Warn of a history inside a tool: it would hear nothing of what the tool says."""
    of_tools = [_class_of(WRAPPER_FACTORY[name]) is ToolEnvWrapper for name in names]
    histories = [_class_of(WRAPPER_FACTORY[name]) is ObservationWrapper for name in names]
    if True in histories and True in of_tools[histories.index(True) :]:
        better = sorted(names, key=lambda name: not of_tools[names.index(name)])
        logging.getLogger(__name__).warning(
            "%r puts a history inside a tool, so that it knows nothing of the tool's answers; the innermost comes "
            "first: %r",
            ",".join(names),
            ",".join(better),
        )


def _class_of(fn: WrapperFn) -> object:
    return _class_of(fn.func) if isinstance(fn, partial) else fn


def _wrapper_fn(name: str, tokenizer: ChatTokenizer | None) -> WrapperFn:
    if name not in WRAPPER_FACTORY:
        known = list(WRAPPER_FACTORY)
        raise ConfigError(f"there is no wrapper {name!r}.{closest(name, known)} The wrappers are: {', '.join(known)}.")
    if name not in TOKENIZER_REQUIRED:
        return WRAPPER_FACTORY[name]
    if tokenizer is None:
        raise ConfigError(f"the wrapper {name!r} renders chats: give get_wrapper_fns a tokenizer=")
    return partial(WRAPPER_FACTORY[name], tokenizer=tokenizer)
