"""Leave to fork: the kernel asks the host about every fork of a session's processes, and here is the answer.

Source: linux/seccomp.h, "seccomp user notification".
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import struct
from threading import Lock

RECEIVE, ANSWER = 0xC050_2100, 0xC018_2101
"""SECCOMP_IOCTL_NOTIF_RECV and SECCOMP_IOCTL_NOTIF_SEND, with the sizes of their structures."""
QUESTION_BYTES = 80
GO_ON = 1
"""SECCOMP_USER_NOTIF_FLAG_CONTINUE: make the call after all."""


class Permits:
    """Answers for all branches of a session; safe to use from the threads that wait for them."""

    def __init__(self, listener: int) -> None:
        self.listener = listener
        self._allowed: set[int] = set()
        self._lock = Lock()
        self._branches = 1

    def allow(self, pid: int) -> None:
        """The next fork of this process is the host's wish."""
        with self._lock:
            self._allowed.add(pid)

    def revoke(self, pid: int) -> None:
        """No more."""
        with self._lock:
            self._allowed.discard(pid)

    def answer(self) -> None:
        """Answer the question that waits, if one still does."""
        with self._lock:
            poll = select.poll()
            poll.register(self.listener, select.POLLIN)
            if not poll.poll(0):
                return  # another thread has answered it
            question = bytearray(QUESTION_BYTES)
            try:
                fcntl.ioctl(self.listener, RECEIVE, question)
                number, pid = struct.unpack_from("=QI", question)
                allowed = pid in self._allowed
                self._allowed.discard(pid)
                reply = struct.pack("=QqiI", number, 0, 0 if allowed else -errno.EPERM, GO_ON if allowed else 0)
                fcntl.ioctl(self.listener, ANSWER, bytearray(reply))
            except OSError:
                return  # who asked is gone

    def branch(self) -> None:
        """One more process lives from it."""
        with self._lock:
            self._branches += 1

    def leave(self) -> bool:
        """One less; whether it was the last."""
        with self._lock:
            self._branches -= 1
            if self._branches == 0:
                os.close(self.listener)
            return self._branches == 0
