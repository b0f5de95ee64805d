"""The host's side of the grading processes: one nursery, and the graders that it forks.

The nursery is executed, never forked, so that no thread, GPU or secret of this process comes along. It ends with this
process, however that ends: it reads the end of the control socket.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Literal

from gem.errors import GraderUnavailable
from gem.grading.math import wire
from gem.grading.math.driving import Readable, Talk

BEGIN_S = 120.0
"""How long a grader may take to begin: the start of the nursery is in it, and the machine may be busy."""
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""What graders find in their environment: no key of anybody's, one thread, the same hashes everywhere."""
KEPT = ("PATH", "LD_LIBRARY_PATH", "PYTHONHOME", "SYSTEMROOT")
"""What else, from ours: how the interpreter finds itself."""

Reply = Literal["correct", "wrong", "unparsable", "timeout", "died", "never began"]


@dataclass(slots=True, eq=False)
class Grader:
    """One grading process, as whoever holds it sees it."""

    number: int
    channel: socket.socket
    is_fit: bool = True
    """Whether it can be asked again."""
    worked_s: float = 0.0
    """How long it took over its last pair, from when it began."""

    def ask(self, request: bytes, timeout_s: float) -> Talk[Reply]:
        """Have a pair graded; the time counts from when the grader begins with it."""
        self.is_fit, self.worked_s = False, 0.0
        begun = word = None
        with suppress(OSError):  # it has ended
            self.channel.sendall(request)
            begun = yield from self._listen(monotonic() + BEGIN_S)
            began_at = monotonic()
            word = (yield from self._listen(began_at + timeout_s)) if begun == wire.BEGUN else b""
            self.worked_s = monotonic() - began_at
            if word is None:
                return "timeout"
        if begun != wire.BEGUN:
            return "never began"
        self.is_fit = word in wire.VERDICTS
        return wire.VERDICTS.get((word or b"").lower(), "died")

    def _listen(self, deadline: float) -> Talk[bytes | None]:
        """Its next byte; none if it has ended, None if it says nothing in time."""
        came = yield Readable(self.channel, deadline - monotonic())
        return self.channel.recv(1) if came else None


class Nursery:
    """The process that forks graders. Not safe to use from several threads at once."""

    def __init__(self) -> None:
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        """What the process writes to standard error."""
        self.last_words = ""
        """The last line of that, or how it ended; known once it is closed."""
        self._control, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = _start(theirs, self._words.fileno())
        except OSError as error:
            self._close_files()
            raise GraderUnavailable(f"the grading process could not be started: {error}") from error

    @property
    def lives(self) -> bool:
        """Whether it can be asked for graders."""
        return self._process.poll() is None

    def fork(self) -> Grader:
        """A new grader; it need not be ready to be asked. Raises `OSError` if the nursery is gone."""
        ours, theirs = socket.socketpair()
        grader = Grader(next(_numbers), ours)
        try:
            with theirs:
                order = wire.ORDER.pack(wire.FORK, grader.number)
                socket.send_fds(self._control, [order], [theirs.fileno()])
        except OSError:
            ours.close()
            raise
        return grader

    def kill(self, grader: Grader) -> None:
        """End a grader, whatever it does."""
        with suppress(OSError):  # then it has ended with the nursery
            self._control.sendall(wire.ORDER.pack(wire.KILL, grader.number))

    def close(self) -> None:
        """End it and all graders, at once."""
        if self.lives:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._words.seek(0)
        lines = self._words.read().decode(errors="replace").strip().splitlines()
        self.last_words = lines[-1][:500] if lines else f"it ended with {self._process.returncode}"
        self._close_files()

    def disown(self) -> None:
        """In a fork of the process that owns it: let go of the descriptors, and leave the process alone."""
        self._process.returncode = 0  # so that it is not waited for: it is no child of this process
        self._close_files()

    def _close_files(self) -> None:
        self._control.close()
        self._words.close()


_numbers = count(1)
"""No two graders of this process share one, whichever nurseries they come from."""


def _start(control: socket.socket, words: int) -> subprocess.Popen[bytes]:
    """A fresh interpreter with the nursery in it, in a session of its own."""
    program = str(Path(__file__).with_name("process.py"))
    places = json.dumps([path for path in sys.path if isinstance(path, str) and path])  # pyright: ignore[reportUnnecessaryIsInstance]
    return subprocess.Popen(
        [sys.executable, "-s", "-P", "-W", "ignore", program, str(control.fileno()), places],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=words,
        pass_fds=[control.fileno()],
        env=ENVIRONMENT | {name: os.environ[name] for name in KEPT if name in os.environ},
        cwd="/",
        start_new_session=True,
    )
