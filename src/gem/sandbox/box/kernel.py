"""Calls that Python does not offer, made through the C library: errors become `OSError`, as in `os`."""

from __future__ import annotations

import ctypes
import os
import resource
import struct
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from gem.sandbox.box.syscall_numbers import NUMBERS

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
_python = ctypes.PyDLL(None)
"""The same library, called without letting go of the interpreter."""

Word = int | bytes | ctypes.Array[ctypes.c_char] | None
"""An argument: a number, a text (a pointer to a copy of it), memory of one's own, or a null pointer."""

AT_FDCWD = -100

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

CAPABILITY_VERSION_3 = 0x2008_0522


def syscall(name: str, *arguments: Word) -> int:
    """Make one system call by name; integers are passed as 64-bit words. Raises `OSError` with its errno."""
    if name not in NUMBERS:
        raise OSError(38, f"{name} is not known on {os.uname().machine}")
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    answer = libc.syscall(ctypes.c_long(NUMBERS[name]), *words)
    if answer < 0:
        _raise(name)
    return int(answer)


class Step(NamedTuple):
    """A system call whose arguments stand ready, so that a fresh fork can make it without touching much memory.

    Every page that a fork writes to, if only to count a reference, is copied first; confinement is forty calls.
    """

    name: str
    arguments: tuple[Word, ...]
    call: Callable[[], int]
    gives: int | None
    """What it must answer: the number of the descriptor that later steps go by; None for anything but an error."""


def step(name: str, *arguments: Word, gives: int | None = None) -> Step:
    """Prepare a system call. Raises `OSError` where this machine has none of this name."""
    if name not in NUMBERS:
        raise OSError(38, f"{name} is not known on {os.uname().machine}")
    words = [ctypes.c_long(word) if isinstance(word, int) else _buffer(word) for word in arguments]
    return Step(name, arguments, partial(libc.syscall, ctypes.c_long(NUMBERS[name]), *words), gives)


def take(steps: Iterable[Step]) -> None:
    """Make these calls in order. Raises `OSError` at the first that fails."""
    for name, _, call, gives in steps:
        answer = call()
        if answer < 0:
            _raise(name)
        if gives is not None and answer != gives:
            raise OSError(9, f"{name} answers {answer} in place of {gives}")


def prctl(option: int, *arguments: int) -> int:
    """`prctl(2)`."""
    return syscall("prctl", *(option, *arguments, 0, 0, 0, 0)[:5])


def unshare(flags: int) -> None:
    """Leave the namespaces that `flags` name, for new ones of one's own."""
    if libc.unshare(ctypes.c_int(flags)) < 0:
        _raise("unshare")


def setns(fd: int, kind: int) -> None:
    """Enter the namespace behind `fd`."""
    if libc.setns(ctypes.c_int(fd), ctypes.c_int(kind)) < 0:
        _raise("setns")


def fork() -> int:
    """`fork` for a process of one thread that holds no lock: without what Python does for the others after it."""
    return int(_python.fork())


def rights_away() -> list[Step]:
    """Give up every capability; for good, since nothing that is executed afterwards can give one back."""
    version = struct.pack("II", CAPABILITY_VERSION_3, 0)
    return [
        step("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0),
        step("capset", version, bytes(24)),
        step("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
    ]


def no_new_privileges() -> None:
    """No program that this process executes can gain what it lacks; Landlock and seccomp ask for it."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def one_malloc_arena() -> None:
    """Keep threads from reserving 64 MiB of address space each, which would count against the memory limit."""
    libc.mallopt(M_ARENA_MAX, 1)


def bounded(kind: int, most: int) -> int:
    """A limit as far as the inherited one permits it."""
    _, hard = resource.getrlimit(kind)
    return most if hard == resource.RLIM_INFINITY else min(most, hard)


def bound(kind: int, most: int) -> None:
    """Set a resource's limit for good, at most at the one that is inherited."""
    value = bounded(kind, most)
    resource.setrlimit(kind, (value, value))


def _buffer(content: bytes | ctypes.Array[ctypes.c_char] | None) -> ctypes.Array[ctypes.c_char] | None:
    """Memory with this content, and a zero after it."""
    return ctypes.create_string_buffer(content) if isinstance(content, bytes) else content


def _raise(what: str) -> None:
    code = ctypes.get_errno()
    raise OSError(code, f"{what}: {os.strerror(code)}")
