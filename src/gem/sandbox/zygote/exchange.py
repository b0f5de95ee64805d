"""One request to a harness and what comes of it: files in, a wait with a deadline, a `Result` out."""

from __future__ import annotations

import os
import select
import signal
from contextlib import ExitStack
from time import monotonic
from typing import Any

from gem.sandbox.box import wire
from gem.sandbox.box.harness import SOFT_STOP
from gem.sandbox.limits import Limits
from gem.sandbox.result import LimitName, Result, Status, kept, unavailable
from gem.sandbox.zygote.nursery import Nursery, Spare

SOFT_STOP_S = 0.05
"""From the deadline to the kill: long enough for what was printed to be flushed."""
INTERRUPT_S = 0.5
"""The same for a cell of a session, which is interrupted and may live on."""
END_S = 5.0
"""How long the news of a process's end may take."""
MIB = 1 << 20

LIMIT_NAMES: dict[int, LimitName] = {
    wire.CPU_LIMIT: "cpu",
    wire.MEMORY_LIMIT: "memory",
    wire.DISK_LIMIT: "disk",
    wire.PROCESS_LIMIT: "processes",
}


class Exchange:
    """A request's files and its answer. `finished` says whether the harness answered and may be asked again."""

    def __init__(self, nursery: Nursery, spare: Spare, limits: Limits) -> None:
        self._nursery = nursery
        self._spare = spare
        self._limits = limits
        self.finished = False

    def perform(self, kind: str, code: bytes | None, stdin: bytes) -> Result:
        """Send the request, wait for its end, and say what came of it."""
        with ExitStack() as files:
            try:
                descriptors = [_file(files, content) for content in (stdin, b"", b"")]
                if code is not None:
                    descriptors.append(_file(files, code))
                started = monotonic()
                wire.send(self._spare.channel, {"kind": kind, "limits": _bounds(self._limits)}, descriptors)
            except OSError as error:
                return unavailable(f"the request could not be sent: {error}")
            report, timed_out = self._await(started + self._limits.timeout_s, interrupt=kind == "cell")
            wall_s = monotonic() - started
            if not self.finished:
                self._spare.signal(signal.SIGKILL)
            return self._result(report, timed_out, wall_s, descriptors[1], descriptors[2])

    def _await(self, deadline: float, interrupt: bool) -> tuple[wire.Report | None, bool]:
        """The harness's report, if it makes one, and whether the time was up."""
        report, silent = self._listen(deadline)
        if not silent:
            return report, False
        self._spare.signal(signal.SIGINT if interrupt else SOFT_STOP)
        report, _ = self._listen(monotonic() + (INTERRUPT_S if interrupt else SOFT_STOP_S))
        if not interrupt:
            self.finished = False
        return report, True

    def _listen(self, deadline: float) -> tuple[wire.Report | None, bool]:
        """What the harness says until then, and whether it said nothing, not even farewell."""
        poll = select.poll()
        poll.register(self._spare.channel, select.POLLIN)
        if not poll.poll(max(0.0, deadline - monotonic()) * 1000):
            return None, True
        try:
            word = self._spare.channel.recv(wire.MAX_MESSAGE)
        except OSError:
            word = b""
        report = wire.report_of(word)
        self.finished = report is not None and report.kind == wire.DONE
        return report, False

    def _result(self, report: wire.Report | None, timed_out: bool, wall_s: float, out: int, err: int) -> Result:
        limit = self._limits.output_kb * 1024
        stdout, more_out = kept(_read(out, limit + 1), limit)
        stderr, more_err = kept(_read(err, limit + 1), limit)
        truncated = more_out or more_err
        status, exit_code, hit, cpu_s, rss_kb = self._ending(report, timed_out)
        if status == "unavailable":
            return unavailable("the zygote has died while the program ran")
        return Result(
            status=status,
            stdout=stdout,
            stderr=stderr,
            exit_code=exit_code,
            truncated=truncated,
            limit_hit="output" if truncated and hit in (None, "disk") else hit,
            wall_s=wall_s,
            cpu_s=cpu_s,
            rss_mb=None if rss_kb is None else rss_kb / 1024,
        )

    def _ending(
        self, report: wire.Report | None, timed_out: bool
    ) -> tuple[Status, int | None, LimitName | None, float | None, int | None]:
        """Status, exit code, limit, processor time and memory: by the report, or by how the process ended."""
        if report is not None and report.kind == wire.DONE and not (timed_out and not self.finished):
            code, hit = report.exit_code, LIMIT_NAMES.get(report.limit)
            status: Status = "timeout" if timed_out else _status(code)
            return status, code, "time" if timed_out else hit, report.cpu_s, report.rss_kb
        if timed_out:
            self._nursery.let_go(self._spare)
            return "timeout", None, "time", None, None
        ending = self._nursery.await_end(self._spare, END_S)
        if ending is None:
            return "unavailable", None, None, None, None
        code = os.waitstatus_to_exitcode(ending["status"])
        cpu_s, rss_kb = float(ending["cpu_s"]), int(ending["rss_kb"])
        if code == 128 + SOFT_STOP or code == -SOFT_STOP:
            return "timeout", None, "cpu", cpu_s, rss_kb
        return _status(code), code, None, cpu_s, rss_kb


def _status(code: int) -> Status:
    return "ok" if code == 0 else "killed" if code < 0 else "error"


def _bounds(limits: Limits) -> dict[str, Any]:
    return {
        "memory": limits.memory_mb * MIB,
        "file_size": max(limits.disk_mb * MIB, limits.output_kb * 1024 + 1),
        "open_files": limits.open_files,
        "cpu_s": limits.cpu_s,
    }


def _file(files: ExitStack, content: bytes) -> int:
    """A file in memory with this content, at its beginning, closed with `files`."""
    fd = os.memfd_create("box", os.MFD_CLOEXEC)
    files.callback(os.close, fd)
    if content:
        view = memoryview(content)
        while view:
            view = view[os.write(fd, view) :]
        os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _read(fd: int, most: int) -> bytes:
    try:
        return os.pread(fd, min(most, os.fstat(fd).st_size), 0)
    except OSError:
        return b""
