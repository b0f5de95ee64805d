"""The start and the end of a zygote's process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from gem.errors import SandboxUnavailable
from gem.sandbox.box import folders, wire
from gem.sandbox.zygote.spare import Spare

START_S = 60.0
"""How long a zygote may take to be ready, its packages loaded."""

ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "PATH": "",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""All that a program finds in its environment, but for its folders; the libraries for algebra start no threads."""


def start_zygote() -> tuple[subprocess.Popen[bytes], socket.socket]:
    """A fresh interpreter, never a fork of this process: no thread, no GPU, no data of ours comes along."""
    start = Path(__file__).parents[1] / "box" / "start.py"
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs, ExitStack() as on_failure:
        on_failure.callback(ours.close)
        process = subprocess.Popen(
            [sys.executable, "-S", "-s", "-P", str(start), str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            env=ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
        on_failure.pop_all()
    return process, ours


def greet(channel: socket.socket, orders: dict[str, Any]) -> None:
    """Give the orders, and wait until the zygote is ready. Raises `SandboxUnavailable`."""
    try:
        wire.send(channel, orders)
        channel.settimeout(START_S)
        received = wire.receive(channel)
        channel.settimeout(None)
    except OSError as error:
        raise SandboxUnavailable(f"the zygote did not start: {error}") from error
    if received is None:
        raise SandboxUnavailable("the zygote did not start: it ended before it could say why")
    message, _ = received
    if message["kind"] != "ready":
        raise SandboxUnavailable(f"the zygote did not start: {message['why']}")


def folder_for_boxes() -> str:
    """A new folder of the host for the programs' folders. Raises `SandboxUnavailable`."""
    try:
        return tempfile.mkdtemp(prefix="gem-box-")
    except OSError as error:
        raise SandboxUnavailable(f"there is no place for programs' files: {error}") from error


def end_zygote(
    process: subprocess.Popen[bytes], channel: socket.socket, folder: str, living: dict[int, Spare], owner: int
) -> None:
    """Kill the zygote; with it die all that it has forked. A fork of the process that owns it leaves it alone."""
    if os.getpid() != owner:
        return
    for spare in list(living.values()):
        spare.close()
    with suppress(OSError):
        channel.shutdown(socket.SHUT_RDWR)  # wakes the thread that listens
    channel.close()
    process.kill()
    process.wait()
    if folder:
        folders.remove(folder)
