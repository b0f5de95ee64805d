"""`python -m gem.mcp.servers files --root FOLDER`: one of our servers for any MCP client, over stdio or HTTP."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence

from gem.errors import ConfigError
from gem.mcp.servers.opening import NAMES, opened
from gem.mcp.servers.over_stdio import serve_stdio
from gem.mcp.servers.wire import Wire

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until the client goes or someone interrupts; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m gem.mcp.servers", description=__doc__)
    parser.add_argument("name", choices=NAMES, help="which server")
    place = parser.add_mutually_exclusive_group()
    for option, of in (
        ("--root", "files: the folder"),
        ("--db", "sqlite: the file"),
        ("--state", "kv, calendar: a file"),
    ):
        place.add_argument(option, dest="state", metavar="PATH", help=f"{of} that holds the state and keeps it")
    add_transport(parser)
    args = parser.parse_args(argv)
    try:
        wire = opened(args.name, args.state)
    except ConfigError as error:
        parser.error(str(error))
    return serve(wire, args)


def add_transport(parser: argparse.ArgumentParser) -> None:
    """Declare where to serve."""
    parser.add_argument("--transport", choices=("stdio", "http", "streamable-http"), default="stdio")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one; the address is said on stderr")
    parser.add_argument("--path", default="/mcp", help="where below the address")
    parser.add_argument("--log-level", type=str.upper, choices=LEVELS, default="WARNING")


def serve(wire: Wire, args: argparse.Namespace) -> int:
    """Serve as the arguments of `add_transport` say; the exit code."""
    ours = logging.getLogger("gem")
    ours.setLevel(args.log_level)
    ours.addHandler(logging.StreamHandler())
    signal.signal(signal.SIGTERM, _leave)
    try:
        if args.transport == "stdio":
            serve_stdio(wire, sys.stdin.buffer, sys.stdout.buffer)
            return 0
        from gem.mcp.servers.over_http import HttpServer

        with HttpServer(wire, args.host, args.port, args.path) as server:
            sys.stderr.write(f"serving {server.url}\n")
            sys.stderr.flush()
            server.serve_forever()
    except KeyboardInterrupt:
        pass
    except OSError as error:
        sys.stderr.write(f"{args.host}:{args.port} cannot be served: {error}\n")
        return 1
    return 0


def _leave(number: int, frame: object) -> None:
    del number, frame
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
