"""The peers' own virtual environments, made on first use. What cannot be installed is told, not fatal.

Nothing of a peer is ever installed beside our package, and nothing of it is copied.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

IN_CHECKOUT = Path(__file__).parents[4] / "benchmarks"
MARKER = "complete.txt"


class Peer(NamedTuple):
    """A package to compare with: what is installed of it, and first without asking for what it depends on."""

    name: str
    requirements: tuple[str, ...]
    alone: tuple[str, ...] = ()


class PeerMissing(Exception):
    """A peer could not be installed; the message says why."""


def peers() -> dict[str, Peer]:
    """Each peer by its name. Whoever takes any NumPy or jinja2 gets the one that we run on."""
    numpy, jinja2 = _as_here("numpy"), _as_here("jinja2")
    found = (
        # requests and pandas: what it imports without asking for it
        Peer("gem-llm", ("gem-llm==0.1.0", "requests", "pandas", numpy, jinja2)),
        Peer("gymnasium", ("gymnasium==1.4.0", numpy)),
        # The last version with a wheel: to build a later one takes PyTorch and a C compiler. Alone: it asks for
        # releases of NumPy and psutil that this Python has no wheels of.
        Peer("pufferlib", ("numpy<2", "gymnasium==0.29.1", "gym<=0.23", "psutil"), alone=("pufferlib==2.0.2",)),
    )
    return {peer.name: peer for peer in found}


def home() -> Path:
    """The folder of the environments: in a checkout, where git ignores it, or among the user's caches."""
    if (IN_CHECKOUT / "README.md").is_file():
        return IN_CHECKOUT / ".peers"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gem-gym" / "peers"


def python_of(peer: Peer, say: Callable[[str], None]) -> Path:
    """The python of the peer's environment, which is made if it is not there. Raises `PeerMissing`."""
    folder = home() / peer.name
    python = folder / "bin" / "python"
    wanted = "\n".join((*peer.alone, *peer.requirements))
    if not python.exists() or not (folder / MARKER).exists() or (folder / MARKER).read_text() != wanted:
        say(f"installing {(peer.alone or peer.requirements)[0]} in {folder}")
        _run(sys.executable, "-m", "venv", "--clear", str(folder))
        if peer.alone:
            _run(str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", *peer.alone)
        _run(str(python), "-m", "pip", "install", "--quiet", *peer.requirements)
        (folder / MARKER).write_text(wanted)  # last: an interrupted installation is made again
        (home() / ".gitignore").write_text("*\n")
    return python


def _as_here(package: str) -> str:
    try:
        return f"{package}=={metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return package


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()] or [f"{command} failed"]
        raise PeerMissing(next((line for line in lines if line.lower().startswith("error")), lines[-1]))
