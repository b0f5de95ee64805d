"""`gem-gym bench sandbox`: our sandbox beside the released GEM's `run_python` and a bare interpreter.

Prints what each takes, and which bars ours meets. Figures are written after each repeat, so that an interrupted run
keeps them. Without the released GEM (`--peer` installs it) ours is compared with the bare interpreter alone.
"""

from __future__ import annotations

import argparse
from time import monotonic

from gem.cli import paint
from gem.cli.bench_vector import INTERRUPTED, ended_as_by_ctrl_c
from gem.errors import ConfigError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What only `bench sandbox` takes; it also takes `--repeats`, `--no-peers` and `--json`."""
    group = parser.add_argument_group("of bench sandbox (with --repeats, --no-peers and --json)")
    group.add_argument("--rows", type=_words, metavar="A,B", help="only these (default: all)")
    group.add_argument("--backend", default="auto", metavar="NAME", help="which sandbox of ours (default: auto)")
    group.add_argument("--peer", action="store_true", help="install the released GEM to compare with, if it is not")
    group.add_argument("--quick", action="store_true", help="a tenth of the calls, for a first impression")


def run(args: argparse.Namespace) -> int:
    """Measure, print, and write what was asked for; 1 if ours could not be measured."""
    from gem.cli.sandbox_bench import figures, measuring, rows, table
    from gem.cli.vector_bench.figures import machine
    from gem.cli.vector_bench.progress import Progress

    chosen = _checked(args, list(rows.ROWS))
    settings = {"repeats": args.repeats, "backend": args.backend, "quick": args.quick}
    found = figures.Run(machine(), settings)
    begun, code = monotonic(), 0
    with Progress(args.repeats) as progress, ended_as_by_ctrl_c():
        try:
            pythons = measuring.taking_part(found, args.peer, args.no_peers, progress.say)
            with measuring.Measurer(found, pythons, args.backend, args.quick) as measurer:
                measurer.open()
                for _ in range(args.repeats):
                    measurer.repeat([rows.ROWS[name] for name in chosen], progress.show)
                    progress.advance()
                    if args.json:
                        found.write(args.json)
        except KeyboardInterrupt:
            code = INTERRUPTED
    found.notes.append(f"The run took {(monotonic() - begun) / 60:.1f} minutes.")
    if args.json:
        found.write(args.json)
    print(table.report(found, coloured=paint.wanted()), end="")
    return code or int(any(not found.find(name, rows.OURS).each("p50") for name in chosen))


def _checked(args: argparse.Namespace, known: list[str]) -> list[str]:
    """The rows asked for. Raises `ConfigError`."""
    from gem.sandbox import BACKENDS

    if args.words:
        raise ConfigError(f"bench sandbox takes no {args.words[0]!r}; give rows as --rows {','.join(args.words)}")
    chosen: list[str] = known if args.rows is None else args.rows
    if unknown := [name for name in chosen if name not in known]:
        raise ConfigError(f"there is no row {unknown[0]!r}; the rows are {', '.join(known)}")
    if not chosen:
        raise ConfigError(f"--rows names none; the rows are {', '.join(known)}")
    if args.backend not in ("auto", *BACKENDS):
        raise ConfigError(f"there is no sandbox {args.backend!r}; there are auto, {', '.join(BACKENDS)}")
    if args.repeats < 1:
        raise ConfigError("--repeats is at least 1")
    if args.peer and args.no_peers:
        raise ConfigError("--peer and --no-peers ask for opposite things")
    return chosen


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
