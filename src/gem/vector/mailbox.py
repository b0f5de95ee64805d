"""Where threads put what is finished, and one reader waits until there is enough."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from threading import Lock
from typing import Any

from gem.vector.patience import Deadline


class Mailbox:
    """Any number of writers, one reader. The reader is woken once, when as much is there as it waits for.

    The gate is a bare lock, because Ctrl-C can leave a condition or an event of `threading` unusable.
    """

    def __init__(self) -> None:
        self._items: deque[Any] = deque()
        self._wanted = 0
        """What the reader waits for; 0 while it doesn't wait."""
        self._gate = Lock()
        """Open (not locked) when the reader should look."""

    def put(self, item: Any) -> None:
        """Add one item."""
        self._items.append(item)
        self._perhaps_open()

    def put_all(self, items: Iterable[Any]) -> None:
        """Add several items, waking the reader at most once."""
        self._items.extend(items)
        self._perhaps_open()

    def wait(self, count: int, timeout_s: float | None = None) -> None:
        """Wait until `count` items are there, or for `timeout_s`."""
        items, gate = self._items, self._gate
        if len(items) >= count:
            return
        gate.acquire(blocking=False)
        self._wanted = count
        try:  # the first look is after that: a writer may not have seen that somebody waits
            if timeout_s is None:
                while len(items) < count:
                    gate.acquire()
            else:
                deadline = Deadline(timeout_s)
                while len(items) < count and gate.acquire(timeout=deadline.remaining_s() or 0.0):
                    pass
        finally:
            self._wanted = 0

    def take(self) -> list[Any]:
        """All items."""
        items = self._items
        return [items.popleft() for _ in range(len(items))]

    def _perhaps_open(self) -> None:
        if 0 < self._wanted <= len(self._items) and self._gate.locked():
            with suppress(RuntimeError):  # another writer was quicker
                self._gate.release()
