"""A control group for each program, where this process has been given a part of the v2 hierarchy to rule.

Memory is then counted over all of a program's processes and files, and it is killed as a whole. Where nothing has
been delegated (most containers, cgroup v1) there are no groups, and the limits of each process stand alone.
Source: the kernel's Documentation/admin-guide/cgroup-v2.rst.
"""

from __future__ import annotations

import itertools
import logging
import os
from contextlib import suppress
from pathlib import Path

from gem.sandbox.limits import Limits

log = logging.getLogger(__name__)

VARIABLE = "GEM_SANDBOX_CGROUP"
"""Names a folder of the hierarchy to use instead of looking for one."""
NEEDED = {"memory", "pids"}
OVERHEAD_MB = 64
"""What a program's share of the interpreter, its output and its folders may take besides."""

_numbers = itertools.count(1)


class Groups:
    """The groups below one folder; those of ended programs are removed as soon as the kernel lets them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ended: set[Path] = set()

    def enclose(self, pid: int, limits: Limits) -> Path | None:
        """Put a process, which has started none yet, into a group of its own; None if the kernel refuses."""
        self._sweep()
        group = self._folder / f"gem-{os.getpid()}-{next(_numbers)}"
        try:
            group.mkdir()
            (group / "memory.max").write_text(str((limits.memory_mb + limits.disk_mb + OVERHEAD_MB) << 20))
            (group / "pids.max").write_text(str(limits.processes + 257))
            for name, text in (("memory.swap.max", "0"), ("memory.oom.group", "1")):
                with suppress(OSError):  # not on every kernel
                    (group / name).write_text(text)
            (group / "cgroup.procs").write_text(str(pid))
        except OSError as error:
            log.debug("no control group for process %d: %s", pid, error)
            self._ended.add(group)
            return None
        return group

    def release(self, group: Path) -> bool:
        """Kill what is left in a group; whether its memory limit has killed something before."""
        with suppress(OSError):
            (group / "cgroup.kill").write_text("1")
        self._ended.add(group)
        try:
            events = dict(line.split() for line in (group / "memory.events").read_text().splitlines())
        except (OSError, ValueError):
            return False
        return events.get("oom_kill", "0") != "0"

    def close(self) -> None:
        """Remove what can be removed."""
        self._sweep()

    def _sweep(self) -> None:
        for group in list(self._ended):
            try:
                group.rmdir()
            except FileNotFoundError:
                pass
            except OSError:  # its last process is still being taken down
                continue
            self._ended.discard(group)


def delegated_groups() -> Groups | None:
    """Groups below the folder that this process may use; None if there is none."""
    folder = _delegated_folder()
    return None if folder is None else Groups(folder)


def _delegated_folder() -> Path | None:
    named = os.environ.get(VARIABLE)
    candidates = [Path(named)] if named else _own_folders()
    return next((folder for folder in candidates if _is_usable(folder)), None)


def _own_folders() -> list[Path]:
    """This process's own group in the v2 hierarchy, and the one above it."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
        mounts = [line.split(" - ") for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    except OSError:
        return []
    own = [line[3:].lstrip("/") for line in lines if line.startswith("0::")]
    roots = [left.split()[4] for left, right in mounts if right.split()[0] == "cgroup2"]
    folders = [Path(root, path) for root in roots for path in own]
    return [candidate for folder in folders for candidate in (folder, folder.parent)]


def _is_usable(folder: Path) -> bool:
    try:
        given = set((folder / "cgroup.subtree_control").read_text().split())
    except OSError:
        return False
    return given >= NEEDED and os.access(folder, os.W_OK) and os.access(folder / "cgroup.procs", os.W_OK)
