"""`gem-gym bench vector`: our vectors beside those of the released GEM, Gymnasium and PufferLib, on the same env.

Prints a table for each kind of env. Figures are written after each point, so that an interrupted run keeps them.
Kinds whose envs wait are measured six times longer than `--seconds`, for their longest waits to count.
"""

from __future__ import annotations

import argparse
import signal
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from types import FrameType

from gem.cli.vector_bench import sides
from gem.errors import ConfigError
from gem.vector.executors import load

INTERRUPTED = 130
REPEATS, SECONDS = 3, 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What only `bench vector` takes."""
    group = parser.add_argument_group("of bench vector")
    group.add_argument(
        "--kinds", type=_words, default=list(sides.KINDS), metavar="A,B", help=f"of {', '.join(sides.KINDS)}"
    )
    sizes = [str(size) for size in sides.SIZES]
    group.add_argument(
        "--sizes", type=_words, default=sizes, metavar="N,M", help=f"numbers of envs (default: {','.join(sizes)})"
    )
    group.add_argument(
        "--seconds", type=float, default=SECONDS, metavar="S", help="of each measurement (default: %(default)s)"
    )
    group.add_argument(
        "--repeats", type=int, default=REPEATS, metavar="N", help="of each measurement (default: %(default)s)"
    )
    group.add_argument("--no-peers", action="store_true", help="ours alone; else the peers are installed on first use")
    group.add_argument("--json", type=Path, metavar="PATH", help="also write every figure there")
    group.add_argument("--plot", type=Path, metavar="PATH", help="also draw them there")


def run(args: argparse.Namespace) -> int:
    """Measure, print, and write what was asked for; 1 if one of ours could not be measured."""
    kinds, counts = _checked(args)
    from gem._extras import need
    from gem.cli.vector_bench import figures, measuring, plot, table
    from gem.cli.vector_bench.progress import Progress

    if args.plot:
        need("matplotlib", extra="train")
    settings = {"seconds": args.seconds, "repeats": args.repeats, "executor": args.executor}
    found = figures.Run(figures.machine(), settings)
    if "chat" in kinds and find_spec("jinja2") is None:
        kinds.remove("chat")
        found.notes.append("chat is not measured: run pip install 'gem-gym[train]' for jinja2.")
    points = measuring.points(kinds, counts)
    begun, code = monotonic(), 0
    with Progress(len(points)) as progress, ended_as_by_ctrl_c():
        try:
            pythons = measuring.taking_part(found, not args.no_peers, progress.say)
            measurer = measuring.Measurer(found, pythons, args.seconds, args.repeats, args.executor)
            for point in points:
                measurer.measure(point, progress.show)
                progress.advance()
                if args.json:
                    found.write(args.json)
        except KeyboardInterrupt:
            code = INTERRUPTED
    found.notes.append(f"The run took {(monotonic() - begun) / 60:.0f} minutes.")
    if args.json:
        found.write(args.json)
    print(table.report(found))
    if args.plot and any(each.steps_per_s for each in found.figures):
        plot.draw(found, args.plot)
    return code or int(any(each.side == sides.OURS and each.error for each in found.figures))


def _checked(args: argparse.Namespace) -> tuple[list[str], list[int]]:
    """The kinds and sizes. Raises `ConfigError`, or `VectorError` for an executor that there is not."""
    if unknown := [kind for kind in args.kinds if kind not in sides.KINDS]:
        raise ConfigError(f"there is no kind {unknown[0]!r}; the kinds are {', '.join(sides.KINDS)}")
    if not all(size.isdigit() and int(size) > 0 for size in args.sizes):
        raise ConfigError("--sizes are numbers of envs, such as 1,64,1024")
    if args.repeats < 1 or args.seconds <= 0:
        raise ConfigError("--repeats is at least 1, and --seconds more than 0")
    if args.executor != "auto":
        load(args.executor)
    if args.words:
        raise ConfigError(f"bench vector takes no {args.words[0]!r}; give kinds as --kinds {','.join(args.words)}")
    return list(args.kinds), sorted({int(size) for size in args.sizes})


@contextmanager
def ended_as_by_ctrl_c() -> Generator[None, None, None]:
    """So that a run that is told to end leaves no worker behind: those that wait are stopped, and would stay so."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
