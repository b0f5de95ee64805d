"""One long-lived bash, driven from outside. Knows descriptors, no files and no namespaces.

    stdin      commands for the shell, each a line of `eval '…'`; a command's own stdin is /dev/null
    output     what commands print, stdout and stderr in the order in which they print it
    status     how commands end: a number drawn for each, and an exit code; commands themselves do not have it open
    terminal   the controlling terminal, for job control alone: ^C reaches what runs in the foreground, as at a desk

The first process of the box, `SUPERVISOR`, starts a new shell where one ends, so a box outlives `exit` and `kill -9`.
"""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import secrets
import select
import signal
import struct
import termios
import time
from typing import NamedTuple

from gem.errors import SnapshotUnsupported
from gem.sandbox.protocol import encoded
from gem.sandbox.result import LimitName, Result, Status, unavailable
from gem.sandbox.terminal.excerpt import Excerpt

OUTPUT_FD, STATUS_FD, TTY_FD = 61, 62, 63
SUPERVISOR = f"""
exec {OUTPUT_FD}>&1 2<>/proc/self/fd/{TTY_FD} {TTY_FD}>&-
ulimit -SHc 0; ulimit -SHn "$1"; ulimit -SHv "$2"; ulimit -SHu "$3"
set -m
while [[ -x /bin/bash ]]; do
  cd 2>/dev/null || cd /
  PS1= PS2= HISTFILE= bash --noprofile --norc --noediting +H +o history -i 2>&1
  printf 'ended %d\\n' $? >&{STATUS_FD} || exit
done
"""
STATE = b"{ declare -p; declare -f; alias -p; shopt -p; printf 'cd %q\\n' \"$PWD\"; } 2>/dev/null"
MAX_STATE = 8 << 20
STEP_S, POLITE, PATIENT, ATTEMPTS = 0.05, 5, 15, 60
"""How a command is stopped: at every step by ^C, after some by SIGKILL too, after more along with the shell."""
RESTART_S = 10.0
FLOOD_FACTOR = 256
"""A command is stopped when it has printed this many times what is kept of its output."""
HARMLESS_FLOOD = 16 << 20


class Ending(NamedTuple):
    """How a command came to its end."""

    how: str
    """"done"; "ended", when the shell itself is gone; or "dead", when the box is."""
    code: int = 0


DEAD = Ending("dead")


