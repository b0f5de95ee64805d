"""The ids `mcp:*`: tasks over servers of our own, which need nothing."""

from __future__ import annotations

from gem.registry import register

SERVERS = {
    "mcp:Files-v1": "files",
    "mcp:Sqlite-v1": "sqlite",
    "mcp:Notes-v1": "notes",
    "mcp:Calendar-v1": "calendar",
}
"""Id → server."""


def register_ids() -> None:
    """Register them."""
    for env_id, server in SERVERS.items():
        register(env_id, "gem.envs.mcp_env:McpEnv", server=server)
