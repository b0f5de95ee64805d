"""The two conversations of the sandbox, each on a SEQPACKET socket that keeps messages apart and carries descriptors.

Host and zygote speak JSON: spawn, spare, ended. Host and program's harness: a JSON request with its descriptors one
way; the other way a `Report` of fixed size, since what comes back may be written by the program itself.
"""

from __future__ import annotations

import array
import json
import socket
import struct
from typing import Any, NamedTuple

MAX_MESSAGE = 1 << 16
MAX_DESCRIPTORS = 8

READY, DONE, BROKEN = 1, 2, 3
"""A harness is ready for a request; a request is done; the box could not be built (a text follows)."""

UNTOLD, CPU_LIMIT, MEMORY_LIMIT, DISK_LIMIT, PROCESS_LIMIT = 0, 1, 2, 3, 4
"""Which bound a program ran into, as its harness saw it."""

_REPORT = struct.Struct("<BiBdI")


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


def send(channel: socket.socket, message: dict[str, Any], descriptors: list[int] | None = None) -> None:
    """Send one message; its descriptors are copied into the receiver."""
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    channel.sendmsg([json.dumps(message).encode()], rights)


def receive(channel: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next message and its descriptors; None when the other side is gone."""
    space = socket.CMSG_SPACE(MAX_DESCRIPTORS * array.array("i").itemsize)
    data, controls, _, _ = channel.recvmsg(MAX_MESSAGE, space, socket.MSG_CMSG_CLOEXEC)
    descriptors = array.array("i")
    for level, kind, content in controls:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
    return (json.loads(data), list(descriptors)) if data else None
