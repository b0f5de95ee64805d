"""From a configuration to the tools of the servers that it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from gem.mcp.config import Config, places
from gem.mcp.connection import Options
from gem.mcp.protocol import ToolSource
from gem.mcp.sdk import Handlers
from gem.mcp.session import Session
from gem.mcp.several import Several


def connect(
    config: Config,
    *,
    auth: Any = None,
    headers: Mapping[str, str] | None = None,
    log_handler: Callable[..., Any] | None = None,
    progress_handler: Callable[..., Any] | None = None,
    sampling_handler: Callable[..., Any] | None = None,
    max_retries: int = 3,
    delay_between_retries: float = 1.0,
    execution_timeout: float = 30.0,
    start_timeout: float = 60.0,
) -> Session | Several:
    """A `Session` with the server that `config` names, once it is there; with several servers, a `Several` of them.

    The forms of `config` are those of `gem.mcp.config`. `auth` is a bearer token or an authentication of the HTTP
    library's; `headers` go to all servers with an address. The handlers are those of `gem.mcp.sdk.Handlers`, the other
    arguments those of `Session`, in seconds. Raises `ConfigError`, and `McpUnavailable` if a server cannot be had.

    with gem.mcp.connect({"command": "npx", "args": ["-y", "@modelcontextprotocol/server-memory"]}) as memory:
        memory.call("read_graph", {})
    """
    options = Options(
        auth=auth,
        headers=dict(headers or {}),
        handlers=Handlers(log_handler, progress_handler, sampling_handler),
        start_timeout_s=start_timeout,
        call_timeout_s=execution_timeout,
    )
    source = opened_later(config, options, max_retries=max_retries, delay_s=delay_between_retries)
    try:
        source.tools()
    except BaseException:
        source.close()
        raise
    return source


def opened_later(config: Config, options: Options, *, max_retries: int, delay_s: float) -> Session | Several:
    """The same, which connects at its first use. Raises `ConfigError`."""
    sessions = {
        place.name: Session(place, options, max_retries=max_retries, delay_s=delay_s) for place in places(config)
    }
    return next(iter(sessions.values())) if len(sessions) == 1 else Several(sessions)


def is_source(config: object) -> TypeGuard[ToolSource]:
    """Whether this is a `ToolSource` already."""
    methods = (getattr(config, name, None) for name in ("tools", "call", "close"))
    return not isinstance(config, type) and all(callable(method) for method in methods)
