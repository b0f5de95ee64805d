"""A session in a zygote's harness: the process stays, and each cell is a request to it."""

from __future__ import annotations

import signal
from dataclasses import replace
from threading import Lock

from gem.errors import SnapshotUnsupported
from gem.sandbox.limits import Limits
from gem.sandbox.protocol import Session, encoded
from gem.sandbox.result import Result, unavailable
from gem.sandbox.zygote.exchange import Exchange
from gem.sandbox.zygote.nursery import Nursery, Spare


class ZygoteSession(Session):
    """Cells run one at a time; a second thread's cell waits for its turn."""

    def __init__(self, nursery: Nursery, spare: Spare, limits: Limits) -> None:
        self._nursery = nursery
        self._spare = spare
        self._limits = limits
        self._turn = Lock()
        self._alive = True
        self._busy = False

    @property
    def alive(self) -> bool:
        return self._alive and self._nursery.alive

    def cell(self, code: str | bytes, timeout_s: float | None = None) -> Result:
        with self._turn:
            if not self.alive:
                return unavailable("the session has ended")
            limits = self._limits if timeout_s is None else replace(self._limits, timeout_s=timeout_s)
            exchange = Exchange(self._nursery, self._spare, limits)
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
            self._spare.signal(signal.SIGINT)

    def fork(self) -> Session:
        raise SnapshotUnsupported("not yet")

    def close(self) -> None:
        if self._alive:
            self._alive = False
            self._nursery.let_go(self._spare)
