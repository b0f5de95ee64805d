"""The Ray cluster that vectors run on: whose it is, how long it is needed, what is free on it.

It is the one that the program is connected to; else the one that `RAY_ADDRESS` names or that runs on this
machine; else one is started here, which ends with the last vector on it.
"""

from __future__ import annotations

import logging
import os
import time
from collections import Counter
from threading import RLock
from typing import Any

from gem._extras import need
from gem.errors import VectorError
from gem.vector.patience import Deadline

FREED_S = 1.0
"""So long it may take until Ray tells that a processor has become free."""
LOOK_AGAIN_S = 0.02

_guests = Counter[object]()
"""How many vectors use each connection that one of them has made."""
_lock = RLock()


class Cluster:
    """This process's connection to Ray, for one vector."""

    def __init__(self) -> None:
        self.ray: Any = need("ray", extra="ray")
        self.doubtful: set[str] = set()
        """Nodes that did not answer; it may take Ray a minute to call them dead."""
        with _lock:
            found = self.ray.is_initialized()
            if not found:
                self.ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
            self._connection = self._current()
            self._owner = os.getpid()
            if not found or self._connection in _guests:
                _guests[self._connection] += 1

    def leave(self) -> None:
        """This vector needs it no more."""
        with _lock:
            if self._connection not in _guests or os.getpid() != self._owner:
                return
            _guests[self._connection] -= 1
            if not _guests[self._connection]:
                del _guests[self._connection]
                if self.connected():
                    self.ray.shutdown()

    def connected(self) -> bool:
        """Whether it is still there, and this is no fork. If not, Ray would start another cluster at any call."""
        return os.getpid() == self._owner and self.ray.is_initialized() and self._current() == self._connection

    def check(self) -> None:
        """Raise `VectorError` if it is not."""
        if not self.connected():
            raise VectorError(
                "Ray has been shut down, or this is a fork: the envs are out of reach; make another vector"
            )

    def cpus(self) -> float:
        """How many processors there are, free or not."""
        return self.ray.cluster_resources().get("CPU", 0.0)

    def free_cpus(self, wanted: float) -> float:
        """How many are free now, or after a moment if these are fewer than `wanted`."""
        deadline = Deadline(FREED_S)
        while (free := self.ray.available_resources().get("CPU", 0.0)) < wanted and not deadline.passed():
            time.sleep(LOOK_AGAIN_S)
        return free

    def refuge(self, number: int) -> str | None:
        """A node beyond doubt for a lost actor's successor, or None: where Ray likes."""
        alive = [node["NodeID"] for node in self.ray.nodes() if node["Alive"]]
        beyond_doubt = [node for node in alive if node not in self.doubtful]
        return beyond_doubt[number % len(beyond_doubt)] if 0 < len(beyond_doubt) < len(alive) else None

    def _current(self) -> object:
        context = self.ray.get_runtime_context()
        return context.gcs_address, context.get_job_id()
