"""A sandbox's session as part of what an env remembers: copying it forks it, forgetting it ends it."""

from __future__ import annotations

import weakref
from typing import Any, NoReturn, Self

from gem.errors import SnapshotUnsupported
from gem.sandbox import Result, Session


class HeldSession:
    """A session that ends with the last who remembers it.

    A snapshot of an env holds a fork of the session, an interpreter that waits; so such a snapshot lives in this
    process alone.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.close = weakref.finalize(self, session.close)
        """End it; safe to call twice."""

    @property
    def alive(self) -> bool:
        """Whether it can run another cell."""
        return self.close.alive and self.session.alive

    def cell(self, code: str, timeout_s: float) -> Result:
        """Run `code` in it."""
        return self.session.cell(code, timeout_s)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A fork. Raises `SnapshotUnsupported` where the sandbox cannot fork."""
        del memo
        return type(self)(self.session.fork())

    def __reduce__(self) -> NoReturn:
        raise SnapshotUnsupported(
            "a Python session cannot be written down: keep the snapshot in this process, or fork() the env"
        )
