"""A bound on the memory and the processes of a whole box, where this process may set one: in control groups below
its own. Elsewhere each process is bounded by itself alone.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from pathlib import Path

PREFIX = "gem-terminal-"
MOUNT = Path("/sys/fs/cgroup")
MEMORY_FILES = ("memory.max", "memory.limit_in_bytes")
PROCESS_FILES = ("pids.max",)
"""The files that bound a group, in the unified hierarchy and in the older one."""
_numbers = itertools.count()


class ControlGroup:
    """The groups that bound one box; none, if none can be made."""

    def __init__(self, memory_bytes: int, processes: int) -> None:
        bounds = {**dict.fromkeys(MEMORY_FILES, memory_bytes), **dict.fromkeys(PROCESS_FILES, processes)}
        name = f"{PREFIX}{os.getpid()}-{next(_numbers)}"
        self._folders = [folder for parent in _parents() if _made(folder := parent / name, bounds)]

    @property
    def bounds_memory(self) -> bool:
        """Whether all processes together have a bound."""
        return any((folder / name).exists() for folder in self._folders for name in MEMORY_FILES)

    def take(self, pid: int) -> None:
        """Put a process into them, with all that it will start; those that refuse are given up."""
        for folder in self._folders.copy():
            if not _wrote(folder / "cgroup.procs", pid):
                self._folders.remove(folder)
                _remove(folder)

    def close(self) -> None:
        """Remove them; nothing may run in them any more."""
        while self._folders:
            _remove(self._folders.pop())


def _made(folder: Path, bounds: dict[str, int]) -> bool:
    """Whether a group could be made that has these bounds, of those that it knows."""
    _sweep(folder.parent)
    try:
        folder.mkdir()
    except OSError:
        return False
    known = [(folder / name, bound) for name, bound in bounds.items() if (folder / name).exists()]
    if known and all(_wrote(path, bound) for path, bound in known):
        return True
    _remove(folder)
    return False


def _parents() -> list[Path]:
    """The groups of this process that bound memory or processes."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    places: list[Path] = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:  # the unified hierarchy
            places.append(MOUNT / path.lstrip("/"))
        elif {"memory", "pids"} & set(controllers.split(",")):
            places.append(MOUNT / controllers / path.lstrip("/"))
    return [place for place in places if os.access(place / "cgroup.procs", os.W_OK)]


def _sweep(parent: Path) -> None:
    """Remove what a process left that was killed. A group in which something runs does not go."""
    for folder in parent.glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if not Path(f"/proc/{owner}").exists():
            _remove(folder)


def _wrote(path: Path, number: int) -> bool:
    try:
        path.write_text(str(number), encoding="utf-8")
    except OSError:
        return False
    return True


def _remove(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
