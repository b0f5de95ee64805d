"""`gem-gym check`: do envs keep the promises of the contract?"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from gem.errors import UnknownEnv
from gem.registry import spec, specs

HELP = "check that envs keep the promises of the contract"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which envs, how thoroughly, and the form of the answer."""
    parser.add_argument("ids", nargs="*", metavar="ID", help="ids that `gem-gym list` shows")
    parser.add_argument("--all", action="store_true", help="check every registered env")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="check on seeds 0 to N-1 (default: 3)")
    parser.add_argument("--skip", action="append", default=[], metavar="PROMISE", help="leave a promise out")
    parser.add_argument("--json", action="store_true", help="one JSON object a line and env")


def run(args: argparse.Namespace) -> int:
    """Check each env; 1 if any promise is broken."""
    from gem.checking import Report, verdicts

    if not args.ids and not args.all:
        raise UnknownEnv("name the envs to check, or say --all. `gem-gym list` shows every id.")
    ids: list[str] = [known.id for known in specs()] if args.all else [spec(env_id).id for env_id in args.ids]
    broken = 0
    for env_id in ids:
        report = Report(env_id, tuple(verdicts(env_id, seeds=range(args.seeds), skip=args.skip)))
        broken += bool(report.broken)
        print(json.dumps(asdict(report)) if args.json else report, flush=True)
    if not args.json:
        print(f"{len(ids) - broken} of {len(ids)} envs keep every promise that could be checked")
    return 1 if broken else 0
