"""One zygote process as the host sees it: starts it, keeps spare harnesses ready, hears of each one's end."""

from __future__ import annotations

import itertools
import logging
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import weakref
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from threading import Condition, Thread
from time import monotonic
from typing import Any

from gem.errors import SandboxUnavailable
from gem.sandbox.box import wire
from gem.sandbox.box.cell import Layers, Shape
from gem.sandbox.box.jail import View
from gem.sandbox.zygote.exchange import Peer
from gem.sandbox.zygote.permits import Permits

log = logging.getLogger(__name__)

START_S = 60.0
END_S = 5.0
"""How long the news of a process's end may take."""
SPARE_S = 30.0
"""How long a harness may take to be ready: a thousand times what it needs."""

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


@dataclass(eq=False)
class Spare:
    """A confined process that waits for a request."""

    serial: int
    channel: socket.socket
    pidfd: int
    folder: str
    pid: int = 0
    """The harness in the host's count: in a session, a child of the process behind `pidfd`."""
    permits: Permits | None = None
    """Where the kernel asks about forks, in a session that can be forked."""
    ending: Mapping[str, Any] | None = None
    """What the zygote said of its end."""
    _closed: bool = field(default=False, repr=False)

    def signal(self, number: int) -> None:
        """Send it a signal, unless it is gone."""
        with suppress(OSError):
            signal.pidfd_send_signal(self.pidfd, number)

    def close(self) -> None:
        """Kill it, with all that it started; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self.signal(signal.SIGKILL)
        self.disown()

    def disown(self) -> None:
        """Let go of its descriptors only."""
        self._closed = True
        self.channel.close()
        os.close(self.pidfd)


class Nursery:
    """A zygote and its spares; safe to use from many threads. Dead for good once its process has ended."""

    def __init__(self, view: View, imports: tuple[str, ...], layers: Layers, usual: Shape, spares: int) -> None:
        self._usual = usual
        self._layers = layers
        self._serials = itertools.count(1)
        self._folders = tempfile.mkdtemp(prefix="gem-box-") if not layers.namespaces else ""
        self._ready: deque[Spare] = deque()
        self._special: dict[int, Spare | str | None] = {}
        """Harnesses of an unusual shape by serial number: not yet here, here, or why there is none."""
        self._living: dict[int, Spare] = {}
        self._changed = Condition()
        self.alive = True
        self._process, self._channel = _start()
        self.pid = self._process.pid
        try:
            orders = {"view": asdict(view), "imports": imports, "layers": asdict(layers)}
            _greet(self._channel, orders)
        except BaseException:
            _end(self._process, self._channel, self._folders, {}, os.getpid())
            raise
        ends = (self._process, self._channel, self._folders, self._living, os.getpid())
        self._finalizer = weakref.finalize(self, _end, *ends)
        Thread(target=_listen, args=(weakref.ref(self), self._channel), name="gem-zygote", daemon=True).start()
        for _ in range(spares):
            self._ask(usual)

    def take(self, shape: Shape) -> Spare | str:
        """A harness of this shape that is ready, or why there is none."""
        deadline = monotonic() + SPARE_S
        try:
            spare = self._take_usual(deadline) if shape == self._usual else self._take_special(shape, deadline)
        except OSError as error:
            return f"the zygote is gone: {error}"
        if isinstance(spare, str):
            return spare
        trouble = _await_ready(spare, deadline)
        if trouble:
            self.let_go(spare)
        return trouble or spare

    def let_go(self, spare: Spare) -> None:
        """Kill a harness; what it leaves is taken away when its end is known."""
        spare.close()

    def peer(self, spare: Spare) -> Peer:
        """The spare as the other side of a request."""
        return Peer(spare.channel, spare.pid, spare.pidfd, spare.signal, partial(self._await_end, spare), spare.permits)

    def _await_end(self, spare: Spare) -> Mapping[str, Any] | None:
        with self._changed:
            self._changed.wait_for(lambda: spare.ending is not None or not self.alive, END_S)
        return spare.ending

    def close(self) -> None:
        """End the zygote and every program in it."""
        with self._changed:
            self.alive = False
            self._changed.notify_all()
            self._finalizer()

    def disown(self) -> None:
        """In a fork of the process that owns it: let go of the descriptors, and leave the zygote alone."""
        self.alive = False
        self._finalizer.detach()
        self._channel.close()
        self._process.returncode = 0  # so that it is not waited for: it is no child of this process
        for spare in self._living.values():
            spare.disown()

    def _take_usual(self, deadline: float) -> Spare | str:
        self._ask(self._usual)
        with self._changed:
            self._changed.wait_for(lambda: self._ready or not self.alive, deadline - monotonic())
            if not self.alive:
                return "the zygote has died"
            return self._ready.popleft() if self._ready else "no process could be started in time"

    def _take_special(self, shape: Shape, deadline: float) -> Spare | str:
        serial = next(self._serials)
        self._special[serial] = None
        self._ask(shape, serial)
        with self._changed:
            self._changed.wait_for(lambda: self._special[serial] or not self.alive, deadline - monotonic())
            return self._special.pop(serial) or "no process could be started in time"

    def _ask(self, shape: Shape, serial: int | None = None) -> None:
        serial = serial or next(self._serials)
        folder = f"{self._folders}/{serial}" if self._folders else ""
        if folder:
            os.mkdir(folder, 0o700)
        wire.send(self._channel, {"kind": "spawn", "serial": serial, "shape": asdict(shape), "folder": folder})

    def _hear(self, message: dict[str, Any], descriptors: list[int]) -> None:
        """Note one message of the zygote."""
        serial = message["serial"]
        with self._changed:
            match message["kind"]:
                case "spare":
                    channel, pidfd = socket.socket(fileno=descriptors[0]), descriptors[1]
                    spare = Spare(serial, channel, pidfd, f"{self._folders}/{serial}" if self._folders else "")
                    if not self.alive:
                        spare.close()
                        return
                    self._living[serial] = spare
                    if serial in self._special:
                        self._special[serial] = spare
                    else:
                        self._ready.append(spare)
                case "ended":
                    spare = self._living.pop(serial, None)
                    if spare is not None:
                        spare.ending = message
                    if self._folders:
                        remove_tree(f"{self._folders}/{serial}")
                case _:
                    if serial in self._special:
                        self._special[serial] = str(message["why"])
            self._changed.notify_all()

    def _lose(self) -> None:
        """The zygote has ended, and everything in it."""
        with self._changed:
            if self.alive and self._finalizer.alive:
                log.warning("a sandbox's zygote (process %d) has ended by itself", self.pid)
            self.alive = False
            self._changed.notify_all()


def _start() -> tuple[subprocess.Popen[bytes], socket.socket]:
    """A fresh interpreter, never a fork of this process: no thread, no GPU, no data of ours comes along."""
    start = Path(__file__).parents[1] / "box" / "start.py"
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
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
    return process, ours


def _greet(channel: socket.socket, orders: dict[str, Any]) -> None:
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


def _listen(nursery: weakref.ref[Nursery], channel: socket.socket) -> None:
    """The thread that hears a zygote, for as long as both live."""
    while True:
        try:
            received = wire.receive(channel)
        except (OSError, ValueError):
            received = None
        listener = nursery()
        if listener is None:
            return
        if received is None:
            listener._lose()  # pyright: ignore[reportPrivateUsage]
            return
        listener._hear(*received)  # pyright: ignore[reportPrivateUsage]
        del listener


def _await_ready(spare: Spare, deadline: float) -> str:
    """Wait for the harness's first word; "" if it is ready, else why not."""
    poll = select.poll()
    poll.register(spare.channel, select.POLLIN)
    if not poll.poll(max(0.0, deadline - monotonic()) * 1000):
        return "the box was not built in time"
    try:
        word = wire.hear(spare.channel)
    except OSError as error:
        return f"the box could not be built: {error}"
    trouble = wire.complaint(word.data)
    if trouble:
        return f"the box could not be built: {trouble}"
    spare.pid = word.pid
    spare.permits = Permits(word.descriptors[0]) if word.descriptors else None
    return ""


def _end(
    process: subprocess.Popen[bytes], channel: socket.socket, folders: str, living: dict[int, Spare], owner: int
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
    if folders:
        remove_tree(folders)


def remove_tree(folder: str) -> None:
    """Take away a folder, however deep a program has nested it."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except (OSError, RecursionError):
        subprocess.run(["rm", "-rf", "--", folder], check=False, stderr=subprocess.DEVNULL)
