"""One zygote process as the host sees it: starts it, keeps spare harnesses ready, hears of each one's end."""

from __future__ import annotations

import itertools
import logging
import os
import socket
import weakref
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from threading import Condition, Thread
from time import monotonic
from typing import Any

from gem.errors import SandboxUnavailable
from gem.sandbox.box import folders, wire
from gem.sandbox.box.cell import Layers, Shape
from gem.sandbox.box.jail import View
from gem.sandbox.zygote.exchange import Peer
from gem.sandbox.zygote.launch import end_zygote, folder_for_boxes, greet, start_zygote
from gem.sandbox.zygote.spare import Spare, await_ready

log = logging.getLogger(__name__)

END_S = 5.0
"""How long the news of a process's end may take."""
SPARE_S = 30.0
"""How long a harness may take to be ready: a thousand times what it needs."""


class Nursery:
    """A zygote and its spares; safe to use from many threads. Dead for good once its process has ended."""

    def __init__(self, view: View, imports: tuple[str, ...], layers: Layers, usual: Shape, spares: int) -> None:
        self._usual = usual
        self._layers = layers
        self._serials = itertools.count(1)
        self._folders = "" if layers.namespaces else folder_for_boxes()
        self._cleaner = ThreadPoolExecutor(1, thread_name_prefix="gem-cleaner") if self._folders else None
        """Takes away programs' folders, which may hold any number of files, while others go on."""
        self._ready: deque[Spare | str] = deque()
        self._special: dict[int, Spare | str | None] = {}
        """Harnesses of an unusual shape by serial number: not yet here, here, or why there is none."""
        self._living: dict[int, Spare] = {}
        """Those that live, or whose descriptors are open."""
        self._coming: set[int] = set()
        """The serial numbers of the usual harnesses that were asked for."""
        self._spares, self._waiting = spares, 0
        """How many usual harnesses are to be kept ready, and are waited for."""
        self._changed = Condition()
        self.alive = True
        try:
            self._process, self._channel = start_zygote()
        except OSError as error:
            if self._folders:
                folders.remove(self._folders)
            raise SandboxUnavailable(f"the zygote could not be started: {error}") from error
        self.pid = self._process.pid
        try:
            orders = {"view": asdict(view), "imports": imports, "layers": asdict(layers), "folders": self._folders}
            greet(self._channel, orders)
        except BaseException:
            end_zygote(self._process, self._channel, self._folders, {}, os.getpid())
            raise
        ends = (self._process, self._channel, self._folders, self._living, os.getpid())
        self._finalizer = weakref.finalize(self, end_zygote, *ends)
        Thread(target=_listen, args=(weakref.ref(self), self._channel), name="gem-zygote", daemon=True).start()
        with self._changed:
            self._ask_for(spares)

    def take(self, shape: Shape) -> Spare | str:
        """A harness of this shape that is ready, or why there is none."""
        deadline = monotonic() + SPARE_S
        try:
            spare = self._take_usual(deadline) if shape == self._usual else self._take_special(shape, deadline)
        except (OSError, ValueError) as error:  # ValueError: closed by another thread
            self._lose()
            return f"the zygote is gone: {error}"
        if isinstance(spare, str):
            return spare
        try:
            trouble = await_ready(spare, deadline)
        except ValueError:
            trouble = "the sandbox was closed"
        if trouble:
            self.let_go(spare)
        return trouble or spare

    def let_go(self, spare: Spare) -> None:
        """Kill a harness; what it leaves is taken away when its end is known.

        Only now is another asked for: while a program runs, its zygote is not to copy memory that both use.
        """
        spare.close()
        with self._changed, suppress(OSError):
            if spare.ending is not None:
                self._living.pop(spare.serial, None)
            if self.alive:
                self._ask_for(self._waiting + self._spares)

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
            if self._cleaner is not None:
                self._cleaner.shutdown(wait=True, cancel_futures=True)
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
        with self._changed:
            self._waiting += 1
            try:
                self._ask_for(self._waiting)
                self._changed.wait_for(lambda: self._ready or not self.alive, deadline - monotonic())
            finally:
                self._waiting -= 1
            if not self.alive:
                return "the zygote has died"
            return self._ready.popleft() if self._ready else "no process could be started in time"

    def _take_special(self, shape: Shape, deadline: float) -> Spare | str:
        serial = next(self._serials)
        self._special[serial] = None
        self._ask(shape, serial)
        with self._changed:
            self._changed.wait_for(lambda: self._special[serial] or not self.alive, deadline - monotonic())
            return self._special.pop(serial) or "no process could be started in time"  # one that comes later is closed

    def _ask_for(self, count: int) -> None:
        """See to it that as many usual harnesses are ready or coming."""
        while len(self._ready) + len(self._coming) < count:
            serial = next(self._serials)
            self._ask(self._usual, serial)
            self._coming.add(serial)

    def _ask(self, shape: Shape, serial: int) -> None:
        folder = f"{self._folders}/{serial}" if self._folders else ""
        if folder:
            os.mkdir(folder, 0o700)
        wire.send(self._channel, {"kind": "spawn", "serial": serial, "shape": asdict(shape), "folder": folder})

    def _hear(self, message: dict[str, Any], descriptors: list[int]) -> None:
        """Note one message of the zygote."""
        serial = message["serial"]
        with self._changed:
            match message["kind"]:
                case "spare" if len(descriptors) < 2:  # this process has no room for them
                    self._miss(serial, descriptors, "this process has too many files open")
                case "spare":
                    channel, pidfd = socket.socket(fileno=descriptors[0]), descriptors[1]
                    spare = Spare(serial, channel, pidfd, f"{self._folders}/{serial}" if self._folders else "")
                    if not self.alive:
                        spare.close()
                        return
                    self._living[serial] = spare
                    self._place(serial, spare)
                case "ended":
                    spare = self._living.get(serial)
                    if spare is not None:
                        spare.ending = message
                        if spare.is_closed:  # else its descriptors are still to be closed, by `let_go` or at the end
                            del self._living[serial]
                    if self._cleaner is not None and self.alive:  # else all goes with the zygote
                        self._cleaner.submit(folders.remove, f"{self._folders}/{serial}")
                case _:
                    self._miss(serial, [], str(message["why"]))
            self._changed.notify_all()

    def _miss(self, serial: int, descriptors: list[int], why: str) -> None:
        """A harness has not come, or without its descriptors; then it ends, since nobody holds its channel."""
        for fd in descriptors:
            os.close(fd)
        self._place(serial, why)

    def _place(self, serial: int, outcome: Spare | str) -> None:
        """Give a harness, or why there is none, to whom it is for."""
        if serial in self._special:
            self._special[serial] = outcome
        elif serial in self._coming:
            self._coming.remove(serial)
            if isinstance(outcome, Spare) or self._waiting > len(self._ready):  # else nobody need know
                self._ready.append(outcome)
        elif isinstance(outcome, Spare):  # who asked for it has given up
            outcome.close()

    def _lose(self) -> None:
        """The zygote has ended, and everything in it."""
        with self._changed:
            if self.alive and self._finalizer.alive:
                log.warning("a sandbox's zygote (process %d) has ended by itself", self.pid)
            self.alive = False
            self._changed.notify_all()


def _listen(nursery: weakref.ref[Nursery], channel: socket.socket) -> None:
    """The thread that hears a zygote, for as long as both live."""
    while True:
        try:
            received = wire.receive(channel)
        except (OSError, ValueError):
            received = None
        listener = nursery()
        if listener is None:
            for fd in received[1] if received is not None else ():
                os.close(fd)
            return
        if received is None:
            listener._lose()  # pyright: ignore[reportPrivateUsage]
            return
        listener._hear(*received)  # pyright: ignore[reportPrivateUsage]
        del listener
