"""A session in a zygote's harness: the process stays, each cell is a request to it, a fork is a copy of it."""

from __future__ import annotations

import os
import select
import signal
import socket
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from threading import Lock
from time import monotonic

from gem.errors import SnapshotUnsupported
from gem.sandbox.box import wire
from gem.sandbox.limits import Limits
from gem.sandbox.protocol import Session, encoded
from gem.sandbox.result import Result, unavailable
from gem.sandbox.zygote.exchange import Exchange, Peer
from gem.sandbox.zygote.permits import Permits

FORK_S = 10.0


class ZygoteSession(Session):
    """Cells run one at a time; a second thread's cell waits for its turn.

    Branches share a box, in which each has a folder of its own; it lives as long as one of them.
    """

    def __init__(self, peer: Peer, limits: Limits, end_all: Callable[[], None]) -> None:
        self._peer = peer
        self._limits = limits
        self._end_all = end_all
        self._turn = Lock()
        self._busy = False
        self._finalizer = weakref.finalize(self, _end, peer, end_all, os.getpid())

    @property
    def alive(self) -> bool:
        return self._finalizer.alive

    def cell(self, code: str | bytes, timeout_s: float | None = None) -> Result:
        limits = self._limits if timeout_s is None else replace(self._limits, timeout_s=timeout_s)
        with self._turn:
            if not self.alive:
                return unavailable("the session has ended")
            exchange = Exchange(self._peer, limits)
            self._busy = True
            try:
                result = exchange.perform("cell", encoded(code), b"")
            finally:
                self._busy = False
                if not exchange.finished:
                    self.close()
            return result

    def interrupt(self) -> None:
        if self._busy:
            self._peer.signal(signal.SIGINT)

    def fork(self) -> Session:
        permits = self._peer.permits
        if permits is None:
            raise SnapshotUnsupported("a session can be forked only where the sandbox has namespaces")
        with self._turn:
            if not self.alive:
                raise SnapshotUnsupported("the session has ended")
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            permits.allow(self._peer.pid)
            try:
                with theirs:
                    wire.ask(self._peer.channel, wire.Request("fork"), [theirs.fileno()])
                pid = _await_branch(ours, permits)
                permits.branch()
                return ZygoteSession(_branch(ours, pid, permits), self._limits, self._end_all)
            except OSError as error:
                ours.close()
                raise SnapshotUnsupported(f"the session could not be copied: {error}") from error
            finally:
                permits.revoke(self._peer.pid)

    def close(self) -> None:
        self._finalizer()


def _end(peer: Peer, end_all: Callable[[], None], owner: int) -> None:
    """Kill a branch, and what it lives in with the last one. A fork of the process that owns it leaves it alone."""
    if os.getpid() != owner:
        return
    peer.signal(signal.SIGKILL)
    peer.channel.close()
    if peer.permits is None or peer.permits.leave():
        end_all()


def first_session(peer: Peer, limits: Limits, end_all: Callable[[], None]) -> ZygoteSession:
    """The trunk, from which branches fork; `end_all` is called when the last of them is closed."""
    if peer.permits is not None:  # then the spare's process is the keeper, and the session's a child of it
        peer = _branch(peer.channel, peer.pid, peer.permits)
    return ZygoteSession(peer, limits, end_all)


def _branch(channel: socket.socket, pid: int, permits: Permits) -> Peer:
    """A session's process as the other side of a request. Raises `OSError` if it has ended already."""
    pidfd = os.pidfd_open(pid)
    weakref.finalize(channel, os.close, pidfd)

    def send(number: int) -> None:
        with suppress(OSError):
            signal.pidfd_send_signal(pidfd, number)

    return Peer(channel, pid, pidfd, send, lambda: None, permits)


def _await_branch(channel: socket.socket, permits: Permits) -> int:
    """The process of the new branch once it is ready, the kernel's question having been answered meanwhile."""
    deadline = monotonic() + FORK_S
    poll = select.poll()
    poll.register(channel, select.POLLIN)
    poll.register(permits.listener, select.POLLIN)
    while (left := deadline - monotonic()) > 0:
        for fd, _ in poll.poll(left * 1000):
            if fd == permits.listener:
                permits.answer()
                continue
            word = wire.hear(channel)
            trouble = wire.complaint(word.data)
            if trouble:
                raise OSError(trouble)
            return word.pid
    raise OSError("it took too long")
