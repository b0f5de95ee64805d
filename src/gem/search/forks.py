"""Forks wait until no thread is at work in an engine: its child would find locks held by threads that it lacks.

Engines have such locks deep inside, SQLite even around its memory, so that new ones of ours would be no help.
"""

from __future__ import annotations

import os
from threading import Condition, get_ident, local
from typing import Any

PATIENCE_S = 5.0
"""How long a fork waits; then it goes on at the risk of its child."""


class AtWork:
    """A block during which no other thread forks; for short work, and any number of threads at once.

    with at_work:
        connection.execute(...)
    """

    def __init__(self) -> None:
        self._own = local()
        self._start_over()

    def __enter__(self) -> None:
        depth = self._depth
        with self._changed:
            if not depth and self._forking != get_ident():
                self._changed.wait_for(lambda: self._forking is None)
            self._inside += 1
        self._own.depth = depth + 1

    def __exit__(self, *_: Any) -> None:
        self._own.depth = self._depth - 1
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    def before_fork(self) -> None:
        """Let nobody begin, and wait until the others have ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._forking is None, PATIENCE_S)
            self._forking = get_ident()
            self._changed.wait_for(lambda: self._inside == self._depth, PATIENCE_S)

    def after_in_parent(self) -> None:
        """Let all go on."""
        with self._changed:
            self._forking = None
            self._changed.notify_all()

    def after_in_child(self) -> None:
        """Be alone."""
        self._start_over()

    @property
    def _depth(self) -> int:
        """In how many such blocks this thread is."""
        return getattr(self._own, "depth", 0)

    def _start_over(self) -> None:
        self._changed = Condition()
        self._inside = self._depth
        self._forking: int | None = None


at_work = AtWork()
os.register_at_fork(
    before=at_work.before_fork, after_in_parent=at_work.after_in_parent, after_in_child=at_work.after_in_child
)
