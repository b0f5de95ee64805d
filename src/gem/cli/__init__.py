"""The command `gem-gym`: each sub-command is a module of this package, imported when it is asked for.

A command module has `HELP` (one line), `add_arguments(parser)` and `run(args) -> exit code`, and
imports what is heavy inside `run`. Exit codes: 0 done, 1 the answer is no, 2 a mistake in what was
asked, 130 interrupted. Only this package prints.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from gem.__about__ import __version__
from gem.errors import GemError

COMMANDS = {"list": "listing", "play": "play", "check": "check", "bench": "bench", "train": "train"}
"""Each sub-command and the module of this package that does it."""

BROKEN_PIPE = 141
INTERRUPTED = 130


class Command(Protocol):
    """What a command module offers."""

    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's own arguments."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it; the exit code."""
        ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (that of the process, if None) and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        args, command = _parse(words)
        code = command.run(args)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse, after it has printed its help or its complaint
        return stop.code if isinstance(stop.code, int) else 0
    except GemError as error:
        print(f"gem-gym: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader, say `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return code


def load(name: str) -> Command:
    """The module behind a command's name."""
    return cast("Command", import_module(f"gem.cli.{COMMANDS[name]}"))


def _parse(words: list[str]) -> tuple[argparse.Namespace, Command]:
    """Read the words with the parser of one command, or of all if none was named."""
    chosen = next((word for word in words if not word.startswith("-")), None)
    names = [chosen] if chosen in COMMANDS else [*COMMANDS]
    parser = argparse.ArgumentParser(prog="gem-gym", description="A gym for agentic language models.")
    parser.add_argument("--version", action="version", version=f"gem-gym {__version__}")
    parsers = parser.add_subparsers(dest="command", metavar="command", required=True)
    commands = {name: load(name) for name in names}
    for name, command in commands.items():
        command.add_arguments(parsers.add_parser(name, help=command.HELP, description=command.HELP))
    args = parser.parse_args(words)
    return args, commands[args.command]
