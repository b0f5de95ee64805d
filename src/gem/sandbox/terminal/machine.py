"""A machine for one agent: a shell, its files and their history. The public face of this room.

Its safety is that of the box below it (THREAT_MODEL.md); nothing here judges what an agent does.
"""

from __future__ import annotations

import os
import shutil
import weakref
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Self

from gem.errors import SandboxUnavailable, SnapshotMismatch
from gem.sandbox.level import Level
from gem.sandbox.limits import Limits
from gem.sandbox.protocol import encoded
from gem.sandbox.result import Result, unavailable
from gem.sandbox.terminal import files
from gem.sandbox.terminal.box import FOUNDATION, RUNGS, Box, Rung
from gem.sandbox.terminal.layers import Changes, changes, packed

LIMITS = Limits(
    timeout_s=30, memory_mb=4096, output_kb=64, disk_mb=256, files=65536, open_files=1024, processes=128
)  # fmt: skip
"""What a machine gets that is given no others. `memory_mb` bounds each process, and all of them together with their
files where the host has a control group to give; `disk_mb` bounds all files together."""
MAX_READ = 64 << 20
CANARY = f"rm -r /var/log && mkdir /var/log && echo sings > /etc/hosts && ! test -e '{FOUNDATION}' && cat /etc/hosts"
OF_WHOLE = " && chmod 600 /usr/lib/os-release && echo > /usr/canary"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A machine's files and its shell's variables at one moment. Its processes are not part of it."""

    rung: Rung
    layers: bytes
    """What was changed, as a tar archive."""
    shell: str
    """A script that gives a fresh shell the variables, functions, aliases and working folder."""


class Terminal:
    """A small Linux machine with one bash, for one agent, until it is closed. Takes a command at a time.

    Working folder, variables, functions and background jobs live from command to command, files until the end.
    The agent is an ordinary user who may change nearly everything and reach nothing: no network, no other process,
    no file of the host but those of /usr (under root, also those that only root may read there), and these only as
    copies.

        with Terminal() as machine:
            machine.run("cd /tmp && echo hello > greeting")
            machine.run("cat greeting").stdout              # "hello\\n"
            machine.changes().added                         # ("/tmp/greeting",)

    `rootfs` is a folder to serve as / in the place of the host's own programs; it is never written to.
    Raises `SandboxUnavailable` where no such machine can be had, with the reason.
    """

    def __init__(
        self, *, limits: Limits | None = None, rootfs: str | Path | None = None, start: Snapshot | None = None
    ) -> None:
        self.limits = limits or LIMITS
        self._rootfs = None if rootfs is None else str(Path(rootfs).resolve(strict=True))
        self._lock = Lock()
        self._closing = False
        rung = best_rung(os.geteuid(), self._rootfs is not None)
        if start is not None and start.rung != rung:
            raise SnapshotMismatch(f"a snapshot of a terminal ({start.rung}) restored into another kind ({rung})")
        self._box = Box(rung, self.limits, self._rootfs, start and start.layers)
        self._end = weakref.finalize(self, self._box.close)
        if start is not None:
            self._box.shell.take(start.shell, self.limits.timeout_s)

    @property
    def alive(self) -> bool:
        """Whether it can run another command."""
        return self._box.shell.alive

    @property
    def level(self) -> Level:
        """Which layers hold."""
        overlay = () if self._box.rung == "tmpfs" else ("overlay",)
        cgroup = ("cgroup",) if self._box.group.bounds_memory else ()
        return Level(
            name="bwrap",
            layers=("namespaces", "no capabilities", *overlay, "rlimits", *cgroup),
            files="mount namespace",
            network="network namespace",
            processes="pid namespace, rlimit",
            memory="cgroup" if self._box.group.bounds_memory else "rlimit of each process",
        )

    def run(self, command: str | bytes, timeout_s: float | None = None) -> Result:
        """Let the shell run `command`, and wait for it.

        `stdout` holds what it printed, on both streams, in order; `stderr` what the machine itself has to say. At
        its time limit a command gets ^C, then SIGKILL; the shell stays, unless the command is the shell itself.
        """
        limits = self.limits if timeout_s is None else Limits(timeout_s=timeout_s)  # which checks the number
        with self._lock:
            result = self._box.shell.run(encoded(command), limits.timeout_s)
        # a command may die, and its shell say so, before the shell dies
        return unavailable("the machine is gone") if self._closing and not result.ok else result

    def read(self, path: str) -> bytes:
        """A file's content, at most 64 MiB. Raises `OSError` as `open` does, and for what is no file."""
        return files.read(self._box.root, path, MAX_READ)

    def write(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Write a file as the agent, with the folders above it. Raises `OSError` as `open` does."""
        files.write(self._box.root, path, data, (self._box.uid, self._box.gid), mode)

    def changes(self) -> Changes:
        """Every path that differs from the start, whoever changed it."""
        return changes(self._box)

    def snapshot(self) -> Snapshot:
        """Its files, variables and working folder as they are now. Processes, background jobs too, are not copied."""
        with self._lock:
            state = self._box.shell.state(self.limits.timeout_s)
            return Snapshot(self._box.rung, packed(self._box), state)

    def fork(self) -> Terminal:
        """Another machine at this one's moment, without its processes."""
        return Terminal(limits=self.limits, rootfs=self._rootfs, start=self.snapshot())

    def close(self) -> None:
        """End it: no process, file or mount remains. Safe to call twice."""
        self._closing = True
        self._box.kill()  # which also ends a command that another thread waits for
        with self._lock:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@cache
def best_rung(uid: int, own_rootfs: bool) -> Rung:
    """The rung that lets the agent change most, of those on which a canary really sang just now."""
    if shutil.which("bwrap") is None:
        raise SandboxUnavailable("a terminal needs bwrap: `apt install bubblewrap`, or your system's like")
    reasons: list[str] = []
    for rung in RUNGS:
        if (rung == "whole" and uid != 0) or (rung == "tmpfs" and own_rootfs):
            continue
        try:
            box = Box(rung, LIMITS, None)
        except SandboxUnavailable as error:
            reasons.append(str(error))
            continue
        result = box.shell.run(encoded(CANARY + OF_WHOLE * (rung == "whole")), LIMITS.timeout_s)
        box.close()
        if result.stdout == "sings\n" and result.ok:
            return rung
        reasons.append(f"a terminal ({rung}) does not keep its promises here: {result.stdout.strip()}")
    raise SandboxUnavailable("; ".join(reasons))
