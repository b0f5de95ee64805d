"""The system call filter: from the policy's names to a BPF program, and into the kernel.

The program first refuses a foreign machine (the 32-bit entries of x86 have numbers of their own), then searches
the number in a binary tree. Source: linux/seccomp.h, linux/filter.h, linux/audit.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Iterable
from functools import cache

from gem.sandbox.box import kernel
from gem.sandbox.box.syscall_numbers import NUMBERS, numbers
from gem.sandbox.box.syscall_policy import (
    FREE,
    MACHINE_FAMILIES,
    MACHINE_REFUSED,
    REFUSED,
    WITH_PROCESSES,
    WITHOUT_NAMESPACES,
)

AUDIT_ARCH = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
X32_BIT = 0x4000_0000

LOAD, JUMP, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x05, 0x15, 0x35, 0x45, 0x06
LONGEST_JUMP = 255
NR_AT, ARCH_AT, ARGUMENTS_AT = 0, 4, 16

ALLOW = 0x7FFF_0000
KILL_PROCESS = 0x8000_0000
ASK_SUPERVISOR = 0x7FC0_0000
ERRNO = 0x0005_0000
REFUSE = ERRNO | errno.EPERM
UNKNOWN = ERRNO | errno.ENOSYS
NO_TERMINAL = ERRNO | errno.ENOTTY
NO_FAMILY = ERRNO | errno.EAFNOSUPPORT

SET_MODE_FILTER = 1
NEW_LISTENER = 1 << 3

CLONE_THREAD = 0x0001_0000
NEW_NAMESPACES = 0x7E02_0080
AF_UNIX = 1
DEADLY = (4, 6, 7, 8, 9, 11)
"""SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGSEGV: what Python has no handlers for."""
SAFE_PRCTL = (3, 15, 16, 23, 39)
"""Read dumpable, set and get the thread's name, read the bounding set, read no_new_privs."""
SAFE_IOCTL = (0x5401, 0x5413, 0x5421, 0x541B, 0x5450, 0x5451)
"""TCGETS, TIOCGWINSZ, FIONBIO, FIONREAD, FIONCLEX, FIOCLEX: what files are asked when they are opened."""
TYPING_IOCTL = (0x5412, 0x541C)
"""TIOCSTI, TIOCLINUX: typing into a terminal for somebody else."""
SIGNALLING_FCNTL = (8, 10, 15, 1024, 1026)
"""F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY: ways to have the kernel send a signal."""


