"""Landlock: this process may touch these paths and no others, and nobody outside of itself.

What the running kernel does not know is left out; `abi()` says how much it knows. Source: linux/landlock.h.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from functools import cache, lru_cache

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


def steps(
    readable: Iterable[str], writable: Iterable[str], listed: Iterable[str], ruleset: int, path_fd: int
) -> list[kernel.Step]:
    """Permit reading below `readable`, all but devices below `writable`, listing below `listed`, and no more.

    `ruleset` and `path_fd` are the descriptors that will be free by then, in this order. Needs `no_new_privileges`
    first, and a kernel whose `abi()` is not 0.
    """
    version = abi()
    handled = ALL_BY_ABI[max(known for known in ALL_BY_ABI if known <= version)]
    network, scopes = TCP if version >= 4 else 0, SIGNALS_AND_ABSTRACT_SOCKETS if version >= 6 else 0
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    attributes = struct.pack("QQQ", handled, network, scopes)
    made = [kernel.step("landlock_create_ruleset", attributes, size, 0, gives=ruleset)]
    for paths, rights in (
        (readable, READ_FILE | READ_DIR | EXECUTE),
        (listed, READ_DIR),
        (writable, handled & ~DEVICE_NODES),
    ):
        for path in paths:
            made += _permitting(path, rights if _is_folder(path) else rights & OF_FILES, ruleset, path_fd)
    return [*made, kernel.step("landlock_restrict_self", ruleset, 0), kernel.step("close", ruleset)]


@lru_cache(maxsize=4096)
def _permitting(path: str, rights: int, ruleset: int, path_fd: int) -> tuple[kernel.Step, ...]:
    """One rule; those of the view are the same for every program."""
    rule = struct.pack("=Qi", rights, path_fd)
    return (
        kernel.step("openat", kernel.AT_FDCWD, os.fsencode(path), os.O_PATH | os.O_CLOEXEC, 0, gives=path_fd),
        kernel.step("landlock_add_rule", ruleset, PATH_BENEATH, rule, 0),
        kernel.step("close", path_fd),
    )


def restrict(readable: Iterable[str], writable: Iterable[str], listed: Iterable[str] = ()) -> None:
    """Do it at once."""
    first, second = os.open("/", os.O_PATH), os.open("/", os.O_PATH)
    os.close(first)
    os.close(second)
    kernel.take(steps(readable, writable, listed, first, second))


def _is_folder(path: str) -> bool:
    """Whether rules for folders fit; what is not here yet is one."""
    return not os.path.exists(path) or os.path.isdir(path)
