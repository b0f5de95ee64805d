"""One request to a harness and what comes of it: files in, a wait with a deadline, a `Result` out."""

from __future__ import annotations

import os
import select
import signal
import socket
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from time import monotonic
from typing import Any, NamedTuple

from gem.sandbox.box import wire
from gem.sandbox.box.harness import SOFT_STOP
from gem.sandbox.box.wire import Kind
from gem.sandbox.limits import MAX_TIMEOUT_S, Limits
from gem.sandbox.result import LimitName, Result, Status, kept, unavailable
from gem.sandbox.zygote.permits import Permits

SOFT_STOP_S = 0.05
"""From the deadline to the kill: long enough for what was printed to be flushed."""
INTERRUPT_S = 0.5
"""The same for a cell of a session, which is interrupted and may live on."""
MIB = 1 << 20

LIMIT_NAMES: dict[int, LimitName] = {wire.MEMORY_LIMIT: "memory", wire.DISK_LIMIT: "disk"}
"""The limits that a harness sees; of the others the host knows by itself."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The harness of a request."""

    channel: socket.socket
    pid: int
    """Its process in the host's count."""
    pidfd: int
    signal: Callable[[int], None]
    """Sends it a signal, unless it is gone."""
    ending: Callable[[], Mapping[str, Any] | None]
    """How its process ended, once it does: its wait "status", "cpu_s" and "rss_kb"; None if nobody can say."""
    permits: Permits | None = None


