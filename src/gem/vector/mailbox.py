"""Where threads put what is finished, and one reader waits until there is enough."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from threading import Event
from typing import Any


class Mailbox:
    """Any number of writers, one reader. The reader is woken once, when as much is there as it waits for."""

    def __init__(self) -> None:
        self._items: deque[Any] = deque()
        self._wanted = 0
        """What the reader waits for; 0 while it doesn't wait."""
        self._enough = Event()

    def put(self, item: Any) -> None:
        """Add one item."""
        self._items.append(item)
        if 0 < self._wanted <= len(self._items):
            self._enough.set()

    def put_all(self, items: Iterable[Any]) -> None:
        """Add several items, waking the reader at most once."""
        self._items.extend(items)
        if 0 < self._wanted <= len(self._items):
            self._enough.set()

    def wait(self, count: int, timeout_s: float | None = None) -> None:
        """Wait until `count` items are there, or for `timeout_s`."""
        items = self._items
        if len(items) < count:
            self._enough.clear()
            self._wanted = count
            try:
                if len(items) < count:  # looked at again: a writer may not have seen that somebody waits
                    self._enough.wait(timeout_s)
            finally:
                self._wanted = 0

    def take(self) -> list[Any]:
        """All items."""
        items = self._items
        return [items.popleft() for _ in range(len(items))]
