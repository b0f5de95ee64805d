"""The host's side of a box: a process that runs the driver, and the messages to and from it.

Nothing here waits without an end, and nothing that comes out of a box can fill the host's memory or raise in it but
as `ChildLost`.
"""

from __future__ import annotations

import ast
import contextlib
import os
import py_compile
import select
import signal
import subprocess
import threading
import time
from dataclasses import replace
from functools import cache
from pathlib import Path

from gem.sandbox.children.report import ChildLost, ChildSilent, Message, message_of

PYTHON_OPTIONS = ("-s", "-S")
"""No `site`, so no site-packages."""
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""All that a program finds in its environment, but for its folders; the libraries for algebra start no threads."""

_MAX_LINE = 4096
COMPILED = "driver.pyc"
_MAX_COMPLAINT = 4096
_PIECE = 1 << 16
_CLOSING_S = 0.5


class Child:
    """A box with a driver in it. Raises `OSError` if it cannot be started.

    One thread at a time may send and one receive; any may close it meanwhile.
    """

    def __init__(self, command: list[str], *, env: dict[str, str], cwd: str | None = None) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, env=env, cwd=cwd, start_new_session=True, bufsize=0
        )
        streams = (self.process.stdin, self.process.stdout, self.process.stderr)
        self._stdin, self._stdout, self._stderr = (stream.fileno() for stream in streams if stream)
        os.set_blocking(self._stdin, False)
        self._received = bytearray()
        self._complaint = bytearray()
        self._sources = {self._stdout, self._stderr}
        self._sending, self._receiving, self._closing = (threading.Lock() for _ in range(3))
        self._closed = False

    def send(self, deadline: float, parts: list[bytes], **fields: object) -> None:
        """A message to the driver. Raises `ChildLost`, `ChildSilent`."""
        sizes = ",".join(str(len(part)) for part in parts)
        pairs = " ".join(f"{name}={value}" for name, value in fields.items())
        rest = memoryview(b"".join([f"{pairs} parts={sizes}\n".encode(), *parts]))
        with self._sending:
            while rest and not self._closed:
                self._wait({self._stdin: select.POLLOUT}, deadline)
                try:
                    rest = rest[os.write(self._stdin, rest[:_PIECE]) :]
                except OSError:  # it has ended: its last words tell why
                    with self._receiving:
                        self._hear_out()
                    break
        if rest:
            raise ChildLost(self.complaint)

    def receive(self, deadline: float, largest: int) -> Message:
        """The driver's next message, with parts of at most `largest` bytes. Raises `ChildLost`, `ChildSilent`."""
        with self._receiving:
            line = self._take_until_newline(deadline)
            message, sizes = message_of(line, largest)
            return replace(message, parts=[self._take(size, deadline) for size in sizes])

    @property
    def complaint(self) -> str:
        """What the box itself has written to its stderr."""
        return bytes(self._complaint).decode("utf-8", "replace").strip() or "the box ended without a word"

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def hang_up(self) -> None:
        """Close our end of the channel, at which the driver kills everything and ends.

        Its descriptor stays taken, so that a thread which uses it right now writes nowhere else.
        """
        if not self._closed:
            with open(os.devnull, "wb") as nowhere:
                os.dup2(nowhere.fileno(), self._stdin, inheritable=False)

    def end(self) -> None:
        """End the process with all that is in it."""
        if not ended_within(self.process, _CLOSING_S):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def close(self) -> None:
        """End it, wait for that, and release all; safe to call twice."""
        with self._closing:
            if self._closed:
                return
            self.hang_up()
            self.end()
            self._closed = True
            with self._sending, self._receiving:
                for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
                    if stream:
                        stream.close()
                self._sources.clear()

    def _take_until_newline(self, deadline: float) -> bytes:
        while b"\n" not in self._received:
            if len(self._received) > _MAX_LINE:
                raise ChildLost("the box does not keep to the protocol: it writes without an end")
            self._read(deadline)
        line, _, self._received = self._received.partition(b"\n")
        return bytes(line)

    def _take(self, size: int, deadline: float) -> bytes:
        while len(self._received) < size:
            self._read(deadline)
        part = bytes(self._received[:size])
        del self._received[:size]
        return part

    def _read(self, deadline: float) -> None:
        """Wait for bytes from either stream, and keep them. Raises `ChildLost` once there can be no more."""
        if self._stdout not in self._sources:
            raise ChildLost(self.complaint)
        for fd in self._wait(dict.fromkeys(self._sources, select.POLLIN), deadline):
            data = os.read(fd, _PIECE)
            if not data:
                self._sources.remove(fd)
            elif fd == self._stdout:
                self._received += data
            else:
                self._complaint += data[: _MAX_COMPLAINT - len(self._complaint)]
        if self._stdout not in self._sources:
            self._hear_out()
            raise ChildLost(self.complaint)

    def _hear_out(self) -> None:
        """What is still to come of the complaint, once all else is over."""
        deadline = time.monotonic() + _CLOSING_S
        with contextlib.suppress(ChildSilent):
            while self._stderr in self._sources:
                self._wait({self._stderr: select.POLLIN}, deadline)
                data = os.read(self._stderr, _PIECE)
                self._complaint += data[: _MAX_COMPLAINT - len(self._complaint)]
                if not data:
                    self._sources.discard(self._stderr)

    @staticmethod
    def _wait(wanted: dict[int, int], deadline: float) -> list[int]:
        """Those that are ready. Raises `ChildSilent` at the deadline."""
        poll = select.poll()
        for fd, events in wanted.items():
            poll.register(fd, events)
        ready = [fd for fd, _ in poll.poll(max(0.0, deadline - time.monotonic()) * 1000)]
        if not ready:
            raise ChildSilent
        return ready


def ended_within(process: subprocess.Popen[bytes], timeout_s: float) -> bool:
    """Whether a process ends in this time; without the naps that `Popen.wait` takes."""
    if process.poll() is not None:
        return True
    try:
        fd = os.pidfd_open(process.pid)
    except (AttributeError, OSError):  # a kernel before 5.3, or no descriptor left
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout_s)
        return process.poll() is not None
    try:
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        if not poll.poll(timeout_s * 1000):
            return False
        process.wait()
        return True
    finally:
        os.close(fd)


@cache
def driver_text() -> str:
    """The driver as one program: what it does inside, then what it does around that."""
    folder = Path(__file__).parent
    inside, around = (folder.joinpath(name).read_text("utf-8") for name in ("driver_inside.py", "driver.py"))
    lines = around.splitlines(keepends=True)
    for node in ast.parse(around).body:
        if isinstance(node, ast.ImportFrom) and node.module in ("__future__", "gem.sandbox.children.driver_inside"):
            lines[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or 0) - node.lineno + 1)
    return inside + "".join(lines)


def compile_driver(folder: str) -> None:
    """Write the driver into `folder` for an interpreter like ours, which so starts in half the time."""
    text = Path(folder, "driver.py")
    text.write_text(driver_text(), "utf-8")
    py_compile.compile(str(text), str(Path(folder, COMPILED)), doraise=True)
