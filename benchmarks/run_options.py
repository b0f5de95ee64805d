"""The command line that all benchmark scripts share, and the words that head a report.

It chooses which two pythons are compared; it neither measures nor prints tables.
"""

import argparse
import json
import platform
import sys
from pathlib import Path
from typing import Any

from peer import peer_python


def parser(description: str, repeats: int) -> argparse.ArgumentParser:
    """`--repeats`, `--json` and, to compare other builds than the usual two, `--ours` and `--peer`."""
    options = argparse.ArgumentParser(description=description.strip().splitlines()[0])
    options.add_argument("--repeats", type=int, default=repeats, help="interleaved pairs per figure (%(default)s)")
    options.add_argument("--json", type=Path, metavar="PATH", help="also write every single figure there")
    options.add_argument("--ours", type=_unresolved, default=Path(sys.executable), help="python that has our package")
    options.add_argument("--peer", type=_unresolved, help="python that has the peer (default: its own environment)")
    return options


def parse(options: argparse.ArgumentParser) -> argparse.Namespace:
    """The options, with the peer's environment created where it is needed."""
    chosen = options.parse_args()
    chosen.peer = chosen.peer or peer_python()
    return chosen


def machine(ours: dict[str, Any], peer: dict[str, Any]) -> str:
    """One line that says what the figures were measured on."""
    return f"{platform.platform()}, {platform.machine()}; ours {json.dumps(ours)}; peer {json.dumps(peer)}."


def _unresolved(path: str) -> Path:
    """Absolute, but with its links kept: a virtual environment's python is known by the link's own place."""
    return Path(path).absolute()
