"""The zygote: holds Python and the profile's packages loaded, and forks a confined harness whenever the host asks.

It sees no program, no input and no output; those travel between host and harness. It has one thread.
"""

from __future__ import annotations

import fcntl
import gc
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn

from gem.sandbox.box import cell, family, folders, harness, jail, kernel, program, wire
from gem.sandbox.box.between_tests import seed_generators

PRELOADED = (
    "abc array bisect collections collections.abc contextlib copy dataclasses datetime enum functools heapq io "
    "itertools json linecache math operator random re string struct textwrap threading time traceback typing"
)
"""What programs import most, loaded once for all; what is rarer costs every fork more than it saves a few."""


USUAL = cell.Shape(disk_mb=0, files=0, processes=0)
"""A shape that has the usual filter."""


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
        self._pid = os.getpid()
        self._children: dict[int, tuple[int, int]] = {}
        """The process and the serial number of each living child, by the descriptor that stands for it."""
        self._poll = select.poll()
        self._poll.register(self._channel, select.POLLIN)
        take_number(os.open("/proc", os.O_PATH), cell.PROC_FD)
        self._own_space = high(jail.enter(orders.view)) if orders.layers.namespaces else -1
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as place:
            os.dup2(place.fileno(), cell.CHANNEL_FD)
        self._harness_end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=cell.CHANNEL_FD)
        """What a fork finds its end of the channel by; nothing in the zygote itself."""
        self._load()
        self._base_memory = int(read_proc("self/statm").split()[0]) * os.sysconf("SC_PAGESIZE")

    def serve(self) -> NoReturn:
        """Answer the host until it is gone."""
        with suppress(BrokenPipeError, ConnectionResetError):
            wire.send(self._channel, {"kind": "ready"})
            while self._attend():
                pass
        self._end()

    def _attend(self) -> bool:
        """Do what is to be done now; False once the host is gone."""
        for fd, _ in self._poll.poll():
            if fd in self._children:
                self._bury(fd)
            elif not self._obey():
                return False
        return True

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
            cell.filter_of(USUAL, layers, 1)  # remembered for all that will be forked
            cell.name_folders(cell.BOX)
        sys.path.insert(0, f"{cell.BOX}/work")
        harness.handle_signals()
        seed_generators()
        harness.warm_up()
        program.drop_streams()
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
        except BrokenPipeError:
            raise
        except OSError as error:
            wire.send(self._channel, {"kind": "refused", "serial": message["serial"], "why": str(error)})
        return True

    def _spawn(self, serial: int, shape: cell.Shape, folder: str) -> None:
        steps = cell.steps(shape, self._orders.layers, self._orders.view, folder or cell.BOX)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        with ours, theirs:
            os.dup2(theirs.fileno(), cell.CHANNEL_FD)
            if self._own_space >= 0:
                kernel.unshare(kernel.CLONE_NEWPID)
            try:
                child = kernel.fork()
                if child == 0:
                    self._become_harness(steps, shape, folder or cell.BOX)
            finally:
                if self._own_space >= 0:
                    kernel.setns(self._own_space, kernel.CLONE_NEWPID)
                take_number(os.open("/dev/null", os.O_RDONLY), cell.CHANNEL_FD)
            if child < 0:
                raise OSError(11, "no process could be forked")
            pidfd = high(os.pidfd_open(child))
            self._children[pidfd] = child, serial
            self._poll.register(pidfd, select.POLLIN)
            wire.send(self._channel, {"kind": "spare", "serial": serial}, [ours.fileno(), pidfd])

    def _become_harness(self, steps: tuple[kernel.Step, ...], shape: cell.Shape, folder: str) -> NoReturn:
        """In the child: confine it, and let it serve."""
        channel, layers = self._harness_end, self._orders.layers
        is_branch = shape.keeps_state and layers.namespaces
        try:
            kernel.take(steps)
            if not layers.namespaces and os.getppid() != self._pid:  # it died before its death would have been heard of
                os._exit(1)
            work = cell.name_folders(folder)
            sys.path[0] = work
            gc.enable()
            harness.warm_up()
            listener = family.become_branch() if is_branch else None
            served = harness.Harness(channel, work, self._base_memory, shape.keeps_state)
            if listener is not None:
                family.greet(channel, listener)
            if layers.seccomp:
                kernel.take([cell.filter_of(shape, layers, os.getpid())])
        except BaseException as error:  # noqa: BLE001 - the host must hear of it, and the child must not go on
            channel.send(wire.broken(error))
            os._exit(1)
        served.serve(greet=not is_branch)

    def _bury(self, pidfd: int) -> None:
        """Tell the host of a child that has ended."""
        self._poll.unregister(pidfd)
        os.close(pidfd)
        child, serial = self._children.pop(pidfd)
        _, status, usage = os.wait4(child, 0)
        cpu_s = usage.ru_utime + usage.ru_stime
        message = {"kind": "ended", "serial": serial, "status": status, "cpu_s": cpu_s, "rss_kb": usage.ru_maxrss}
        wire.send(self._channel, message)

    def _end(self) -> NoReturn:
        """The host is gone: so go the programs, and their folders where those are the host's."""
        for child, _ in self._children.values():
            os.kill(child, signal.SIGKILL)
        for child, _ in self._children.values():
            os.waitpid(child, 0)  # it may be making its folders
        if not self._orders.layers.namespaces:
            folders.remove(self._orders.folders)
        os._exit(0)


def read_proc(path: str) -> str:
    """A file of /proc, which is out of sight."""
    with open(os.open(path, os.O_RDONLY, dir_fd=cell.PROC_FD)) as file:
        return file.read()


def take_number(fd: int, number: int) -> None:
    """Move a descriptor to this number."""
    os.dup2(fd, number)
    os.close(fd)


def high(fd: int) -> int:
    """The same descriptor, out of the way of those that a fork goes by."""
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, cell.PROC_FD + 1)
    os.close(fd)
    return moved


def move_up(channel: socket.socket) -> socket.socket:
    """The same socket under a high number."""
    return socket.socket(channel.family, channel.type, fileno=high(channel.detach()))


def add_exit_words() -> None:
    """`exit`, `quit` and `help`, which the site module adds in an interpreter that has it."""
    import site

    site.setquit()
    site.sethelper()
