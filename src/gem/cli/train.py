"""`gem-gym train`: train a policy on an env, or a mixture of envs, by RL, from warm start to report."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import MISSING, fields
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from gem._extras import need
from gem.errors import ConfigError
from gem.train.config import TrainConfig, read_settings

if TYPE_CHECKING:
    from gem.cli.train_progress import Progress

HELP = "train a policy on an env by RL"
INTERRUPTED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One option for each field of `TrainConfig`, and where the run lives."""
    parser.add_argument(
        "env",
        nargs="?",
        metavar="ENV",
        help="id of the env, or a mixture with weights: game:Sokoban-v1-easy=2,math:…=1",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="directory of the run (default: runs/ENV-ALGO-SEED)")
    parser.add_argument("--resume", type=Path, metavar="DIR", help="go on with a run that was stopped")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="settings from a JSON or TOML file; options override it"
    )
    parser.add_argument("--force", action="store_true", help="replace a run that is already in the directory")
    for entry in fields(TrainConfig):
        if entry.name == "env":
            continue
        default = "" if entry.default in (None, MISSING) else f" (default: {entry.default})"
        name = f"--{entry.name.replace('_', '-')}"
        choices = f": {', '.join(entry.metadata['of'])}" if entry.metadata["of"] else ""
        text = f"{entry.metadata['help']}{choices}{default}"
        if entry.type == "bool":
            parser.add_argument(name, action=argparse.BooleanOptionalAction, default=None, help=text)
            continue
        kind = {"int": int, "float": float}.get(str(entry.type).removesuffix(" | None"), str)
        parser.add_argument(name, type=kind, metavar={int: "N", float: "X", str: "NAME"}[kind], help=text)


def run(args: argparse.Namespace) -> int:
    """Train; 0 at the end of the run, 130 if it was interrupted (and saved)."""
    config, directory = _plan(args)
    for module in ("torch", "tokenizers", "matplotlib", "jinja2", "rich"):
        need(module, extra="train")
    from gem.cli.train_progress import Progress
    from gem.train.session import train

    with Progress() as progress, _saving_on_interrupt(progress):
        finished = train(config, directory, resume=args.resume is not None, watcher=progress)
    if not finished:
        print(f"Stopped and saved. To go on: gem-gym train --resume {directory}")
        return INTERRUPTED
    _show(json.loads((directory / "summary.json").read_text()), directory)
    return 0


def _plan(args: argparse.Namespace) -> tuple[TrainConfig, Path]:
    """The settings and the directory that the arguments ask for."""
    given = {entry.name: getattr(args, entry.name) for entry in fields(TrainConfig)}
    given = {name: value for name, value in given.items() if value is not None}
    if args.resume is not None:
        if given.keys() - {"iterations"} or args.config or args.out or args.force:
            raise ConfigError("a resumed run keeps its settings and its place; only --iterations may be given anew")
        settings = read_settings(args.resume / "config.json")
        return TrainConfig.from_dict({**settings, **given}), args.resume
    settings = {} if args.config is None else read_settings(args.config)
    if "env" not in {**settings, **given}:
        raise ConfigError("name an env, such as: gem-gym train game:GuessTheNumber-v1-easy")
    config = TrainConfig.from_dict({**settings, **given})
    slug = "".join(letter if letter.isalnum() else "-" for letter in config.env)
    directory = args.out or Path("runs") / f"{slug}-{config.algo}-{config.seed}"
    if (directory / "checkpoint.pt").exists() and not args.force:
        raise ConfigError(f"{directory} holds a run already: --resume {directory} goes on with it, --force replaces it")
    return config, directory


@contextmanager
def _saving_on_interrupt(progress: Progress) -> Generator[None, None, None]:
    """The first Ctrl-C asks for a stop at the end of the iteration; the second stops at once."""

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        if progress.stop or not progress.can_stop:
            raise KeyboardInterrupt
        progress.ask_to_stop()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _show(summary: dict[str, Any], directory: Path) -> None:
    """The result, as a table and in words."""
    print(f"\n{summary['env']}, {summary['algo']}, seed {summary['seed']}\n")
    print(f"  {'policy':<8} {'success':>8}   {'95 % interval':<16} {'return':>7} {'turns':>6}")
    for name, row in summary["rows"].items():
        interval = f"{row['success_low']:.3f} to {row['success_high']:.3f}"
        figures = f"{row['success']:>8.3f}   {interval:<16} {row['mean_return']:>7.3f} {row['mean_turns']:>6.2f}"
        print(f"  {name:<8} {figures}")
    turns = f"mean turns {summary['mean_turns']:.2f}"
    if summary["optimal_turns"] is not None:
        turns += f" (oracle {summary['optimal_turns']:.2f})"
    print(f"\nsuccess {summary['success_before']:.3f} -> {summary['success_after']:.3f}, {turns}")
    print(f"over {summary['episodes']} episodes, after {summary['train_seconds']:.0f} s of training")
    for name in ("learning_curve.png", "report.html", "summary.json"):
        print(f"  {(directory / name).resolve()}")
    sys.stdout.flush()