def instruction(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One `struct sock_filter`; the jumps skip that many instructions."""
    return struct.pack("HBBI", code, if_true, if_false, operand)


def answer(action: int) -> bytes:
    """End of the program: what becomes of the call."""
    return instruction(RETURN, action)


@cache
def filter_program(
    own_pid: int,
    processes: bool = False,
    forks: bool = False,
    host_files: bool = False,
    machine: str | None = None,
) -> bytes:
    """The whole filter. `own_pid` is the only process that may be signalled, unless `processes` may be started.

    `forks` leaves it to another filter whether a process may be copied; copies may not signal one another.
    `host_files` says that the host's files can be named.
    """
    machine = machine or os.uname().machine
    known = NUMBERS if machine == os.uname().machine else numbers(machine)
    blocks: dict[int, list[bytes]] = {}
    for names, block in (
        (REFUSED, [answer(REFUSE)]),
        (FREE, [answer(ALLOW)]),
        (WITH_PROCESSES if processes else "", [answer(ALLOW)]),
        (WITHOUT_NAMESPACES if host_files else "", [answer(REFUSE)]),
        *_guards(own_pid, processes, forks).items(),
    ):
        blocks |= {known[name]: block for name in names.split() if name in known}
    return b"".join([*_head(machine), *_search(_segments(blocks, answer(UNKNOWN)))])


def machine_program(machine: str | None = None) -> bytes:
    """A filter for a machine that an agent types on: all is allowed but what reaches into the kernel or beyond it."""
    machine = machine or os.uname().machine
    known = numbers(machine)
    blocks = {known[name]: [answer(REFUSE)] for name in MACHINE_REFUSED.split() if name in known}
    blocks[known["socket"]] = _one_of(0, MACHINE_FAMILIES, NO_FAMILY)
    blocks[known["ioctl"]] = _none_of(1, TYPING_IOCTL)
    return b"".join([*_head(machine), *_search(_segments(blocks, answer(ALLOW)))])


def install(program: bytes) -> None:
    """Put this thread, and all it will start, under the filter for good. Needs `no_new_privileges` first."""
    kernel.take([install_step(program)])


@cache
def install_step(program: bytes) -> kernel.Step:
    """The same, made ready."""
    return kernel.step("seccomp", SET_MODE_FILTER, 0, _described(program))


def install_with_listener(program: bytes) -> int:
    """The same for a filter that answers `ASK_SUPERVISOR`: a descriptor on which the supervisor is asked."""
    return kernel.syscall("seccomp", SET_MODE_FILTER, NEW_LISTENER, _described(program))


def fork_permit_program(machine: str | None = None) -> bytes:
    """A second filter: the start of a process is put before the supervisor, all else is allowed."""
    machine = machine or os.uname().machine
    known = numbers(machine)
    program = [instruction(LOAD, NR_AT)]
    for name in ("fork", "vfork"):
        if name in known:
            program += [instruction(EQUAL, known[name], 0, 1), answer(REFUSE)]
    threads = [instruction(LOAD, ARGUMENTS_AT), instruction(ANY_BIT, CLONE_THREAD, 0, 1), answer(ALLOW)]
    program += [instruction(EQUAL, known["clone"], 0, len(threads) + 1), *threads, answer(ASK_SUPERVISOR)]
    return b"".join([*program, answer(ALLOW)])


def _head(machine: str) -> list[bytes]:
    """Kill who calls as another machine; load the number for the rest."""
    return [
        instruction(LOAD, ARCH_AT),
        instruction(EQUAL, AUDIT_ARCH[machine], 1, 0),
        answer(KILL_PROCESS),
        instruction(LOAD, NR_AT),
        instruction(AT_LEAST, X32_BIT, 0, 1),
        answer(KILL_PROCESS),
    ]


_programs: dict[bytes, ctypes.Array[ctypes.c_char]] = {}
"""Programs in memory, kept for those that point to them."""


def _described(program: bytes) -> ctypes.Array[ctypes.c_char]:
    """A `struct sock_fprog`: the number of instructions, then a pointer to them."""
    code = _programs.setdefault(program, ctypes.create_string_buffer(program, len(program)))
    return ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(code)))


def _guards(own_pid: int, processes: bool, forks: bool) -> dict[str, list[bytes]]:
    """For each guarded call, the instructions that look at its arguments; each list ends with an answer."""
    return {
        "clone": _clone(processes or forks),
        "kill": _signals(own_pid, processes, forks, number_at=1),
        "tgkill": _signals(own_pid, processes, forks, number_at=2),
        "prctl": _one_of(0, SAFE_PRCTL),
        "prlimit64": _one_of(0, (0,) if forks else (0, own_pid)),
        "sendto": _no_address(),
        "socketpair": _one_of(0, (AF_UNIX,)),
        "ioctl": _one_of(1, SAFE_IOCTL, NO_TERMINAL),
        "fcntl": _none_of(1, SIGNALLING_FCNTL),
    }


def _clone(processes: bool) -> list[bytes]:
    """New threads, or processes where those may be; never with namespaces of their own."""
    spaces = [instruction(LOAD, ARGUMENTS_AT), instruction(ANY_BIT, NEW_NAMESPACES, 0, 1), answer(REFUSE)]
    if processes:
        return [*spaces, answer(ALLOW)]
    return [*spaces, instruction(ANY_BIT, CLONE_THREAD, 0, 1), answer(ALLOW), answer(REFUSE)]


def _signals(own_pid: int, processes: bool, forks: bool, number_at: int) -> list[bytes]:
    """Signals to anyone among processes of one's own, to nobody among branches of a session, else to oneself.

    Deadly ones to oneself are done here: the kernel would spare the first process of a namespace.
    """
    if processes:
        return [answer(ALLOW)]
    if forks:
        return [answer(REFUSE)]
    deadly = [step for number in DEADLY for step in (instruction(EQUAL, number, 0, 1), answer(KILL_PROCESS))]
    return [
        instruction(LOAD, ARGUMENTS_AT),
        instruction(EQUAL, own_pid, 1, 0),
        answer(REFUSE),
        instruction(LOAD, ARGUMENTS_AT + 8 * number_at),
        *deadly,
        answer(ALLOW),
    ]


def _no_address() -> list[bytes]:
    """Sending to the other end only: an address would name a socket of the host by its path."""
    low = ARGUMENTS_AT + 8 * 4
    return [
        instruction(LOAD, low),
        instruction(EQUAL, 0, 1, 0),
        answer(REFUSE),
        instruction(LOAD, low + 4),
        instruction(EQUAL, 0, 1, 0),
        answer(REFUSE),
        answer(ALLOW),
    ]


def _one_of(argument: int, values: Iterable[int], otherwise: int = REFUSE) -> list[bytes]:
    """Allow these values of an argument's low word, whose high word must be zero where it could be a pid."""
    checks = [instruction(LOAD, ARGUMENTS_AT + 8 * argument)]
    for value in values:
        checks += [instruction(EQUAL, value & 0xFFFF_FFFF, 0, 1), answer(ALLOW)]
    return [*checks, answer(otherwise)]


def _none_of(argument: int, values: Iterable[int]) -> list[bytes]:
    checks = [instruction(LOAD, ARGUMENTS_AT + 8 * argument)]
    for value in values:
        checks += [instruction(EQUAL, value, 0, 1), answer(REFUSE)]
    return [*checks, answer(ALLOW)]


def _segments(blocks: dict[int, list[bytes]], otherwise: bytes) -> list[tuple[int, list[bytes]]]:
    """The numbers cut into runs that share a block: where each run begins, and its block."""
    segments = [(0, [otherwise])]
    for number in range(max(blocks) + 2):
        block = blocks.get(number, [otherwise])
        if block != segments[-1][1]:
            segments.append((number, block))
    return segments


def _search(segments: list[tuple[int, list[bytes]]]) -> list[bytes]:
    """A binary search for the segment of the loaded number: quick to run, and quick for the kernel to load."""
    if len(segments) == 1:
        return segments[0][1]
    middle = len(segments) // 2
    lower, upper = _search(segments[:middle]), _search(segments[middle:])
    first = segments[middle][0]
    if len(lower) <= LONGEST_JUMP:
        return [instruction(AT_LEAST, first, len(lower), 0), *lower, *upper]
    return [instruction(AT_LEAST, first, 0, 1), instruction(JUMP, len(lower)), *lower, *upper]
