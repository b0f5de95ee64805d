"""One program's confinement, put on by its process before it is given anything to run.

Order matters: the box is mounted while there are still rights to mount; then the rights go, then Landlock (whose
rules name what is mounted), and at last the system calls.
"""

from __future__ import annotations

import os
import resource
import signal
import struct
from dataclasses import dataclass
from functools import cache, lru_cache

from gem.sandbox.box import kernel, landlock, mounts, seccomp
from gem.sandbox.box.jail import DEVICES, INSIDE_ID, PACKAGES, View, id_maps

BOX = "/box"
CHANNEL_FD, PROC_FD = 10, 11
"""Where a zygote's fork finds its end of the channel, and /proc."""
FREE_FDS = (3, 4)
"""The lowest descriptors that are free while it confines itself."""
LAST_FD = 0xFFFF_FFFF
THREADS = 256
"""How many a program may have that starts no processes; of one that may, each counts as a process."""

KERNEL_BOUNDS = (
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_MEMLOCK, 0),
    (resource.RLIMIT_MSGQUEUE, 0),
    (resource.RLIMIT_SIGPENDING, 256),
)
"""What a program may have of things that the kernel keeps for it: no core files, few timers and signals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What must be known of a program's limits when its box is built."""

    disk_mb: int
    files: int
    processes: int
    keeps_state: bool = False
    """Whether it is to be a session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """Which of the kernel's means are in use."""

    namespaces: bool
    landlock: bool
    seccomp: bool


@lru_cache(maxsize=16)
def steps(shape: Shape, layers: Layers, view: View, folder: str) -> tuple[kernel.Step, ...]:
    """The whole confinement but for the last layer, as the calls that a fork makes.

    `folder` is the program's own: `BOX`, or one of the host's where there are no namespaces.
    """
    made = [
        kernel.step("setsid"),
        kernel.step("prctl", kernel.PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0),
        kernel.step("close_range", min(FREE_FDS), CHANNEL_FD - 1, 0),
        kernel.step("close_range", PROC_FD + 1, LAST_FD, 0),
    ]
    if layers.namespaces:
        made += _box(shape)
    for name in ("work", "tmp"):
        made.append(kernel.step("mkdirat", kernel.AT_FDCWD, f"{folder}/{name}".encode(), 0o755))
    made += [kernel.step("chdir", f"{folder}/work".encode()), kernel.step("close", PROC_FD), *kernel.rights_away()]
    if layers.landlock:
        made += _locked_files(layers, view, folder)
    tasks = [(resource.RLIMIT_NPROC, 1 + (shape.processes or THREADS))] if layers.namespaces else []
    made += [_bound(kind, most) for kind, most in (*KERNEL_BOUNDS, *tasks)]
    made.append(kernel.step("prctl", kernel.PR_SET_DUMPABLE, 0, 0, 0, 0))  # none of the same user may look into it
    return tuple(made)


def name_folders(folder: str) -> str:
    """Tell programs where they are; the working folder."""
    work = f"{folder}/work"
    if os.environ.get("HOME") != work:
        os.environ.update(HOME=work, PWD=work, TMPDIR=f"{folder}/tmp")
    return work


def filter_of(shape: Shape, layers: Layers, pid: int) -> kernel.Step:
    """The last layer: from there on only the calls of the policy. `pid` is the program's own."""
    program = seccomp.filter_program(pid, shape.processes > 0, shape.keeps_state, not layers.namespaces)
    return seccomp.install_step(program)


def _box(shape: Shape) -> list[kernel.Step]:
    """A file system of one's own at `BOX`; then a user namespace of one's own, in which threads are counted."""
    flags = mounts.NOSUID | mounts.NODEV | mounts.NOEXEC
    size = mounts.tmpfs_options(shape.disk_mb, shape.files + 4).encode()
    made = [
        kernel.step("unshare", kernel.CLONE_NEWNS),
        kernel.step("mount", b"tmpfs", BOX.encode(), b"tmpfs", flags, size),
        kernel.step("unshare", kernel.CLONE_NEWUSER),
    ]
    fd = FREE_FDS[0]
    for name, text in id_maps(INSIDE_ID, INSIDE_ID).items():
        made += [
            kernel.step("openat", PROC_FD, f"self/{name}".encode(), os.O_WRONLY, 0, gives=fd),
            kernel.step("write", fd, text.encode(), len(text), gives=len(text)),
            kernel.step("close", fd),
        ]
    return made


def _locked_files(layers: Layers, view: View, folder: str) -> list[kernel.Step]:
    if layers.namespaces:  # the root holds nothing but what may be read
        return landlock.steps(["/"], [folder, "/dev"], [], *FREE_FDS)
    readable, listed = _readable(view)
    return landlock.steps(readable, [folder, *DEVICES], listed, *FREE_FDS)


def _bound(kind: int, most: int) -> kernel.Step:
    """A resource's limit, set for good."""
    value = kernel.bounded(kind, most)
    return kernel.step("prlimit64", 0, kind, struct.pack("QQ", value, value), None)


@cache
def _readable(view: View) -> tuple[list[str], list[str]]:
    """The view as rules, which can only permit: around what is hidden, each neighbour by name."""
    readable: list[str] = list(view.packages)
    listed: list[str] = [os.path.dirname(path) for path in view.packages]
    waiting = [os.path.realpath(path) for path in view.folders]
    while waiting:
        path = waiting.pop()
        if path in view.hidden:
            continue
        if any(hidden.startswith(f"{path}/") for hidden in view.hidden):
            listed.append(path)
            waiting += [entry.path for entry in os.scandir(path)]
        else:
            readable.append(path)
    return readable, listed


def package_folders(layers: Layers, view: View) -> list[str]:
    """Where a program's imports look for the permitted packages."""
    if not view.packages:
        return []
    return [PACKAGES] if layers.namespaces else sorted({os.path.dirname(path) for path in view.packages})
