"""Tools of MCP servers for agents. How servers are spoken with is the affair of `gem.mcp`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, Literal, Self, TypeVar, cast

from gem.aio.background import background
from gem.build import closest
from gem.errors import ConfigError, McpUnavailable
from gem.mcp import CallResult, CannotConnect, ToolSource
from gem.mcp.calls import find_call, first_call
from gem.mcp.config import DEFAULT_NAME, Config, places, read_config
from gem.mcp.connection import Options
from gem.mcp.opening import is_source, opened_later
from gem.mcp.render import listed, rendered
from gem.mcp.sdk import Handlers
from gem.mcp.session import check_retries
from gem.tools.base_tool import BaseTool, ToolAnswer, ToolUnavailable, no_call
from gem.tools.held_source import HeldSource, Line

Result = TypeVar("Result")
SESSIONS = ("own", "shared")
HOW_TO_CALL = "<tool_call><tool_name>NAME</tool_name><arguments>{JSON object}</arguments></tool_call>"


class MCPTool(BaseTool):
    """Calls tools of MCP servers for an agent: the first `<tool_call>` of an action.

    `config` is what `gem.mcp.connect` takes: an address, or a dict. It may also be a `ToolSource`, which is yours to
    close, or a function that makes one: then each episode has a new one, which is copied by snapshots and forks of the
    env. What servers elsewhere remember lasts from episode to episode, and an env that has called them can be neither
    copied nor forked unless the source says that it is `stateless`.

    Each env has a session of its own, or with `session="shared"` all have one. It is opened at the first use
    (`validate_on_init`: by the constructor), lasts until `close()`, and is opened again when it breaks. A call that is
    malformed, names no tool, does not fit the schema, is refused by the tool, expires or meets the death of its server
    is answered by an observation that begins with "[Tool execution error" or "[Tool execution failed"; none goes on to
    the env. Only if a server cannot be had again, after `max_retries` more attempts, the tool is unavailable.

    `max_output_chars` bounds what is shown of a result. The handlers are told of the server's own messages.

    MCPTool({"command": "npx", "args": ["-y", "@modelcontextprotocol/server-memory"]})
    """

    tool_type = "mcp"
    state: HeldSource | None = None

    def __init__(
        self,
        config: Config | ToolSource | Callable[[], ToolSource],
        auth: Any = None,
        headers: Mapping[str, str] | None = None,
        log_handler: Callable[..., Any] | None = None,
        progress_handler: Callable[..., Any] | None = None,
        sampling_handler: Callable[..., Any] | None = None,
        max_retries: int = 3,
        delay_between_retries: float = 1.0,
        execution_timeout: float = 30.0,
        validate_on_init: bool = True,
        num_workers: int = 1,
        *,
        session: Literal["own", "shared"] = "own",
        max_output_chars: int = 8000,
    ) -> None:
        super().__init__(num_workers)
        if session not in SESSIONS:
            raise ConfigError(f"there is no session {session!r}.{closest(str(session), list(SESSIONS))}")
        if max_output_chars < 1:
            raise ConfigError(f"max_output_chars is at least 1, not {max_output_chars}")
        if execution_timeout <= 0:
            raise ConfigError(f"execution_timeout is in seconds and above 0, not {execution_timeout}")
        check_retries(max_retries, delay_between_retries)
        self.session, self.max_output_chars = session, max_output_chars
        self.max_retries, self.delay_between_retries = max_retries, delay_between_retries
        self.execution_timeout, self.validate_on_init = execution_timeout, validate_on_init
        self.handlers = Handlers(log_handler, progress_handler, sampling_handler)
        self.reconfigure(config, auth, headers)

    @classmethod
    def from_url(cls, url: str, **settings: Any) -> Self:
        """Over the server at an address."""
        return cls(url, **settings)

    @classmethod
    def from_config_file(cls, config_path: str | Path, **settings: Any) -> Self:
        """Over the servers that a JSON file names, in the form that other MCP clients have theirs."""
        return cls(read_config(config_path), **settings)

    @classmethod
    def from_local_command(cls, server_params: Any, name: str = DEFAULT_NAME, **settings: Any) -> Self:
        """Over a process: a dict with "command" and perhaps "args", "env", "cwd", or the `mcp` package's parameters."""
        given = server_params.model_dump() if hasattr(server_params, "model_dump") else server_params
        return cls({"mcpServers": {name: given}}, **settings)

    @classmethod
    def from_multi_server(cls, servers: Mapping[str, str], **settings: Any) -> Self:
        """Over the servers at several addresses, by name; their tools are called `name_tool`."""
        return cls({"mcpServers": {name: {"url": url} for name, url in servers.items()}}, **settings)

    def reconfigure(
        self,
        new_config: Config | ToolSource | Callable[[], ToolSource],
        auth: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Leave the servers for others. Raises `ConfigError`, and `McpUnavailable` if they are to be validated."""
        opener, self._makes_its_own = self._opener(new_config, auth, dict(headers or {}))
        if hasattr(self, "_line"):
            self.close()
        self.config, self.auth, self.headers = new_config, auth, headers
        self._line = Line(opener, closes=not is_source(new_config))
        if self.validate_on_init and not self._makes_its_own:
            try:
                self._source().tools()
            except BaseException:
                self.close()
                raise

    def instruction_string(self) -> str:
        """How to call, and what can be called with which arguments."""
        return (
            f"You have tools. To call one, write {HOW_TO_CALL} and stop there; its result is given back to you. "
            f"One call at a time. The tools, with the types of their arguments (? marks those that may be left out):\n"
            f"{listed(self._source().tools())}"
        )

    def get_available_tools(self) -> list[dict[str, Any]]:
        """Name, description and the schema of the parameters of each tool. Raises `McpUnavailable`."""
        return [
            {"name": tool.name, "description": tool.description, "parameters": tool.schema}
            for tool in self._source().tools()
        ]

    def find_call(self, action: str) -> int | None:
        """Where the first call begins."""
        return find_call(action)

    def execute_action(self, action: str) -> ToolAnswer:
        """Carry out the first call. Raises `ToolUnavailable` if a server is gone and cannot be had again."""
        call = first_call(action)
        if call is None:
            return no_call(action)
        if call.trouble is not None:
            return self._failed("error", f"{call.trouble}. Write {HOW_TO_CALL}", action[: call.end])
        try:
            result = self._called(call.name, call.arguments)
        except CannotConnect as error:
            raise ToolUnavailable(str(error)) from error
        except McpUnavailable as error:
            return self._failed("failed", str(error), action[: call.end])
        text = rendered(result, self.max_output_chars)
        if result.is_error:
            return self._failed("error", text, action[: call.end])
        return ToolAnswer(True, False, f"{text}\n", action[: call.end])

    def reset(self) -> None:
        """Begin an episode. Raises `McpUnavailable` if the servers cannot be had."""
        self._forget()
        source = self._source()
        source.tools()
        if self._line.used:
            self.state = HeldSource(source, is_own=False)

    def spawn(self) -> Self:
        """The same tool for another env. It takes over a session that was opened only to be validated."""
        twin = super().spawn()
        if self.session == "own":
            twin._line = self._line.twin()
            if self._line.is_spare:
                twin._line, self._line = self._line, twin._line
                twin._line.source_for(twin)
                twin._line.leave(self)
        return twin

    def close(self) -> None:
        """Leave the servers, and end those that are this tool's own; the next use would begin anew."""
        self._forget()
        self._line.leave(self)

    def _called(self, name: str, arguments: dict[str, Any]) -> CallResult:
        source = self._source()
        if not self._makes_its_own:
            self._line.used = True
            self.state = self.state or HeldSource(source, is_own=False)
        return source.call(name, arguments)

    def _source(self) -> ToolSource:
        if not self._makes_its_own:
            return self._line.source_for(self)
        if self.state is None:
            self.state = HeldSource(self._line.open_source(), is_own=True)
        return self.state.source

    def _forget(self) -> None:
        state, self.state = self.state, None
        if state is not None and state.is_own:
            state.source.close()

    def _failed(self, kind: Literal["error", "failed"], why: str, parsed_action: str) -> ToolAnswer:
        return ToolAnswer(True, True, f"[Tool execution {kind}: {why}]\n", parsed_action)

    def _opener(self, config: Any, auth: Any, headers: dict[str, str]) -> tuple[Callable[[], ToolSource], bool]:
        """What opens the source, and whether it makes one for each episode. Raises `ConfigError`."""
        if is_source(config):
            return partial(_itself, config), False
        if callable(config):
            return cast("Callable[[], ToolSource]", config), True
        places(config)
        options = Options(auth, headers, self.handlers, call_timeout_s=self.execution_timeout)
        delay_s = self.delay_between_retries
        return partial(opened_later, config, options, max_retries=self.max_retries, delay_s=delay_s), False


def _itself(source: ToolSource) -> ToolSource:
    return source


def is_timeout_error(error: BaseException) -> bool:
    """Whether an error says that something took too long."""
    return isinstance(error, TimeoutError) or "did not answer" in str(error) or "timed out" in str(error).lower()


def _run_async(coroutine: Coroutine[Any, Any, Result]) -> Result:  # pyright: ignore[reportUnusedFunction]
    """Its result, from sync code: existing code imports this."""
    waiting = Event()  # any object
    try:
        return background.run(waiting, coroutine)
    finally:
        background.release(waiting)