class Shell:
    """The outer ends of a box's descriptors, which it owns from now on. One command at a time."""

    def __init__(self, stdin: int, output: int, status: int, terminal: int, output_bytes: int) -> None:
        self._stdin, self._output, self._status, self._terminal = stdin, output, status, terminal
        self._descriptors = (stdin, output, status, terminal)
        for descriptor in self._descriptors:
            os.set_blocking(descriptor, False)
        self._limit = output_bytes
        self._flood = max(HARMLESS_FLOOD, FLOOD_FACTOR * output_bytes)
        self._outgoing = b""
        self._reports = b""
        self._last_code = 0
        self._group = 0
        self._nonce = b""
        self.alive = True
        """Whether the box is there."""

    def await_start(self, timeout_s: float) -> bool:
        """Whether the shell answers in time; what it prints until then is dropped."""
        ending = self._ask(b":", Excerpt(0), timeout_s)
        return ending is not None and ending.how == "done"

    def run(self, command: bytes, timeout_s: float) -> Result:
        """Let the shell run a command and wait for its end, or bring it about at its time limit."""
        output, notes = Excerpt(self._limit), list[str]()
        if (before := self._meanwhile()) is not None:
            notes.append(f"The shell had ended with code {before.code}; this is its successor.")
        if b"\0" in command:
            notes.append("NUL bytes, which no command can hold, were left out.")
        started = time.monotonic()
        try:
            ending = self._ask(command.replace(b"\0", b""), output, timeout_s, self._flood) if self.alive else DEAD
        except KeyboardInterrupt:
            self._stop(output)
            raise
        limit: LimitName | None = None
        if ending is None:
            limit = "output" if output.size >= self._flood else "time"
            ending = self._stop(output)
        wall_s = time.monotonic() - started
        if ending.how == "ended":
            notes.append(f"The shell ended with code {ending.code}; its successor starts anew.")
            ending = self._succeed(ending)
        else:
            self._last_code = ending.code
        self.alive = ending.how != "dead"
        if not self.alive:
            return unavailable("the machine is gone")
        status: Status = "timeout" if limit == "time" else "killed" if limit else "error" if ending.code else "ok"
        return Result(
            status=status,
            stdout=output.text(),
            stderr="\n".join(notes),
            exit_code=ending.code if limit is None else None,
            truncated=output.truncated,
            limit_hit=limit,
            wall_s=wall_s,
        )

    def state(self, timeout_s: float) -> str:
        """A script that makes another shell like this one. Raises `SnapshotUnsupported` if it can't be had."""
        output = Excerpt(MAX_STATE)
        ending = self._ask(STATE, output, timeout_s) if self.alive else None
        if ending is None or ending.how != "done" or output.truncated:
            raise SnapshotUnsupported("the terminal's shell does not tell its variables")
        return output.text()

    def take(self, state: str, timeout_s: float) -> None:
        """Become like the shell that `state` is of."""
        if self._ask(encoded(state), Excerpt(0), timeout_s) is None:
            raise SnapshotUnsupported("the terminal's shell does not take over its variables")

    def close(self) -> None:
        """Let go of the box; safe to call twice."""
        self.alive = False
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._descriptors = ()

    def _meanwhile(self) -> Ending | None:
        """The end of the shell since the last command, if there was one."""
        poll = select.poll()
        if self.alive:
            poll.register(self._status, select.POLLIN)
        ending = self._report() if poll.poll(0) else None
        if ending is None or ending.how == "done":
            return None
        ending = self._succeed(ending)
        self.alive = ending.how != "dead"
        return ending

    def _succeed(self, ending: Ending) -> Ending:
        """Wait until the shell's successor answers."""
        self._last_code = 0
        return ending if self.await_start(RESTART_S) else DEAD

    def _ask(self, command: bytes, output: Excerpt, timeout_s: float, flood: float = math.inf) -> Ending | None:
        """Send a command and wait for its end; None if it is still under way."""
        self._nonce = secrets.token_hex(8).encode()
        before = b" (exit %d);" % self._last_code if self._last_code else b""  # what `$?` says
        quoted = command.replace(b"'", b"'\\''")
        streams = b"</dev/null >&%d 2>&%d %d>&- %d>&-" % (OUTPUT_FD, OUTPUT_FD, OUTPUT_FD, STATUS_FD)
        self._outgoing += b"%s eval '%s' %s\n" % (before, quoted, streams)
        self._request_report()
        return self._wait(output, timeout_s, flood)

    def _request_report(self) -> None:
        self._outgoing += b' builtin printf "%%s %%d\\n" %s $? >&%d\n' % (self._nonce, STATUS_FD)

    def _wait(self, output: Excerpt, timeout_s: float, flood: float = math.inf) -> Ending | None:
        """Move bytes until the command has ended; None if the time is over, or `flood` bytes were printed."""
        deadline = time.monotonic() + timeout_s
        while (left := deadline - time.monotonic()) > 0 and output.size < flood:
            poll = select.poll()
            for descriptor in (self._output, self._status, self._terminal):
                poll.register(descriptor, select.POLLIN)
            if self._outgoing:
                poll.register(self._stdin, select.POLLOUT)
            ready = {descriptor for descriptor, _ in poll.poll(left * 1000)}
            if self._stdin in ready:
                self._send()
            for descriptor in ready & {self._output, self._terminal}:
                output.add(received(descriptor))
            if self._status in ready and (ending := self._report()):
                output.add(self._rest())
                if ending.how == "done":
                    self._group = self._foreground()
                return ending
        return None

    def _send(self) -> None:
        try:
            self._outgoing = self._outgoing[os.write(self._stdin, self._outgoing) :]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self._outgoing = b""  # the status descriptor tells the rest

    def _report(self) -> Ending | None:
        """The end of the command that runs, if the status descriptor told it by now."""
        try:
            data = os.read(self._status, 65536)
        except BlockingIOError:
            return None
        if not data:
            return DEAD
        *lines, self._reports = (self._reports + data)[-4096:].split(b"\n")
        for line in lines:
            word, _, code = line.partition(b" ")
            if code.isdigit() and word in (self._nonce, b"ended"):
                return Ending("ended" if word == b"ended" else "done", int(code))
        return None

    def _rest(self) -> bytes:
        """What the command printed before its end and nobody has read; no more, though a background job go on."""
        waiting = struct.unpack("i", fcntl.ioctl(self._output, termios.FIONREAD, b"\0" * 4))[0]
        return received(self._output, waiting) if waiting else b""

    def _stop(self, output: Excerpt) -> Ending:
        """End the command: ^C, then SIGKILL to what is in the foreground, at last to the shell itself."""
        for attempt in range(ATTEMPTS):
            with contextlib.suppress(OSError):
                os.write(self._terminal, b"\x03")  # again and again: one may fall between two programs
            if attempt >= POLITE:
                kill_group(self._foreground())
            if attempt >= PATIENT:
                kill_group(self._group)
            self._request_report()  # the one before may have gone with the interrupted line
            if (ending := self._wait(output, STEP_S)) is not None:
                return ending
        return DEAD

    def _foreground(self) -> int:
        """The process group that ^C would reach; 0 if there is none."""
        try:
            return os.tcgetpgrp(self._terminal)
        except OSError:
            return 0


def kill_group(group: int) -> None:
    """SIGKILL to a process group of the box."""
    if group > 1:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def received(descriptor: int, size: int = 65536) -> bytes:
    """What can be read now; nothing at the end of the stream."""
    try:
        return os.read(descriptor, size)
    except OSError:  # a terminal whose other side is closed, or nothing there after all
        return b""
