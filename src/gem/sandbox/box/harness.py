"""The process around one program: waits for a request, runs it under its limits, reports how it ended.

A request is a program (then the process ends), a test of a program (the next may follow), or a cell of a session.
What is expected of a program is never here.
"""

from __future__ import annotations

import math
import os
import random
import resource
import signal
import socket
import time
from contextlib import suppress
from typing import NoReturn

from gem.sandbox.box import family, folders, kernel, notebook, program, wire
from gem.sandbox.box.between_tests import SEEDED, Handlers, seed_generators
from gem.sandbox.box.cell import CHANNEL_FD

SOFT_STOP = signal.SIGXCPU
"""Sent at a time limit, and by the kernel at a limit of processor time: flush what was printed, and end."""

DEADLY = (signal.SIGTERM, signal.SIGALRM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGQUIT)
"""Signals that end a program which has no handler for them."""

LIMITS_OF_ERRORS = {27: wire.DISK_LIMIT, 28: wire.DISK_LIMIT, 122: wire.DISK_LIMIT, 12: wire.MEMORY_LIMIT}
"""EFBIG, ENOSPC, EDQUOT and ENOMEM."""


class Harness:
    """Serves requests on `channel` until one is a program or the host is gone."""

    def __init__(self, channel: socket.socket, folder: str, base_memory: int, keeps_state: bool) -> None:
        self._channel = channel
        self._folder = folder
        self._base_memory = base_memory
        self._limits_set = False
        self._source = b""
        self._cells = notebook.Notebook()
        self._fit = True
        """Whether this process may be asked again."""
        if keeps_state:
            signal.signal(signal.SIGINT, self._cells.interrupt)
            random.setstate(SEEDED)

    def serve(self, greet: bool = True) -> NoReturn:
        """Say that it is ready (unless that was said) and answer requests.

        Never returns, whatever the program does to this process.
        """
        status = 1
        try:
            if greet:
                self._channel.send(wire.Report(wire.READY).packed())
            while (received := wire.asked(self._channel)) is not None:
                request, code, descriptors = received
                if request.kind == "fork":
                    self._fork(descriptors[0])
                    continue
                if code or request.kind != "test":  # a further test is of the program before
                    self._source = code
                self._connect(descriptors)
                status = self._answer(request)
                if request.kind == "program" or not self._fit:
                    break
        finally:
            os._exit(status & 0xFF)

    def _connect(self, descriptors: list[int]) -> None:
        """Put the request's files in place of stdin, stdout, stderr; a fourth is the program's text."""
        program.drop_streams()
        for target, fd in enumerate(descriptors[:3]):
            os.dup2(fd, target)
        if len(descriptors) > 3:
            with open(descriptors.pop(), "rb", closefd=True) as text:
                self._source = text.read()
        for fd in descriptors:
            os.close(fd)
        program.fresh_streams()

    def _answer(self, request: wire.Request) -> int:
        self._set_limits(request)
        handlers = Handlers() if request.kind == "test" else None
        started = time.process_time()
        code, error = self._perform(request)
        usage = resource.getrusage(resource.RUSAGE_SELF)
        cpu_s = time.process_time() - started
        if handlers is not None:
            self._fit = self._restored(handlers)
        kind = wire.DONE if self._fit else wire.LAST
        done = wire.Report(kind, code, limit_of(error), cpu_s, usage.ru_maxrss)
        try:
            os.write(self._channel.fileno(), done.packed())
        except OSError:  # the program closed it: the process's own end will tell
            os._exit(code & 0xFF)
        return code

    def _perform(self, request: wire.Request) -> tuple[int, BaseException | None]:
        if request.kind == "cell":
            return self._cells.run(self._source)
        return program.run(self._source, self._folder)

    def _fork(self, fd: int) -> None:
        """Copy this process; the copy serves the channel `fd` from here on."""
        channel = socket.socket(fileno=fd)
        chance = random.getstate()  # a fork seeds the module anew
        try:
            copy = os.fork() == 0
        except OSError:
            channel.close()
            return
        if copy:
            self._channel.close()
            self._channel = channel
            random.setstate(chance)
            try:
                self._folder = family.move_out(self._folder)
            except OSError as error:
                self._channel.send(wire.broken(error))
                os._exit(1)
            self._channel.send(wire.Report(wire.READY).packed())
        else:
            channel.close()

    def _restored(self, handlers: Handlers) -> bool:
        """Take away what a test left; whether nothing is left that the next could meet."""
        if program.hears_of_the_end():
            return False
        try:
            handlers.restore()
            seed_generators()
            os.chdir(self._folder)
            for folder in (self._folder, os.environ["TMPDIR"]):
                folders.empty(folder)
        except Exception:  # noqa: BLE001 - the program can have broken anything; a new process knows nothing of it
            return False
        return True

    def _set_limits(self, request: wire.Request) -> None:
        if self._limits_set:
            return
        self._limits_set = True
        kernel.bound(resource.RLIMIT_AS, self._base_memory + request.memory)
        kernel.bound(resource.RLIMIT_FSIZE, request.file_size)
        kernel.bound(resource.RLIMIT_NOFILE, request.open_files)
        if request.cpu_s:
            seconds = math.ceil(request.cpu_s)
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def handle_signals() -> None:
    """Have signals end programs as they usually do; called once, in the zygote, for all that will be forked."""
    for number in DEADLY:
        signal.signal(number, die)
    signal.signal(SOFT_STOP, stop_softly)


def die(number: int, frame: object) -> NoReturn:
    """End as by a signal's default action, from which the kernel spares the first process of a namespace."""
    del frame
    with suppress(OSError):
        os.write(CHANNEL_FD, wire.Report(wire.DONE, -number).packed())
    os._exit(128 + number)


def limit_of(error: BaseException | None) -> int:
    """The bound behind an exception that ended a program."""
    if isinstance(error, MemoryError):
        return wire.MEMORY_LIMIT
    if isinstance(error, OSError):
        return LIMITS_OF_ERRORS.get(error.errno or 0, wire.UNTOLD)
    return wire.UNTOLD


def stop_softly(number: int, frame: object) -> NoReturn:
    """At the end of the time: keep what was printed, and be gone."""
    del number, frame
    program.flush()
    os._exit(128 + SOFT_STOP)


def warm_up() -> None:
    """Run a trifle, so that the pages and caches that every program touches are this process's own already."""
    program.execute(program.compiled(b"def f(x):\n    return [str(x) for x in range(3)]\nf(1)"), {})
