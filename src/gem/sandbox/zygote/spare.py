"""A harness that waits for its one request, as the host holds it."""

from __future__ import annotations

import os
import select
import signal
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import RLock
from time import monotonic
from typing import Any

from gem.sandbox.box import wire
from gem.sandbox.zygote.permits import Permits


@dataclass(eq=False)
class Spare:
    """A confined process that waits for a request."""

    serial: int
    channel: socket.socket
    pidfd: int
    folder: str
    pid: int = 0
    """The harness in the host's count: in a session, a child of the process behind `pidfd`."""
    permits: Permits | None = None
    """Where the kernel asks about forks, in a session that can be forked."""
    ending: Mapping[str, Any] | None = None
    """What the zygote said of its end."""
    is_closed: bool = False
    """Its descriptors are let go."""
    _lock: RLock = field(default_factory=RLock, repr=False)
    """Held while a descriptor is used by its number, so that it is not another thing's by then."""

    def signal(self, number: int) -> None:
        """Send it a signal, unless it is gone."""
        with self._lock, suppress(OSError):
            if not self.is_closed:
                signal.pidfd_send_signal(self.pidfd, number)

    def close(self) -> None:
        """Kill it, with all that it started; safe to call twice, and from two threads."""
        with self._lock:
            self.signal(signal.SIGKILL)
            self.disown()

    def disown(self) -> None:
        """Let go of its descriptors only."""
        with self._lock:
            if not self.is_closed:
                self.is_closed = True
                self.channel.close()
                os.close(self.pidfd)


def await_ready(spare: Spare, deadline: float) -> str:
    """Wait for the harness's first word; "" if it is ready, else why not."""
    poll = select.poll()
    poll.register(spare.channel, select.POLLIN)
    if not poll.poll(max(0.0, deadline - monotonic()) * 1000):
        return "the box was not built in time"
    try:
        word = wire.hear(spare.channel)
    except OSError as error:
        return f"the box could not be built: {error}"
    trouble = wire.complaint(word.data)
    if trouble:
        return f"the box could not be built: {trouble}"
    spare.pid = word.pid
    spare.permits = Permits(word.descriptors[0]) if word.descriptors else None
    return ""
