"""One program's confinement, put on by its process before it is given anything to run.

Order matters: the box is mounted while there are still rights to mount; then the rights go, then Landlock (whose
rules name what is mounted), and at last the system calls.
"""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass

from gem.sandbox.box import kernel, landlock, mounts, seccomp
from gem.sandbox.box.jail import DEVICES, INSIDE_ID, PACKAGES, View, map_ids

BOX = "/box"
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


def confine(shape: Shape, layers: Layers, view: View, folder: str, proc: int | None) -> str:
    """Put it all on; returns the working folder. `folder` is the program's own where there are no namespaces."""
    os.setsid()
    kernel.die_with_parent()
    if layers.namespaces:
        _mount_box(shape, proc)
        folder = BOX
    work, temporary = f"{folder}/work", f"{folder}/tmp"
    os.mkdir(work)
    os.mkdir(temporary)
    os.chdir(work)
    if os.environ.get("HOME") != work:
        name_folders(work, temporary)
    kernel.drop_capabilities()
    kernel.no_new_privileges()
    if layers.landlock:
        _lock_files(layers, view, folder)
    if layers.namespaces:
        tasks = 1 + (shape.processes or THREADS)
        kernel.bound(resource.RLIMIT_NPROC, tasks)
    for kind, most in KERNEL_BOUNDS:
        kernel.bound(kind, most)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)  # nobody of the same user may look into its memory
    return work


def name_folders(work: str, temporary: str) -> None:
    """Tell programs where they are."""
    os.environ.update(HOME=work, PWD=work, TMPDIR=temporary)


def forbid_calls(shape: Shape, layers: Layers) -> None:
    """The last layer: from here on only the calls of the policy."""
    seccomp.install(seccomp.filter_program(os.getpid(), shape.processes > 0, shape.keeps_state, not layers.namespaces))


def _mount_box(shape: Shape, proc: int | None) -> None:
    """A file system of one's own at `/box`; then a user namespace of one's own, in which threads are counted."""
    kernel.unshare(kernel.CLONE_NEWNS)
    flags = mounts.NOSUID | mounts.NODEV | mounts.NOEXEC
    mounts.tmpfs(BOX, shape.disk_mb, shape.files + 4, flags)
    if proc is not None:
        kernel.unshare(kernel.CLONE_NEWUSER)
        map_ids("self", INSIDE_ID, INSIDE_ID, proc)


def _lock_files(layers: Layers, view: View, folder: str) -> None:
    if layers.namespaces:  # the root holds nothing but what may be read
        landlock.restrict(readable=["/"], writable=[folder, "/dev"])
    else:
        readable, listed = _readable(view)
        landlock.restrict(readable=readable, writable=[folder, *DEVICES], listed=listed)


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
