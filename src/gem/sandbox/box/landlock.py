"""Landlock: this process may touch these paths and no others, and nobody outside of itself.

What the running kernel does not know is left out; `abi()` says how much it knows. Source: linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from functools import cache

from gem.sandbox.box import kernel

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
ALL_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""File rights that each version handles; 4 handles those of 3."""
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | 1 << 14 | 1 << 15
"""Rights that a file can have; the others belong to folders."""
DEVICE_NODES = 1 << 6 | 1 << 11
TCP = 0b11
"""Bind and connect; from version 4."""
SIGNALS_AND_ABSTRACT_SOCKETS = 0b11
"""Of processes outside; from version 6."""

VERSION_QUERY = 1
PATH_BENEATH = 1


@cache
def abi() -> int:
    """The version that the kernel offers; 0 for none."""
    try:
        return kernel.syscall("landlock_create_ruleset", None, 0, VERSION_QUERY)
    except OSError:
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str], listed: Iterable[str] = ()) -> None:
    """Permit reading below `readable`, all but devices below `writable`, listing below `listed`, and no more.

    Needs `no_new_privileges` first, and a kernel whose `abi()` is not 0.
    """
    version = abi()
    handled = ALL_BY_ABI[max(known for known in ALL_BY_ABI if known <= version)]
    attributes = struct.pack(
        "QQQ", handled, TCP if version >= 4 else 0, SIGNALS_AND_ABSTRACT_SOCKETS if version >= 6 else 0
    )
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = kernel.syscall("landlock_create_ruleset", ctypes.create_string_buffer(attributes), size, 0)
    try:
        for path in readable:
            _permit(ruleset, path, READ_FILE | READ_DIR | EXECUTE)
        for path in listed:
            _permit(ruleset, path, READ_DIR)
        for path in writable:
            _permit(ruleset, path, handled & ~DEVICE_NODES)
        kernel.syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _permit(ruleset: int, path: str, rights: int) -> None:
    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not os.path.isdir(path):
            rights &= OF_FILES
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, fd))
        kernel.syscall("landlock_add_rule", ruleset, PATH_BENEATH, rule, 0)
    finally:
        os.close(fd)
