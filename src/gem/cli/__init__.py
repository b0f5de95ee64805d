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

COMMANDS = {
    "list": "listing",
    "play": "play",
    "check": "check",
    "bench": "bench",
    "train": "train",
    "search": "search",
    "serve": "serve",
    "doctor": "doctor",
}
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
    """Read the words with the parser of one command, or with that of all if none was named."""
    chosen = next((word for word in words if not word.startswith("-")), None)
    if chosen in COMMANDS:
        command = load(chosen)
        parser = _parser(f"gem-gym {chosen}", command.HELP)
        command.add_arguments(parser)
        at = words.index(chosen)
        return parser.parse_intermixed_args(words[:at] + words[at + 1 :]), command  # options may stand between words
    parser = _parser("gem-gym", "A gym for agentic language models.")
    parsers = parser.add_subparsers(dest="command", metavar="command", required=True)
    for name in COMMANDS:
        parsers.add_parser(name, help=load(name).HELP)
    parser.parse_args(words)
    raise AssertionError("without a command, argparse explains and exits")


def _parser(name: str, description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=name, description=description)
    parser.add_argument("--version", action="version", version=f"gem-gym {__version__}")
    return parser
