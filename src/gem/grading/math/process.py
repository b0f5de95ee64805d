"""The process that graders are forked from: `python process.py FD PATH`, the control socket and the host's `sys.path`.

It loads math-verify once and has one thread, so a grader is ready a moment after it is asked for, and one that must be
killed costs no more. A grader reads Python's own folders and nothing else, writes nothing, reaches no network and
starts nothing, as far as the kernel offers this; and it sees answers, never a model's code.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import signal
import socket
import sys
import sysconfig
from contextlib import suppress
from types import ModuleType
from typing import NoReturn

HERE = os.path.dirname(os.path.abspath(__file__))

MEMORY = 512 << 20
"""Bytes of address space that a grader may take on top of what it starts with."""
GROWTH_KB = 192 << 10
"""A grader that has grown by so much ends after its answer."""
ANSWERS = 1000
"""How many answers a grader sees at most."""
OPEN_FILES = 64
PACKAGES = ("math_verify", "latex2sympy2_extended", "sympy", "mpmath", "antlr4")
"""What a grader may still import parts of, with all that is installed beside it."""
BURIAL_MS = 50
NOBODY = 0x7FFF_FFFF
"""A process that cannot be: the only one that a grader may signal."""


def open_house() -> None:
    """Make our modules importable by their names, without running the packages that hold them."""
    root = os.path.dirname(os.path.dirname(HERE))
    for name in ("gem", "gem.sandbox", "gem.grading", "gem.grading.math"):
        package = ModuleType(name)
        package.__path__ = [os.path.join(root, *name.split(".")[1:])]
        sys.modules[name] = package


class Nursery:
    """Forks graders, and kills them, as the host orders; ends with it."""

    def __init__(self, control: socket.socket, memory: int) -> None:
        self._control = control
        self._memory = memory
        """Bytes of address space that a grader may have."""
        self._living: dict[int, int] = {}
        """The process of each grader by the host's number for it."""
        self._dying: set[int] = set()

    def serve(self) -> None:
        """Obey until the host is gone."""
        from gem.grading.math.wire import FORK, ORDER

        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        while True:
            if poll.poll(BURIAL_MS if self._dying else None):
                order, channels, _, _ = socket.recv_fds(self._control, ORDER.size, 1)
                if len(order) < ORDER.size:
                    return
                kind, number = ORDER.unpack(order)
                if kind == FORK:
                    self._fork(number, channels[0])
                else:
                    self._kill(number)
            self._bury()

    def _fork(self, number: int, channel: int) -> None:
        process = os.fork()
        if process == 0:
            self._control.close()
            _become_grader(channel, self._memory)
        os.close(channel)
        self._living[number] = process

    def _kill(self, number: int) -> None:
        process = self._living.pop(number, None)
        if process is not None:  # not yet buried, so the number is still its own
            os.kill(process, signal.SIGKILL)
            self._dying.add(process)

    def _bury(self) -> None:
        """Take note of ended graders, also of those that nobody here has ended."""
        with suppress(ChildProcessError):
            while process := os.waitpid(-1, os.WNOHANG)[0]:
                self._dying.discard(process)
                self._living = {number: other for number, other in self._living.items() if other != process}


def _become_grader(channel: int, memory: int) -> NoReturn:
    """The life of a fork."""
    try:
        confine(memory)
        with socket.socket(fileno=channel) as host:
            attend(host)
    finally:
        os._exit(0)


def attend(host: socket.socket) -> None:
    """Grade what the host sends, until it has had enough or this process has."""
    from gem.grading.math import judging, wire

    first_kb = _grown_kb()
    with suppress(OSError):  # the host is gone
        for served in range(1, ANSWERS + 1):
            size = _received(host, wire.SIZE.size)
            content = _received(host, *wire.SIZE.unpack(size)) if size else None
            if content is None:
                return
            host.sendall(wire.BEGUN)
            letter = wire.LETTERS[judging.judged(*wire.pair(content))]
            is_last = served == ANSWERS or _grown_kb() - first_kb > GROWTH_KB
            host.sendall(letter.upper() if is_last else letter)
            if is_last:
                return


def _received(host: socket.socket, size: int) -> bytes | None:
    """So many bytes; None once the host is gone."""
    content = host.recv(size, socket.MSG_WAITALL)
    return content if len(content) == size else None


def _grown_kb() -> int:
    """The most memory that this process ever held."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "linux" else most >> 10


def confine(memory: int) -> None:
    """Take from a grader what grading does not need. What the kernel lacks is left out."""
    _bound(resource.RLIMIT_AS, memory)
    _bound(resource.RLIMIT_CORE, 0)
    _bound(resource.RLIMIT_FSIZE, 0)
    _bound(resource.RLIMIT_NOFILE, OPEN_FILES)
    if sys.platform == "linux":
        from gem.sandbox.box import kernel

        with suppress(OSError):
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        _filter_calls()


def lock_files() -> None:
    """Let this process and its forks read Python's folders alone."""
    if sys.platform != "linux":
        return
    from gem.sandbox.box import kernel, landlock, seccomp

    with suppress(KeyError):  # made now, for all forks, which can't read it any more
        seccomp.filter_program(NOBODY, host_files=True)
    homes = {os.path.dirname(os.path.dirname(str(sys.modules[name].__file__))) for name in PACKAGES}
    readable = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib")} | homes
    with suppress(OSError):
        kernel.no_new_privileges()
        if landlock.abi():
            landlock.restrict([path for path in readable if os.path.isdir(path)], ["/dev/null"])


def _filter_calls() -> None:
    """Leave only the system calls that an ordinary computation makes."""
    from gem.sandbox.box import seccomp

    with suppress(OSError, KeyError):  # KeyError: a machine whose calls have other numbers
        seccomp.install(seccomp.filter_program(NOBODY, host_files=True))


def _most_memory() -> int:
    """Bytes of address space that a grader may have; no limit where it can't be found out what it starts with."""
    with suppress(OSError), open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize() + MEMORY
    return resource.RLIM_INFINITY


def _bound(kind: int, most: int) -> None:
    """Set a limit for good, at most at the one that is inherited, on systems that know it."""
    _, hard = resource.getrlimit(kind)
    value = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with suppress(OSError, ValueError):
        resource.setrlimit(kind, (value, value))


def main() -> None:
    """Load, lock, serve; at the end nothing is left of this session of processes."""
    control = socket.socket(fileno=int(sys.argv[1]))
    sys.path[:] = json.loads(sys.argv[2])
    open_house()
    from gem.grading.math import judging

    judging.load()
    nursery = Nursery(control, _most_memory())
    lock_files()
    gc.collect()
    gc.freeze()
    with suppress(OSError):
        nursery.serve()
    if os.getsid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
