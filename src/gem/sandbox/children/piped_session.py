"""A session in a box of its own: cells go in, results come out, and the variables stay inside."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from gem.errors import SnapshotUnsupported
from gem.sandbox.children.child import Child
from gem.sandbox.children.report import ChildLost, ChildSilent, result_of
from gem.sandbox.limits import Limits
from gem.sandbox.protocol import Session, encoded
from gem.sandbox.result import Result, unavailable

GRACE_S = 2.0
"""How long after its time the end of a cell is awaited: interrupt, kill and report take half a second."""
SENDING_S = 10.0


class PipedSession(Session):
    """Cells for the driver in `box`; one at a time, more wait."""

    def __init__(self, box: Child, limits: Limits, on_close: Callable[[Child], None]) -> None:
        self._box, self._limits, self._on_close = box, limits, on_close
        self._alive = True
        self._busy = False
        self._turn = threading.Lock()
        self._channel = threading.Lock()

    @property
    def alive(self) -> bool:
        return self._alive

    def cell(self, code: str | bytes, timeout_s: float | None = None) -> Result:
        limits = self._limits if timeout_s is None else replace(self._limits, timeout_s=timeout_s)
        with self._turn:
            if not self._alive:
                return unavailable("the session has ended")
            result = self._exchange(encoded(code), limits)
            if not self._alive:
                self.close()
            return result

    def _exchange(self, code: bytes, limits: Limits) -> Result:
        try:
            with self._channel:
                self._box.send(time.monotonic() + SENDING_S, [code], kind="cell", timeout_s=limits.timeout_s)
                self._busy = True
            deadline = time.monotonic() + limits.timeout_s + GRACE_S
            message = self._box.receive(deadline, limits.output_kb * 1024 + 1)
            result = result_of(message, limits)
        except ChildSilent:
            self._alive = False
            return Result(status="timeout", limit_hit="time", wall_s=limits.timeout_s)
        except ChildLost as error:
            self._alive = False
            return Result(status="killed", stderr=str(error))
        finally:
            with self._channel:
                self._busy = False
        self._alive = bool(message.fields.get("alive"))
        return result

    def interrupt(self) -> None:
        with self._channel:
            if self._busy:
                with contextlib.suppress(ChildLost, ChildSilent):  # it has just ended, as `cell` will say
                    self._box.send(time.monotonic() + SENDING_S, [], kind="interrupt")

    def fork(self) -> Session:
        """Raises `SnapshotUnsupported`: a box is a process of its own, which nothing here can copy."""
        raise SnapshotUnsupported("a session in a box of its own cannot be copied; the zygote's sessions can")

    def close(self) -> None:
        self._alive = False
        self._on_close(self._box)
