"""Mounting, as far as the box needs it. Nothing here decides what a program may see."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from pathlib import Path

from gem.sandbox.box import kernel

READ_ONLY, NOSUID, NODEV, NOEXEC, NOATIME, RELATIME = 1, 2, 4, 8, 1024, 1 << 21
REMOUNT, BIND, RECURSIVE, PRIVATE = 32, 4096, 16384, 1 << 18
DETACH = 2
AT_RECURSIVE = 0x8000
READ_ONLY_ATTRIBUTE, NOSUID_ATTRIBUTE = 1, 2

_KEPT = {
    os.ST_NOSUID: NOSUID,
    os.ST_NODEV: NODEV,
    os.ST_NOEXEC: NOEXEC,
    os.ST_NOATIME: NOATIME,
    os.ST_RDONLY: READ_ONLY,
}


def mount(source: str, target: str, kind: str | None = None, flags: int = 0, options: str = "") -> None:
    """`mount(2)`."""
    answer = kernel.libc.mount(
        source.encode(),
        os.fsencode(target),
        kind.encode() if kind else None,
        ctypes.c_ulong(flags),
        options.encode() or None,
    )
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"mount {kind or source} on {target}: {os.strerror(code)}")


def keep_mounts_private() -> None:
    """What is mounted from here on stays in this mount namespace."""
    mount("none", "/", None, RECURSIVE | PRIVATE)


def bind(source: str, target: str) -> None:
    """Show `source` (a path, or `/proc/self/fd/N` of one that can no longer be reached) at `target`, read-only.

    With all that is mounted below it, from Linux 5.12 on; before that, what is mounted below keeps its own rights.
    """
    mount(source, target, None, BIND | RECURSIVE)
    try:
        _set_attributes(target, READ_ONLY_ATTRIBUTE | NOSUID_ATTRIBUTE)
    except OSError as error:
        if error.errno != errno.ENOSYS:
            raise
        found = os.statvfs(target).f_flag  # flags that the source's mount has are locked in a user namespace
        flags = sum(ours for theirs, ours in _KEPT.items() if found & theirs)
        mount("none", target, None, REMOUNT | BIND | READ_ONLY | NOSUID | flags)


def _set_attributes(target: str, attributes: int) -> None:
    """`mount_setattr(2)` on a mount and all below it."""
    path = ctypes.create_string_buffer(os.fsencode(target))
    wanted = ctypes.create_string_buffer(struct.pack("QQQQ", attributes, 0, 0, 0), 32)
    kernel.syscall("mount_setattr", kernel.AT_FDCWD, path, AT_RECURSIVE, wanted, 32)


def tmpfs(target: str, megabytes: int, files: int, flags: int = NOSUID | NODEV) -> None:
    """An empty file system in memory, bounded in size and in number of files."""
    mount("tmpfs", target, "tmpfs", flags, tmpfs_options(megabytes, files))


def tmpfs_options(megabytes: int, files: int) -> str:
    """The bounds of a file system in memory, as mount takes them."""
    return f"size={megabytes}m,nr_inodes={files},mode=755"


def make_read_only(target: str) -> None:
    """Nothing on this mount can be changed any more."""
    mount("none", target, None, REMOUNT | BIND | READ_ONLY | NOSUID | NODEV)


def turn_root(new_root: str) -> None:
    """Make `new_root` the root, and let go of the old one."""
    os.chdir(new_root)
    dot = ctypes.create_string_buffer(b".")
    kernel.syscall("pivot_root", dot, dot)  # the old root now lies over the new one
    if kernel.libc.umount2(b".", DETACH) < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"umount the old root: {os.strerror(code)}")
    os.chdir("/")


def place_for(target: Path, is_folder: bool) -> None:
    """Make an empty folder or file to mount on."""
    if is_folder:
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
