"""`python -m gem.tools.mcp_server.time_mcp --transport http --port 8081`: the time server, for any MCP client."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from gem.mcp.servers.__main__ import add_transport, serve
from gem.mcp.servers.opening import opened


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until the client goes or someone interrupts; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m gem.tools.mcp_server.time_mcp", description=__doc__)
    add_transport(parser)
    return serve(opened("time"), parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
