"""Where a tool has its servers from, and what an env remembers of them: servers have states that few can copy."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any, Self
from weakref import WeakSet

from gem.errors import SnapshotUnsupported
from gem.mcp import ToolSource


class Line:
    """A source for one tool or many: opened when the first needs it, closed when the last leaves it."""

    def __init__(self, open_source: Callable[[], ToolSource], *, closes: bool = True) -> None:
        self.open_source = open_source
        self.closes = closes
        """Whether the source ends with its last user: one that was given is its giver's to close."""
        self.used = False
        """Whether something was called since it was opened, so that the servers' states may be others."""
        self._source: ToolSource | None = None
        self._users: WeakSet[Any] = WeakSet()
        self._lock = Lock()
        _lines.add(self)

    @property
    def is_spare(self) -> bool:
        """Open, and nobody has called anything."""
        return self._source is not None and not self.used

    def source_for(self, user: object) -> ToolSource:
        """The source. Whoever asked for it leaves it in the end."""
        with self._lock:
            self._users.add(user)
            if self._source is None:
                self._source = self.open_source()
            return self._source

    def leave(self, user: object) -> None:
        """Need it no more; any number of times is once."""
        with self._lock:
            self._users.discard(user)
            if self._users:
                return
            source, self._source, self.used = self._source, None, False
        if source is not None and self.closes:
            source.close()

    def twin(self) -> Line:
        """Another line to the same place, not yet open."""
        return Line(self.open_source, closes=self.closes)

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(Line, closes=self.closes), (self.open_source,)

    def _renew_lock(self) -> None:
        """In a fork: whoever held it is not here."""
        self._lock = Lock()


_lines: WeakSet[Line] = WeakSet()


def _renew_locks() -> None:
    for line in list(_lines):
        line._renew_lock()  # pyright: ignore[reportPrivateUsage]


os.register_at_fork(after_in_child=_renew_locks)


class HeldSource:
    """A source whose state an episode depends on.

    One that was made for the episode is copied with it. One that is given or connected to is not: it has to say that
    it keeps nothing (`stateless`).
    """

    def __init__(self, source: ToolSource, *, is_own: bool) -> None:
        self.source, self.is_own = source, is_own

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A twin's. Raises `SnapshotUnsupported`."""
        if getattr(self.source, "stateless", False):
            return self
        if not self.is_own:
            raise SnapshotUnsupported(
                "the state of an MCP server outside this env cannot be copied, and calls may have changed it: set "
                "`stateless = True` on its ToolSource if it keeps none, or give MCPTool a function that makes a server"
            )
        try:
            return type(self)(copy.deepcopy(self.source, memo), is_own=True)
        except TypeError as error:
            raise SnapshotUnsupported(f"{type(self.source).__name__} cannot be copied: {error}") from error

    def __getstate__(self) -> dict[str, Any]:
        if not self.is_own:
            raise SnapshotUnsupported("the state of an MCP server elsewhere cannot be written down")
        return vars(self)
