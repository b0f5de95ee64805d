"""The zygote: holds Python and the profile's packages loaded, and forks a confined harness whenever the host asks.

It sees no program, no input and no output; those travel between host and harness. It has one thread.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn

from gem.sandbox.box import cell, family, folders, harness, jail, kernel, seccomp, wire

PRELOADED = (
    "array bisect cmath collections collections.abc contextlib copy dataclasses datetime decimal enum fractions "
    "functools heapq io itertools json linecache math operator queue random re statistics string struct textwrap "
    "threading time traceback typing"
)
"""What programs import most, loaded once for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What the host tells a zygote at its start."""

    imports: tuple[str, ...]
    view: jail.View
    layers: cell.Layers
    folders: str
    """Where there are no namespaces: the host's folder of the programs' folders."""

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> Orders:
        """Read what the host's side wrote as JSON."""
        view = message["view"]
        return cls(
            imports=tuple(message["imports"]),
            view=jail.View(
                folders=tuple(view["folders"]),
                hidden=tuple(view["hidden"]),
                python=view["python"],
                links=tuple((place, target) for place, target in view["links"]),
                packages=tuple(view["packages"]),
            ),
            layers=cell.Layers(**message["layers"]),
            folders=message["folders"],
        )


class Zygote:
    """Forks harnesses; tells the host of each one's start and end."""

    def __init__(self, channel: socket.socket, orders: Orders) -> None:
        self._channel = channel
        self._orders = orders
        self._spares: dict[int, int] = {}
        """The serial number of each living child, by process."""
        self._proc = os.open("/proc", os.O_PATH | os.O_CLOEXEC)
        self._own_space = jail.enter(orders.view) if orders.layers.namespaces else -1
        self._load()
        self._base_memory = int(self._read_proc("self/statm").split()[0]) * os.sysconf("SC_PAGESIZE")

    def serve(self) -> NoReturn:
        """Answer the host until it is gone."""
        woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, ignore)
        wire.send(self._channel, {"kind": "ready"})
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        poll.register(woken, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd == woken:
                    os.read(woken, 512)
                    self._bury()
                elif not self._obey():
                    self._end()

    def _load(self) -> None:
        """Import what programs use, from where they will find it; then keep the collector's hands off it."""
        layers, view = self._orders.layers, self._orders.view
        sys.path += cell.package_folders(layers, view)
        sys.executable = view.python
        for name in (*PRELOADED.split(), *self._orders.imports):
            import_module(name)
        add_exit_words()
        kernel.one_malloc_arena()
        if layers.namespaces:
            seccomp.filter_program(1, False, False, False)  # remembered for all that will be forked
            cell.name_folders(f"{cell.BOX}/work", f"{cell.BOX}/tmp")
        harness.warm_up()
        for name in [name for name in sys.modules if name == "gem" or name.startswith("gem.")]:
            del sys.modules[name]
        gc.collect()
        gc.freeze()

    def _obey(self) -> bool:
        """Do what one message says; False once the host is gone."""
        received = wire.receive(self._channel)
        if received is None:
            return False
        message, _ = received
        shape = cell.Shape(**message["shape"])
        try:
            self._spawn(message["serial"], shape, message["folder"])
        except OSError as error:
            wire.send(self._channel, {"kind": "refused", "serial": message["serial"], "why": str(error)})
        return True

    def _spawn(self, serial: int, shape: cell.Shape, folder: str) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        with ours, theirs:
            if self._own_space >= 0:
                kernel.unshare(kernel.CLONE_NEWPID)
            try:
                child = os.fork()
                if child == 0:
                    self._become_harness(theirs, shape, folder)
            finally:
                if self._own_space >= 0:
                    kernel.setns(self._own_space, kernel.CLONE_NEWPID)
            self._spares[child] = serial
            pidfd = os.pidfd_open(child)
            try:
                wire.send(self._channel, {"kind": "spare", "serial": serial}, [ours.fileno(), pidfd])
            finally:
                os.close(pidfd)

    def _become_harness(self, channel: socket.socket, shape: cell.Shape, folder: str) -> NoReturn:
        """In the child: confine it, and let it serve."""
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            work = cell.confine(shape, self._orders.layers, self._orders.view, folder, self._proc)
            keep_only(channel)
            sys.path.insert(0, work)
            gc.enable()
            harness.warm_up()
            is_branch = shape.keeps_state and self._orders.layers.namespaces
            listener = family.become_branch() if is_branch else None
            served = harness.Harness(channel, work, self._base_memory, shape.keeps_state)
            if listener is not None:
                family.greet(channel, listener)
            if self._orders.layers.seccomp:
                cell.forbid_calls(shape, self._orders.layers)
        except BaseException as error:  # noqa: BLE001 - the host must hear of it, and the child must not go on
            channel.send(wire.broken(error))
            os._exit(1)
        served.serve(greet=not is_branch)

    def _bury(self) -> None:
        """Tell the host of every child that has ended."""
        while self._spares:
            try:
                child, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if child == 0:
                return
            serial = self._spares.pop(child, None)
            if serial is not None:
                cpu_s = usage.ru_utime + usage.ru_stime
                message = {
                    "kind": "ended",
                    "serial": serial,
                    "status": status,
                    "cpu_s": cpu_s,
                    "rss_kb": usage.ru_maxrss,
                }
                wire.send(self._channel, message)

    def _end(self) -> NoReturn:
        """The host is gone: so go the programs, and their folders where those are the host's."""
        for child in self._spares:
            os.kill(child, signal.SIGKILL)
        if not self._orders.layers.namespaces:
            folders.remove(self._orders.folders)
        os._exit(0)

    def _read_proc(self, path: str) -> str:
        with open(os.open(path, os.O_RDONLY, dir_fd=self._proc)) as file:
            return file.read()


def ignore(number: int, frame: object) -> None:
    """A handler that does nothing: the descriptor of `set_wakeup_fd` tells."""
    del number, frame


def keep_only(channel: socket.socket) -> socket.socket:
    """Close every descriptor but the first three and this one."""
    kept = channel.fileno()
    os.closerange(3, kept)
    os.closerange(kept + 1, 1 << 16)
    return channel


def add_exit_words() -> None:
    """`exit`, `quit` and `help`, which the site module adds in an interpreter that has it."""
    import site

    site.setquit()
    site.sethelper()
