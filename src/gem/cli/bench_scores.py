"""`gem-gym bench scores`: what random, junk, constant and expert players earn on each id.

The file is written anew after each id, so that an interrupted run keeps what it has; ids that were not asked
for keep their figures. `scripts/generate_tables.py` makes SCORES.md of it.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

from gem.cli.listing import matching
from gem.errors import ConfigError
from gem.reference_scores import IN_CHECKOUT, PLAYERS, Reference, Score
from gem.registry import EnvSpec

EPISODES = 500
Entry = tuple[str, dict[str, Any], float]
"""An id, its figures or what went wrong, and the seconds that they took."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What only `bench scores` takes."""
    parser.add_argument("--jobs", type=int, metavar="N", help="scores: processes (default: one for each core)")
    parser.add_argument("--missing", action="store_true", help="scores: only of ids that the file lacks")
    parser.add_argument("--out", type=Path, help=f"scores: the file (default: {IN_CHECKOUT})")


def run(args: argparse.Namespace) -> int:
    """Measure each id and print a line of it; 1 if an id could not be measured."""
    episodes = EPISODES if args.episodes is None else args.episodes
    if episodes < 2:
        raise ConfigError("--episodes is at least 2: an interval needs a spread")
    path = args.out or Path(IN_CHECKOUT)
    known = read(path)
    twins = same_games([spec for spec in matching(args.words) if not (args.missing and spec.id in known)])
    ids = list(twins)
    if not ids:
        raise ConfigError(f"nothing to measure: no id contains {' and '.join(args.words) or 'anything'}")
    failed = 0
    print(f"{'':44}   random     junk constant   expert  turns  reset ms  step µs    took s")
    work = partial(_measured, episodes=episodes, seed=args.seed)
    jobs = min(args.jobs or os.cpu_count() or 1, len(ids))
    with get_context("spawn").Pool(jobs, _leave_interrupts_to_the_parent) as pool:
        for env_id, figures, seconds in pool.imap_unordered(work, ids):
            if "error" in figures:
                failed += 1
                print(f"{env_id}: {figures['error']}", file=sys.stderr)
                continue
            known.update(dict.fromkeys(twins[env_id], figures))
            write(path, known)
            print(f"{_line(env_id, figures)} {seconds:9.1f}", flush=True)
    return 1 if failed else 0


def same_games(found: Iterable[EnvSpec]) -> dict[str, list[str]]:
    """The ids to measure, each with all ids that build the very same env and so have the same figures."""
    by_game: dict[tuple[Any, str], list[str]] = {}
    for spec in found:
        by_game.setdefault((spec.entry_point, repr(sorted(spec.kwargs.items()))), []).append(spec.id)
    return {ids[0]: ids for ids in by_game.values()}


def read(path: Path) -> dict[str, Any]:
    """The figures that the file holds; none if there is no file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write(path: Path, figures: dict[str, Any]) -> None:
    """The file, sorted by id, put in place whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    lines = (f"{json.dumps(env_id)}: {json.dumps(figures[env_id], sort_keys=True)}" for env_id in sorted(figures))
    part.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    part.replace(path)


def rounded(reference: Reference) -> dict[str, Any]:
    """The entry of the file: all but the id, to what the figures are good for."""
    entry = asdict(reference)
    del entry["env_id"]

    def shortened(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: shortened(inner) for name, inner in value.items()}  # pyright: ignore[reportUnknownVariableType]
        return round(value, 4) if isinstance(value, float) else value

    return shortened(entry)


def _leave_interrupts_to_the_parent() -> None:
    """In a worker: Ctrl-C reaches the whole group, and the parent ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _measured(env_id: str, episodes: int, seed: int) -> Entry:
    """In a worker: whatever goes wrong with one id leaves the others alone."""
    from gem.rollout.scores import measure

    begun = perf_counter()
    try:
        figures = rounded(measure(env_id, episodes, seed))
    except Exception as error:  # noqa: BLE001 - reported by the caller, beside the id
        figures = {"error": f"{type(error).__name__}: {error}"}
    return env_id, figures, perf_counter() - begun


def _line(env_id: str, figures: dict[str, Any]) -> str:
    players = (figures[name] and Score(**figures[name]) for name in PLAYERS)
    earned = " ".join(f"{player.mean_return:8.3f}" if player else f"{'none':>8}" for player in players)
    turns = figures["expert"]["turns"] if figures["expert"] else float("nan")
    return f"{env_id:44} {earned} {turns:6.1f} {figures['reset_ms']:9.3f} {figures['step_us']:8.1f}"
