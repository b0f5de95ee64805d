"""Calls that Python does not offer, made through the C library: errors become `OSError`, as in `os`."""

from __future__ import annotations

import ctypes
import os
import resource

from gem.sandbox.box.syscall_numbers import NUMBERS

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

CLONE_NEWNS = 0x0002_0000
CLONE_NEWCGROUP = 0x0200_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

M_ARENA_MAX = -8

_CAPABILITY_VERSION_3 = 0x2008_0522


def syscall(name: str, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """Make one system call by name; integers are passed as 64-bit words. Raises `OSError` with its errno."""
    if name not in NUMBERS:
        raise OSError(38, f"{name} is not known on {os.uname().machine}")
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    answer = libc.syscall(ctypes.c_long(NUMBERS[name]), *words)
    if answer < 0:
        _raise(name)
    return int(answer)


def prctl(option: int, *arguments: int) -> int:
    """`prctl(2)`."""
    words = [ctypes.c_ulong(word) for word in (*arguments, 0, 0, 0, 0)[:4]]
    answer = libc.prctl(ctypes.c_int(option), *words)
    if answer < 0:
        _raise(f"prctl({option})")
    return int(answer)


def unshare(flags: int) -> None:
    """Leave the namespaces that `flags` name, for new ones of one's own."""
    if libc.unshare(ctypes.c_int(flags)) < 0:
        _raise("unshare")


def setns(fd: int, kind: int) -> None:
    """Enter the namespace behind `fd`."""
    if libc.setns(ctypes.c_int(fd), ctypes.c_int(kind)) < 0:
        _raise("setns")


def die_with_parent() -> None:
    """Have the kernel kill this process when the *thread* that started it ends."""
    prctl(PR_SET_PDEATHSIG, 9)


def drop_capabilities() -> None:
    """Give up every capability; with `no_new_privileges` for good, since nothing executed can give one back."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    if libc.capset(ctypes.byref(header), ctypes.byref(none)) < 0:
        _raise("capset")


def no_new_privileges() -> None:
    """No program that this process executes can gain what it lacks; Landlock and seccomp ask for it."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def one_malloc_arena() -> None:
    """Keep threads from reserving 64 MiB of address space each, which would count against the memory limit."""
    libc.mallopt(M_ARENA_MAX, 1)


def bound(kind: int, value: int) -> None:
    """Set a resource's limit for good, at most at the one that is inherited."""
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def _raise(what: str) -> None:
    code = ctypes.get_errno()
    raise OSError(code, f"{what}: {os.strerror(code)}")
