"""`gem-gym check`: do envs keep the promises of the contract?"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from gem.errors import UnknownEnv
from gem.registry import make, spec, specs

HELP = "check that envs keep the promises of the contract"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which envs, how thoroughly, and the form of the answer."""
    parser.add_argument("ids", nargs="*", metavar="ID", help="ids that `gem-gym list` shows")
    parser.add_argument("--all", action="store_true", help="check every registered env")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="check on seeds 0 to N-1 (default: 3)")
    parser.add_argument("--skip", action="append", default=[], metavar="PROMISE", help="leave a promise out")
    parser.add_argument(
        "--fuzz", type=int, metavar="STEPS", help="instead, throw STEPS replies of all kinds at each env"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line and env")


def run(args: argparse.Namespace) -> int:
    """Check each env; 1 if any promise is broken."""
    from gem.checking import Report, verdicts

    if not args.ids and not args.all:
        raise UnknownEnv("name the envs to check, or say --all. `gem-gym list` shows every id.")
    ids: list[str] = [known.id for known in specs()] if args.all else [spec(env_id).id for env_id in args.ids]
    if args.fuzz is not None:
        return _fuzz(ids, args.fuzz)
    broken = 0
    for env_id in ids:
        report = Report(env_id, tuple(verdicts(env_id, seeds=range(args.seeds), skip=args.skip)))
        broken += bool(report.broken)
        print(json.dumps(asdict(report)) if args.json else report, flush=True)
    if not args.json:
        print(f"{len(ids) - broken} of {len(ids)} envs keep every promise that could be checked")
    return 1 if broken else 0


def _fuzz(ids: list[str], steps: int) -> int:
    from gem.checking.fuzz import fuzz

    played = raised = 0
    for env_id in ids:
        with make(env_id) as env:
            done = fuzz(env, steps)
        played, raised = played + done.steps, raised + len(done.findings)
        print(
            f"{env_id:44} {done.steps:9,} steps {done.episodes:8,} episodes {len(done.findings):3} findings", flush=True
        )
        for finding in done.findings:
            print(f"  {finding}")
    print(f"{played:,} steps of {len(ids)} envs, {raised} findings")
    return 1 if raised else 0
