"""Files of a machine whose agent may have set traps: links out of it, pipes, devices. Reads and writes, no more.

Every path is looked up by the kernel as inside the machine (openat2, RESOLVE_IN_ROOT): a link to /etc/shadow
means the machine's own, however cleverly it is swapped.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
from collections.abc import Generator
from pathlib import PurePosixPath

OPENAT2, RESOLVE_IN_ROOT = 437, 0x10
SAFELY = os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
_libc = ctypes.CDLL(None, use_errno=True)


def read(root: int, path: str, limit: int) -> bytes:
    """The first `limit` bytes of a file. Raises `OSError` as `open` does, and for what is no file."""
    with _opened(root, path, os.O_RDONLY) as descriptor, os.fdopen(descriptor, "rb") as file:
        return file.read(limit)


def write(root: int, path: str, data: bytes, owner: tuple[int, int], mode: int) -> None:
    """Write a file as the agent would, with the folders above it. Raises `OSError` as `open` does."""
    with _acting_as(owner):
        _make_folders(root, path)
        with _opened(root, path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode) as descriptor:
            os.fchmod(descriptor, mode)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)


@contextlib.contextmanager
def _opened(root: int, path: str, flags: int, mode: int = 0) -> Generator[int]:
    """A descriptor of a regular file, which the caller closes."""
    descriptor = _open(root, path, flags | SAFELY, mode)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path} is no file")
    yield descriptor


def _make_folders(root: int, path: str) -> None:
    above = "/"
    for name in PurePosixPath("/", path).parts[1:-1]:
        folder = _open(root, above, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, 0o755, dir_fd=folder)
        finally:
            os.close(folder)
        above = f"{above}/{name}"


def _open(root: int, path: str, flags: int, mode: int = 0) -> int:
    how = (ctypes.c_uint64 * 3)(flags, mode, RESOLVE_IN_ROOT)
    descriptor = _libc.syscall(OPENAT2, root, os.fsencode(path), how, ctypes.c_size_t(ctypes.sizeof(how)))
    if descriptor < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), path)
    return int(descriptor)


@contextlib.contextmanager
def _acting_as(owner: tuple[int, int]) -> Generator[None]:
    """Files that this thread makes meanwhile belong to `owner`, and it may do no more than that one."""
    uid, gid = owner
    if os.geteuid() != 0:
        yield
        return
    _libc.setfsgid(gid)
    _libc.setfsuid(uid)
    try:
        yield
    finally:
        _libc.setfsuid(0)
        _libc.setfsgid(0)
