"""The zygote's own confinement: namespaces, and a root in which there is Python, the permitted packages and no more.

Each program's own box (`cell.py`) is built inside of it. Entered once, right after the zygote's start.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gem.sandbox.box import kernel, mounts

INSIDE_ID = 1000
"""The user and group that programs are, as they see it."""
FAR_ID = 1_990_000_000
"""The user and group that a root's programs are on the host: one that owns nothing there."""
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
PACKAGES = "/packages"
"""Where permitted packages stand inside."""

_SPACES = kernel.CLONE_NEWPID | kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS | kernel.CLONE_NEWCGROUP


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What programs may read of the host's files."""

    folders: tuple[str, ...]
    """Folders and files shown where they are: the standard library and the C libraries."""
    python: str
    """The interpreter, for programs that may start others."""
    hidden: tuple[str, ...]
    """Folders below them that are shown empty: other packages."""
    links: tuple[tuple[str, str], ...]
    """Symbolic links at the top: where each stands and what it says (`/lib` and `usr/lib`)."""
    packages: tuple[str, ...]
    """Files and folders of site-packages, shown below `PACKAGES`."""


def enter(view: View) -> int:
    """Leave the host's namespaces; afterwards this process is the first of its own, and the caller has forked away.

    Returns a descriptor of the own process namespace. Raises `OSError` where the kernel refuses.
    """
    uid, gid = os.geteuid(), os.getegid()
    helper = _mapping_helper() if uid == 0 else None
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS)
    # Opened in the new mount namespace, or they could not be bound; and by the user who can reach them.
    sources = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in (*view.folders, *view.packages, *DEVICES)}
    if helper is None:
        map_ids("self", uid, gid)
    else:
        helper()
        _change_ids()
    kernel.unshare(_SPACES)
    _become_first_process()
    own_space = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    _build_root(view, sources)
    for fd in sources.values():
        os.close(fd)
    return own_space


def id_maps(uid: int, gid: int) -> dict[str, str]:
    """What to write into which files of a process's folder in /proc, so that `INSIDE_ID` is this user and group."""
    return {"setgroups": "deny", "uid_map": f"{INSIDE_ID} {uid} 1", "gid_map": f"{INSIDE_ID} {gid} 1"}


def map_ids(process: str, uid: int, gid: int) -> None:
    """Make `INSIDE_ID` of a process's user namespace the user and group given."""
    for name, text in id_maps(uid, gid).items():
        Path("/proc", process, name).write_text(text)


def _mapping_helper() -> Callable[[], None]:
    """As root: start a helper that stays root, since only root may map to another user; call it when it is time."""
    os.setgroups([])
    far = min(FAR_ID, _highest_id())
    left, told = os.pipe()
    helper = os.fork()
    if helper == 0:
        try:
            os.close(told)
            os.read(left, 1)  # ends when the other side closes
            map_ids(str(os.getppid()), far, far)
            os._exit(0)
        finally:
            os._exit(1)
    os.close(left)

    def write_maps() -> None:
        os.close(told)
        if os.waitpid(helper, 0)[1]:
            raise OSError(1, "the user map of the namespace could not be written")

    return write_maps


def _change_ids() -> None:
    """Stop being the host's root."""
    os.setresgid(INSIDE_ID, INSIDE_ID, INSIDE_ID)
    os.setresuid(INSIDE_ID, INSIDE_ID, INSIDE_ID)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # or its own files in /proc would belong to the host's root


def _highest_id() -> int:
    """The highest user that this namespace has a name for."""
    rows = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return max(int(first) + int(count) - 1 for first, _, count in rows)


def _become_first_process() -> None:
    """Go on as process 1 of the new namespace; the old self waits, and ends as the new one does."""
    child = os.fork()
    if child == 0:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    os.closerange(0, 4096)  # above all the channel, whose end tells the host
    _, status = os.waitpid(child, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _build_root(view: View, sources: dict[str, int]) -> None:
    mounts.keep_mounts_private()
    root = Path("/tmp")
    mounts.tmpfs(str(root), megabytes=4, files=8192)
    for path in (*view.folders, *DEVICES):
        _show(sources[path], root / path.lstrip("/"))
    for path in view.packages:
        _show(sources[path], root / PACKAGES.lstrip("/") / Path(path).name)
    for path in view.hidden:
        if (root / path.lstrip("/")).is_dir():
            mounts.tmpfs(str(root / path.lstrip("/")), megabytes=1, files=1, flags=mounts.READ_ONLY)
    for place, target in view.links:
        if not (root / place.lstrip("/")).exists():
            (root / place.lstrip("/")).symlink_to(target)
    (root / "box").mkdir()
    if not (root / "tmp").exists():
        (root / "tmp").symlink_to("box/tmp")
    mounts.turn_root(str(root))
    mounts.make_read_only("/")


def _show(source: int, target: Path) -> None:
    mounts.place_for(target, is_folder=os.path.isdir(f"/proc/self/fd/{source}"))
    mounts.bind(f"/proc/self/fd/{source}", str(target))
