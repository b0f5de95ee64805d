"""The first program inside a box: starts the agent's program or session, watches it, tells the host how it went.

The host starts it as `python -c <this text>`: it needs no file of gem inside, runs under any Python from 3.9, and
imports as little as it can, since its imports are the time a start takes. It knows nothing that the program may
not see, so a program that reaches for it can forge its own result and no more.

A message of the host is a line of `name=value` pairs, an answer a line of JSON; in both, `parts` gives the sizes of
the byte strings that follow. The program writes to files of its own, never to the channel. When the host closes
its end, everything is killed.
"""

from __future__ import annotations

import os
import resource
import select
import time

from gem.sandbox.children.driver_inside import (
    FILE_NAME,
    FLUSH,
    become,
    prctl,
    prepare,
    read_exactly,
    run_cells,
    run_main,
    write_all,
)

PR_SET_PDEATHSIG = 1

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Sequence

FROM_HOST, TO_HOST = 0, 1
FLUSHING_S = 0.06
STUBBORN_S = 0.5
"""How long a cell may go on after its interrupt."""
PR_SET_CHILD_SUBREAPER = 36


# -- the channel -----------------------------------------------------------------------------------


def receive() -> tuple[dict[str, str], list[bytes]]:
    """The host's next message, and the byte strings that came with it."""
    line = bytearray()
    while not line.endswith(b"\n"):
        line += read_exactly(FROM_HOST, 1)
    fields = dict(pair.split("=", 1) for pair in line.decode().split())
    return fields, [read_exactly(FROM_HOST, int(size)) for size in fields.pop("parts", "").split(",") if size]


def send(event: str, parts: Sequence[bytes] = (), **fields: float) -> None:
    """Tell the host."""
    texts = [f'"event": "{event}"', f'"parts": {[len(part) for part in parts]}']
    texts += [f'"{name}": {value}' for name, value in fields.items()]
    write_all(TO_HOST, ("{" + ", ".join(texts) + "}\n").encode() + b"".join(parts))


# -- the program's process, from outside -----------------------------------------------------------


class Program:
    """A child process that does `main(orders, answers)`, two pipes; its output goes to files without names."""

    def __init__(self, main: Callable[[int, int], None], stdin: int) -> None:
        self.stdout, self.stderr = scratch(), scratch()
        self.answers, theirs_out = os.pipe()
        theirs_in, self.orders = os.pipe()
        self._wake, wake_writer = os.pipe()
        for fd in (self._wake, wake_writer):
            os.set_blocking(fd, False)
        signal.signal(signal.SIGCHLD, just_wake)
        signal.set_wakeup_fd(wake_writer)
        self.status: int | None = None
        self.usage: resource.struct_rusage | None = None
        self.pid = os.fork()
        if self.pid == 0:
            signal.set_wakeup_fd(-1)
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # whatever kills the driver takes the program along
            ours = (self.answers, self.orders, self._wake, wake_writer)
            become(main, (stdin, self.stdout, self.stderr), (theirs_in, theirs_out), ours)
        for fd in (theirs_in, theirs_out, stdin):
            os.close(fd)

    def wait(self, fds: Sequence[int], deadline: float | None) -> set[int]:
        """Those of `fds` that can be read, as soon as one can, the program has ended, or the deadline has come."""
        while True:
            poll = select.poll()
            for fd in (self._wake, *fds):
                poll.register(fd, select.POLLIN)
            left_s = None if deadline is None else max(0.0, deadline - time.monotonic())
            over = self.ended()
            ready = {fd for fd, _ in poll.poll(0 if over else None if left_s is None else left_s * 1000)}
            if self._wake in ready:
                os.read(self._wake, 4096)
                ready.remove(self._wake)
            if ready or over or left_s == 0:
                return ready

    def ended(self) -> bool:
        """Whether it is over; takes note of how, and buries orphans on the way."""
        while self.status is None:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == self.pid:
                self.status, self.usage = status, usage
            elif pid == 0:
                break
        return self.status is not None

    def stop(self, flush: bool) -> None:
        """Kill it; with `flush`, after a moment for what its buffers hold."""
        if flush and not self.ended():
            os.kill(self.pid, FLUSH)
            self.wait((), time.monotonic() + FLUSHING_S)
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
            self.wait((), None)

    def outputs(self, limit: int) -> list[bytes]:
        """The beginnings of stdout and stderr: one byte more than `limit`, if there is more."""
        return [os.pread(fd, min(limit + 1, os.fstat(fd).st_size), 0) for fd in (self.stdout, self.stderr)]

    def ending(self) -> dict[str, float]:
        """How it ended and what it used; empty while it lives."""
        if self.status is None or self.usage is None:
            return {}
        exit_code = os.waitstatus_to_exitcode(self.status)
        cpu_s = self.usage.ru_utime + self.usage.ru_stime
        return {"exit_code": exit_code, "cpu_s": cpu_s, "rss_kb": self.usage.ru_maxrss}