class Exchange:
    """A request's files and its answer. `finished` says whether the harness answered and may be asked again."""

    def __init__(self, peer: Peer, limits: Limits) -> None:
        self._peer = peer
        self._limits = limits
        self.finished = False
        self.was_sent = True

    def perform(self, kind: Kind, code: bytes, stdin: bytes) -> Result:
        """Send the request, wait for its end, and say what came of it."""
        with ExitStack() as files:
            try:
                descriptors = [_file(files, content) for content in (stdin, b"", b"")]
                if len(code) > wire.SHORT:
                    descriptors.append(_file(files, code))
                    code = b""
                started = monotonic()
                wire.ask(self._peer.channel, _request(kind, self._limits), descriptors, code)
            except OSError as error:  # the harness is gone; or a program before has filled or shut the channel
                self.was_sent = False
                self._peer.signal(signal.SIGKILL)
                return unavailable(f"the request could not be sent: {error}")
            report, timed_out = self._await(started + self._limits.timeout_s, is_cell=kind == "cell")
            wall_s = monotonic() - started
            if not self.finished:
                self._peer.signal(signal.SIGKILL)
            ending = self._ending(report, timed_out, is_cell=kind == "cell")
            if ending is None:
                return unavailable("the zygote has died while the program ran")
            return self._result(ending, wall_s, descriptors[1], descriptors[2])

    def speaks_unasked(self) -> bool:
        """Whether there is a message to no request: a program has written it, and may write the next answer too."""
        poll = select.poll()
        try:
            poll.register(self._peer.channel, select.POLLIN)
        except ValueError:  # the sandbox was closed by another thread
            return True
        return bool(poll.poll(0))

    def _await(self, deadline: float, is_cell: bool) -> tuple[wire.Report | None, bool]:
        """The harness's report, if it makes one, and whether the time was up. A cell may answer even then."""
        report, silent = self._listen(deadline)
        if not silent:
            return report, False
        self._peer.signal(signal.SIGINT if is_cell else SOFT_STOP)
        report, _ = self._listen(monotonic() + (INTERRUPT_S if is_cell else SOFT_STOP_S))
        self.finished = self.finished and is_cell
        return report, True

    def _listen(self, deadline: float) -> tuple[wire.Report | None, bool]:
        """What the harness says until then, and whether it said nothing, not even farewell."""
        permits = self._peer.permits
        poll = select.poll()
        try:
            poll.register(self._peer.channel, select.POLLIN)
            if permits is not None:
                poll.register(permits.listener, select.POLLIN)
        except ValueError:  # the sandbox was closed by another thread
            return None, False
        is_late = False
        while not is_late and (events := poll.poll(max(0.0, deadline - monotonic()) * 1000)):
            is_late = monotonic() > deadline  # a storm of questions does not put off the end
            if permits is not None and events == [(permits.listener, select.POLLIN)]:
                permits.answer()
                continue
            word = _word(self._peer.channel)
            if not word:  # it has ended, or the program has closed the channel and goes on
                return None, not self._ends(deadline)
            report = wire.report_of(word)
            self.finished = report is not None and report.kind == wire.DONE
            return report, False
        return None, True

    def _ends(self, deadline: float) -> bool:
        """Whether the process ends until then."""
        poll = select.poll()
        poll.register(self._peer.pidfd, select.POLLIN)
        return bool(poll.poll(max(0.0, deadline - monotonic()) * 1000))

    def _ending(self, report: wire.Report | None, timed_out: bool, is_cell: bool) -> Ending | None:
        """By the report, or by how the process ended; None if the zygote can't say."""
        if report is not None and report.kind in (wire.DONE, wire.LAST) and (is_cell or not timed_out):
            usage = (report.cpu_s if 0 <= report.cpu_s < MAX_TIMEOUT_S else None), report.rss_kb / 1024
            if timed_out:
                return Ending("timeout", report.exit_code, "time", *usage)
            return Ending(_status(report.exit_code), report.exit_code, LIMIT_NAMES.get(report.limit), *usage)
        if timed_out:
            return Ending("timeout", None, "time")
        if is_cell:
            return Ending("killed", None)
        ending = self._peer.ending()
        if ending is None:
            return None
        code = os.waitstatus_to_exitcode(ending["status"])
        usage = float(ending["cpu_s"]), ending["rss_kb"] / 1024
        if code in (128 + SOFT_STOP, -SOFT_STOP):
            return Ending("timeout", None, "cpu", *usage)
        if code == -signal.SIGSYS:  # how the filter lets a program kill itself
            code = -signal.SIGKILL
        return Ending(_status(code), code, None, *usage)

    def _result(self, ending: Ending, wall_s: float, out: int, err: int) -> Result:
        limit = self._limits.output_kb * 1024
        stdout, more_out = kept(_read(out, limit + 1), limit)
        stderr, more_err = kept(_read(err, limit + 1), limit)
        flooded = (more_out or more_err) and ending.limit_hit in (None, "disk")
        return Result(
            status=ending.status,
            stdout=stdout,
            stderr=stderr,
            exit_code=ending.exit_code,
            truncated=more_out or more_err,
            limit_hit="output" if flooded else ending.limit_hit,
            wall_s=wall_s,
            cpu_s=ending.cpu_s,
            rss_mb=ending.rss_mb,
        )


class Ending(NamedTuple):
    """How a request ended, but for what it printed."""

    status: Status
    exit_code: int | None
    limit_hit: LimitName | None = None
    cpu_s: float | None = None
    rss_mb: float | None = None


def _word(channel: socket.socket) -> bytes:
    """The next message; empty if the other end is closed."""
    try:
        return channel.recv(wire.MAX_MESSAGE)
    except OSError:
        return b""


def _status(code: int) -> Status:
    return "ok" if code == 0 else "killed" if code < 0 else "error"


def _request(kind: Kind, limits: Limits) -> wire.Request:
    return wire.Request(
        kind,
        memory=limits.memory_mb * MIB,
        file_size=max(limits.disk_mb * MIB, limits.output_kb * 1024 + 1),
        open_files=limits.open_files,
        cpu_s=limits.cpu_s or 0.0,
    )


def _file(files: ExitStack, content: bytes) -> int:
    """A file in memory with this content, at its beginning, closed with `files`."""
    fd = os.memfd_create("box", os.MFD_CLOEXEC)
    files.callback(os.close, fd)
    view = memoryview(content)
    while view:
        view = view[os.write(fd, view) :]
    if content:
        os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _read(fd: int, most: int) -> bytes:
    try:
        return os.pread(fd, min(most, os.fstat(fd).st_size), 0)
    except OSError:
        return b""
