"""`gem-gym serve search INDEX`: a corpus as a service, for trainers on other machines, until Ctrl-C."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from gem.errors import ConfigError

HELP = "serve a corpus over HTTP"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is served, and where."""
    parser.add_argument("what", choices=SERVICES, help="what kind of thing is served")
    parser.add_argument("target", metavar="INDEX", help="the folder that `gem-gym search build` made")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen at; 0.0.0.0 for all (default: 127.0.0.1)"
    )
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="0 takes a free one (default: 8000)")
    parser.add_argument("--token", help="what clients have to carry as `Authorization: Bearer TOKEN`")
    parser.add_argument("--embed", metavar="MODEL", help="of a dense index that does not name its embedder")


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    return SERVICES[args.what](args)


def _serve_search(args: argparse.Namespace) -> int:
    from gem import search
    from gem.search.dense import DenseRetriever
    from gem.search.server import SearchServer

    retriever = search.open(args.target, embed=args.embed)
    if isinstance(retriever, DenseRetriever):
        retriever = search.BatchingRetriever(retriever)  # a model embeds many queries as fast as one
    with retriever:
        try:
            server = SearchServer(retriever, args.host, args.port, token=args.token)
        except (OSError, OverflowError) as error:
            raise ConfigError(f"{args.host}:{args.port} cannot be listened at: {error}") from error
        with server:
            print(f"{args.target} at {server.url}, until Ctrl-C", flush=True)
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                print("stopped")
    return 0


SERVICES: dict[str, Callable[[argparse.Namespace], int]] = {"search": _serve_search}
"""What can be served, and what serves it."""