def just_wake(*_: object) -> None:
    """What a handler must do for `set_wakeup_fd` to be heard: exist."""


def scratch(content: bytes = b"") -> int:
    """A file without a name, in memory where that is possible; what is written goes to its end."""
    import fcntl

    try:
        fd = os.memfd_create("scratch")
    except (AttributeError, OSError):
        fd = os.open(".scratch", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        os.unlink(".scratch")
    fcntl.fcntl(fd, fcntl.F_SETFL, os.O_APPEND)
    write_all(fd, content)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def kill_orphans() -> None:
    """Kill what the program leaves behind. As a box's first process there is nothing to do: all end with it."""
    while os.getpid() != 1:
        try:
            with open(f"/proc/self/task/{os.getpid()}/children") as file:
                orphans = [int(pid) for pid in file.read().split()]
        except OSError:
            return
        if not orphans:
            return
        for pid in orphans:
            os.kill(pid, signal.SIGKILL)
        for pid in orphans:
            os.waitpid(pid, 0)


# -- watching over it ------------------------------------------------------------------------------


def serve_program(fields: dict[str, str], code: bytes, stdin: bytes, seccomp: bytes) -> None:
    """Run one program to its end or its time limit, and report."""

    def main(orders: int, answers: int) -> None:
        names = prepare(fields, seccomp)
        os.write(answers, b"r")
        os.read(orders, 1)  # the host is to know that it has begun before it can harm the driver
        os.close(answers)
        os.close(orders)
        run_main(code, names)

    with open(FILE_NAME, "wb") as file:
        file.write(code)
    program = Program(main, scratch(stdin))
    if not begun(program, fields):
        return
    start = time.monotonic()
    send("started")
    os.write(program.orders, b"g")
    host_is_gone = program.wait((FROM_HOST,), start + float(fields["timeout_s"]))
    timed_out = not program.ended()
    program.stop(flush=not host_is_gone)
    report(program, fields, start, timed_out)


def serve_session(fields: dict[str, str], seccomp: bytes) -> None:
    """Run cells as they come, until the host closes the channel."""

    def main(orders: int, answers: int) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        names = prepare(fields, seccomp)
        os.write(answers, b"r")
        run_cells(names, orders, answers)

    program = Program(main, scratch())
    if not begun(program, fields):
        return
    send("started")
    while True:
        message, parts = receive()
        if message["kind"] == "cell":
            serve_cell(program, {**fields, **message}, parts[0])


def begun(program: Program, fields: dict[str, str]) -> bool:
    """Wait until its process is ready; report it if it ends before, or if the host goes away."""
    ready = program.wait((program.answers, FROM_HOST), None)
    if program.answers in ready and os.read(program.answers, 1):
        return True
    program.stop(flush=False)
    report(program, fields, time.monotonic(), timed_out=False)
    return False


def serve_cell(program: Program, fields: dict[str, str], code: bytes) -> None:
    """Run one cell; at its time limit interrupt it, and if that does not help kill the session."""
    for fd in (program.stdout, program.stderr):
        os.ftruncate(fd, 0)
    start = time.monotonic()
    deadline, timed_out = start + float(fields["timeout_s"]), False
    if not program.ended():
        write_all(program.orders, len(code).to_bytes(8, "big") + code)
    while not program.ended():
        ready = program.wait((program.answers, FROM_HOST), deadline)
        if program.answers in ready:
            answer = os.read(program.answers, 1)
            if answer:
                return report(program, fields, start, timed_out, exit_code=answer[0])
            program.stop(flush=False)  # it has closed its side of the channel: no more cells can come of it
        elif FROM_HOST in ready:
            receive()  # there is nothing to be said during a cell but "interrupt"
            os.kill(program.pid, signal.SIGINT)
        elif timed_out:
            program.stop(flush=False)
        elif not program.ended():
            timed_out, deadline = True, time.monotonic() + STUBBORN_S
            os.kill(program.pid, signal.SIGINT)
    return report(program, fields, start, timed_out)


def report(program: Program, fields: dict[str, str], start: float, timed_out: bool, **more: float) -> None:
    """Tell the host how it went."""
    wall_s = time.monotonic() - start
    ending = {"alive": int(not program.ended()), "timed_out": int(timed_out), **program.ending(), **more}
    send("ended", program.outputs(int(fields["output_kb"]) * 1024), wall_s=wall_s, **ending)


def main() -> None:
    """Serve the host's one request: a program or a session."""
    try:
        fields, parts = receive()
        if os.getpid() != 1:
            prctl(PR_SET_CHILD_SUBREAPER, 1)
        serve = serve_program if fields["kind"] == "program" else serve_session
        serve(fields, *parts)
    except (EOFError, BrokenPipeError):
        pass  # the host has gone
    except OSError as error:
        send("failed", [str(error).encode()])
    kill_orphans()


if __name__ == "__main__":
    main()
