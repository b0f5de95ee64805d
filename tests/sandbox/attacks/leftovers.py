"""What a run may leave behind, counted before and after: processes, files, mounts, descriptors, shared memory.

The arena's process table holds nobody else's, so a count says all. A sandbox starts and buries processes of its
own in the background; so the count before is the largest of a quiet sandbox, and a difference counts if it stays.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from functools import partial
from pathlib import Path
from typing import Self

from tests.sandbox.attacks.world import World, own_folders

SETTLE_S = 3.0
PROBE = """
import builtins, json, os, resource, signal, stat, sys, threading

def kind(number):
    try:
        return stat.S_IFMT(os.fstat(number).st_mode)
    except OSError:
        return None

def names(folder):
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        return type(error).__name__

limits = [name for name in dir(resource) if name.startswith("RLIMIT_") and name != "RLIMIT_AS"]
print(json.dumps([
    os.getcwd(), names("."), names("/tmp"), names("/dev/shm"), sorted(os.environ.items()), sys.argv, sys.path,
    sorted(sys.modules), sorted(vars(builtins)), [kind(n) for n in range(3)], os.umask(0o22), os.getpriority(0, 0),
    len(os.sched_getaffinity(0)), sys.getrecursionlimit(),
    [repr(signal.getsignal(n)).split(" at 0x")[0] for n in range(1, 32)],
    {name: resource.getrlimit(getattr(resource, name)) for name in limits}, len(threading.enumerate()),
    type(print).__name__, sys.stdout.encoding, sys.flags.hash_randomization, os.getuid(),
    sys.stdin.readline(),
]))
"""
"""The next program: it says all that it can see of those before it."""


@dataclass(slots=True)
class Counts:
    """How many there are of what a run may leave behind."""

    processes: int
    descriptors: int
    mounts: int
    folders: int
    """Folders of the sandbox's own."""

    @classmethod
    def now(cls) -> Self:
        """Count."""
        return cls(
            len(processes()), len(os.listdir("/proc/self/fd")), len(_lines("/proc/self/mountinfo")), len(own_folders())
        )

    def most(self, other: Counts) -> Counts:
        """The larger of each."""
        return Counts(*map(max, astuple(self), astuple(other)))

    def beyond(self, before: Counts) -> list[str]:
        """What there is more of than before."""
        pairs = zip(fields(self), astuple(self), astuple(before), strict=True)
        return [f"{now - then} more {field.name}" for field, now, then in pairs if now > then]


def quiet_counts() -> Counts:
    """The largest counts of half a second in which nobody asks for anything."""
    counts = Counts.now()
    deadline = time.monotonic() + 0.5
    while time.monotonic() < deadline:
        counts = counts.most(Counts.now())
        time.sleep(0.01)
    return counts


def leftovers(before: Counts, world: World, nonce: str, settle_s: float = SETTLE_S) -> list[str]:
    """What is there that was not, and stays: each looked at again and again until it is gone or time is up."""
    until_gone = partial(settled, settle_s)
    found = until_gone(lambda: Counts.now().beyond(before))
    found += until_gone(lambda: [f"process {pid} carries the nonce" for pid in _carriers(nonce)])
    found += until_gone(world.changed_files)
    found += until_gone(lambda: [f"ipc: {line}" for line in _shared_memory()])
    return found


def settled(settle_s: float, look: Callable[[], list[str]]) -> list[str]:
    """What `look` finds, when it finds nothing more or the time is up."""
    deadline = time.monotonic() + settle_s
    while (found := look()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


def processes() -> set[int]:
    """Everyone in the arena who is not yet buried."""
    return {int(name) for name in os.listdir("/proc") if name.isdigit() and _state(name) not in ("Z", "X")}


def _state(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="latin-1").rpartition(")")[2].split()[0]
    except OSError:
        return "X"


def _carriers(nonce: str) -> list[int]:
    """Processes, ours apart, in whose command line, environ, program or working folder the nonce stands."""
    mine = os.getpid()
    return [pid for pid in processes() if pid != mine and nonce in _marks(pid)]


def _marks(pid: int) -> str:
    marks = ""
    for name in ("cmdline", "environ", "comm"):
        try:
            marks += Path(f"/proc/{pid}/{name}").read_text(encoding="latin-1")
        except OSError:
            continue
    for name in ("cwd", "exe"):
        try:
            marks += os.readlink(f"/proc/{pid}/{name}")
        except OSError:
            continue
    return marks


def _shared_memory() -> list[str]:
    lines: list[str] = []
    for kind in ("shm", "sem", "msg"):
        lines += [f"{kind} {' '.join(line.split()[:3])}" for line in _lines(f"/proc/sysvipc/{kind}")[1:]]
    return lines


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
