"""How a training run tells others where it stands, and learns that it should stop."""

from __future__ import annotations


class Watcher:
    """Listens to a run. This one is silent; the command line has one that draws progress bars."""

    def begin(self, phase: str, total: int) -> None:
        """A phase of `total` steps begins."""

    def step(self, done: int, facts: dict[str, float]) -> None:
        """The phase stands at `done`; `facts` are its figures now."""

    def say(self, text: str) -> None:
        """A result worth a line of its own."""

    @property
    def stop(self) -> bool:
        """Whether the run should save what it has and end, at its next safe point."""
        return False
