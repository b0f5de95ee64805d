"""Which servers a configuration names: an address, or a dict in the forms that MCP clients use.

    "http://127.0.0.1:8000/mcp"
    {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-memory"], "env": {"KEY": "value"}, "cwd": "/tmp"}
    {"url": "http://127.0.0.1:8000/sse", "transport": "sse", "headers": {"X-Key": "value"}}
    {"mcpServers": {"memory": {"command": ...}, "search": {"url": ...}}}

Keys that only concern other clients are passed over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from gem.build import closest
from gem.errors import ConfigError

Config = str | Mapping[str, Any]
"""An address, or a dict in one of the forms above."""
DEFAULT_NAME = "default"
GROUPS = ("mcpServers", "servers")
TRANSPORTS: dict[str, Literal["http", "sse"]] = {
    "http": "http",
    "streamable-http": "http",
    "streamable_http": "http",
    "streamableHttp": "http",
    "sse": "sse",
}


@dataclass(frozen=True, slots=True)
class Command:
    """A server that is started as a process, and spoken with over its stdin and stdout."""

    name: str
    command: str
    args: tuple[str, ...] = ()
    env: dict[str, str] | None = None
    """Beside the few variables that servers inherit: PATH, HOME, USER, SHELL, TERM, LOGNAME."""
    cwd: str | None = None

    @property
    def label(self) -> str:
        """What messages call it."""
        return f"the MCP server {self.name!r} ({self.command})"


@dataclass(frozen=True, slots=True)
class Address:
    """A server that listens somewhere."""

    name: str
    url: str
    headers: dict[str, str] = field(default_factory=dict[str, str])
    transport: Literal["http", "sse"] = "http"
    """Streamable HTTP, or the older HTTP with server-sent events."""

    @property
    def label(self) -> str:
        """What messages call it."""
        return f"the MCP server {self.name!r} ({self.url})"


Place = Command | Address
"""How a server is had."""


def places(config: Config) -> list[Place]:
    """The servers of `config`, in its order. Raises `ConfigError`, which names what is wrong where."""
    if isinstance(config, str):
        return [_address(DEFAULT_NAME, {"url": config})]
    if not isinstance(config, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] - the caller may be untyped
        raise ConfigError(f"an MCP config is an address or a dict, not {type(config).__name__}")
    if "command" in config or "url" in config:
        return [_place(DEFAULT_NAME, config)]
    group = next((config[key] for key in GROUPS if key in config), config)
    if not isinstance(group, Mapping) or not group:
        raise ConfigError('an MCP config names no server: {"mcpServers": {NAME: {"command": …} or {"url": …}}}')
    servers = cast("Mapping[str, Any]", group)
    found = [_place(str(name), server) for name, server in servers.items() if not _disabled(server)]
    if not found:
        raise ConfigError("all servers of the MCP config are disabled")
    return found


def read_config(path: str | Path) -> dict[str, Any]:
    """The dict in a JSON file. Raises `ConfigError` for a file without one."""
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"there is no MCP config {str(path)!r}") from None
    except OSError as error:
        raise ConfigError(f"the MCP config {str(path)!r} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"the MCP config {str(path)!r} is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise ConfigError(f"the MCP config {str(path)!r} holds no object")
    return cast("dict[str, Any]", found)


def _place(name: str, server: Any) -> Place:
    if not isinstance(server, Mapping):
        raise ConfigError(f'the MCP server {name!r} is a dict with "command" or "url", not {server!r}')
    given = cast("Mapping[str, Any]", server)
    if "command" in given:
        return _command(name, given)
    if "url" in given:
        return _address(name, given)
    hint = "".join(closest(str(key), ["command", "url"]) for key in given)
    raise ConfigError(f'the MCP server {name!r} has neither "command" nor "url".{hint}')


def _command(name: str, given: Mapping[str, Any]) -> Command:
    command, args, env, cwd = given["command"], given.get("args") or (), given.get("env"), given.get("cwd")
    if not isinstance(command, str) or not command:
        raise ConfigError(f'"command" of the MCP server {name!r} is the name of a program, not {command!r}')
    if isinstance(args, str) or not isinstance(args, Sequence):
        raise ConfigError(f'"args" of the MCP server {name!r} is a list of words, not {args!r}')
    words = tuple(str(word) for word in cast("Sequence[Any]", args))
    return Command(name, command, words, None if env is None else _texts(name, "env", env), cwd and str(cwd))


def _address(name: str, given: Mapping[str, Any]) -> Address:
    url = given["url"]
    if not isinstance(url, str) or not url.lower().startswith(("http://", "https://")):
        raise ConfigError(f"the address of the MCP server {name!r} begins with http:// or https://, not {url!r}")
    wanted = given.get("transport") or given.get("type") or "http"
    if wanted not in TRANSPORTS:
        hint = closest(str(wanted), list(TRANSPORTS))
        raise ConfigError(f"the MCP server {name!r} has no transport {wanted!r}.{hint} There are: http, sse.")
    return Address(name, url, _texts(name, "headers", given.get("headers") or {}), TRANSPORTS[wanted])


def _texts(name: str, key: str, given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise ConfigError(f'"{key}" of the MCP server {name!r} is a dict of texts, not {given!r}')
    return {str(word): str(value) for word, value in cast("Mapping[Any, Any]", given).items()}


def _disabled(server: Any) -> bool:
    return isinstance(server, Mapping) and bool(cast("Mapping[str, Any]", server).get("disabled"))
