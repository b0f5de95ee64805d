"""The line to a worker: what every kind of worker offers to the near end, and what it says when it is gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from gem.errors import WorkerDied


class LinkLost(Exception):
    """The worker is gone. `guilty` is the env that it was busy with, if that is known, and `error` what befell it."""

    def __init__(self, error: Exception, guilty: int | None = None) -> None:
        super().__init__(str(error))
        self.error, self.guilty = error, guilty

    def error_of(self, index: int, numbers: Sequence[int]) -> Exception:
        """What to say of env `index`; `numbers` says what the envs are called."""
        if self.guilty is None or self.guilty == index:
            return self.error
        headline = str(self.error).partition("\n")[0]
        return WorkerDied(f"its worker was lost with env {numbers[self.guilty]}: {headline}")


class Link(Protocol):
    """A running worker, seen from here. Each method raises `LinkLost` if the worker is gone."""

    def post(self, packed: Any) -> None:
        """Send a packed message."""

    def fetch(self) -> list[tuple[int, Any]]:
        """The answer to the last message; waits for it."""
        ...

    def part(self) -> None:
        """Tell the worker to close its envs and end. Raises nothing."""

    def end(self) -> None:
        """Wait until it has ended, or kill it. Raises nothing."""


def end_all(links: Sequence[Link | None]) -> None:
    """End those workers, all at the same time."""
    there = [link for link in links if link is not None]
    for link in there:
        link.part()
    for link in there:
        link.end()
