"""The two conversations of the sandbox, each on a SEQPACKET socket that keeps messages apart and carries descriptors.

Host and zygote speak JSON: spawn, spare, ended. Host and program's harness: a `Request` with its descriptors one way, a
`Report` the other, both of fixed size: reading them costs a fresh fork little, and the second may be the program's.
"""

from __future__ import annotations

import array
import json
import socket
import struct
from typing import Any, Literal, NamedTuple, get_args

MAX_MESSAGE = 1 << 16
MAX_DESCRIPTORS = 8
SHORT = 1 << 15
"""Bytes of program that travel in a request; a longer one comes as a fourth descriptor."""

READY, DONE, BROKEN, LAST = 1, 2, 3, 4
"""A harness is ready for a request; a request is done; the box could not be built (a text follows); a request is
done, and the harness is not fit for another."""

UNTOLD, MEMORY_LIMIT, DISK_LIMIT = 0, 1, 2
"""Which bound a program ran into, as its harness saw it."""

Kind = Literal["program", "test", "cell", "fork"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_REQUEST = struct.Struct("<BQQQd")
_REPORT = struct.Struct("<BiBdI")
_SPACE = socket.CMSG_SPACE(MAX_DESCRIPTORS * array.array("i").itemsize)
_CREDENTIALS = struct.Struct("iII")


class Request(NamedTuple):
    """What the host asks of a harness, under which limits; its files travel beside it."""

    kind: Kind
    memory: int = 0
    """Bytes of address space on top of the zygote's."""
    file_size: int = 0
    """Bytes in a file."""
    open_files: int = 0
    cpu_s: float = 0.0
    """Seconds of processor time; 0 for no limit."""

    def packed(self) -> bytes:
        """The bytes that travel."""
        return _REQUEST.pack(KINDS.index(self.kind), *self[1:])


class Report(NamedTuple):
    """What a harness says of a request; a program can forge it, and so gains no more than by `os._exit`."""

    kind: int
    exit_code: int = 0
    limit: int = UNTOLD
    cpu_s: float = 0.0
    rss_kb: int = 0

    def packed(self) -> bytes:
        """The bytes that travel."""
        return _REPORT.pack(*self)


def report_of(message: bytes) -> Report | None:
    """The report in a message; None for anything else."""
    if len(message) != _REPORT.size:
        return None
    return Report(*_REPORT.unpack(message))


def broken(error: BaseException) -> bytes:
    """The word of a harness that could not be made ready."""
    return Report(BROKEN).packed() + repr(error).encode()[:1000]


def complaint(word: bytes) -> str:
    """Why a harness is not ready, by its word; "" if it is."""
    report = report_of(word)
    if report is not None and report.kind == READY:
        return ""
    return word[_REPORT.size :].decode(errors="replace") or "its process has died"


def ask(channel: socket.socket, request: Request, descriptors: list[int], code: bytes = b"") -> None:
    """Send a request, with a program of at most `SHORT` bytes; never waits for room in the channel."""
    channel.sendmsg([request.packed(), code], rights(descriptors), socket.MSG_DONTWAIT)


def asked(channel: socket.socket) -> tuple[Request, bytes, list[int]] | None:
    """The next request, its program and its descriptors; None when the host is gone."""
    data, controls, _, _ = channel.recvmsg(MAX_MESSAGE, _SPACE, socket.MSG_CMSG_CLOEXEC)
    if not data:
        return None
    kind, *rest = _REQUEST.unpack_from(data)
    return Request(KINDS[kind], *rest), data[_REQUEST.size :], _descriptors(controls)


def send(channel: socket.socket, message: dict[str, Any], descriptors: list[int] | None = None) -> None:
    """Send one message; its descriptors are copied into the receiver."""
    channel.sendmsg([json.dumps(message).encode()], rights(descriptors or []))


def rights(descriptors: list[int]) -> list[tuple[int, int, array.array[int]]]:
    """What goes beside a message to copy these descriptors into its receiver."""
    return [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []


class Word(NamedTuple):
    """A message of a harness as it came: who sent it is the kernel's word, what it says is the program's."""

    data: bytes
    descriptors: list[int]
    pid: int
    """The sender in the receiver's count; 0 if the socket was not made to say so."""


def hear(channel: socket.socket) -> Word:
    """The next message of a harness; without data if it is gone."""
    space = _SPACE + socket.CMSG_SPACE(_CREDENTIALS.size)
    data, controls, _, _ = channel.recvmsg(MAX_MESSAGE, space, socket.MSG_CMSG_CLOEXEC)
    pids = [_CREDENTIALS.unpack(content)[0] for _, kind, content in controls if kind == socket.SCM_CREDENTIALS]
    return Word(data, _descriptors(controls), pids[0] if pids else 0)


def receive(channel: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next message and its descriptors; None when the other side is gone."""
    data, controls, _, _ = channel.recvmsg(MAX_MESSAGE, _SPACE, socket.MSG_CMSG_CLOEXEC)
    return (json.loads(data), _descriptors(controls)) if data else None


def _descriptors(controls: list[tuple[int, int, bytes]]) -> list[int]:
    found = array.array("i")
    for level, kind, content in controls:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            found.frombytes(content[: len(content) - len(content) % found.itemsize])
    return list(found)
