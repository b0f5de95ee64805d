"""A moment of an episode as a value: what `Env.snapshot` gives and `Env.restore` takes."""

from __future__ import annotations

from typing import Any, NamedTuple

VERSION = 1
"""Of the fields below; a snapshot of another version is refused, never guessed at."""


class Snapshot(NamedTuple):
    """A moment in an episode, picklable, and JSON for files and wires."""

    env: str
    """Name of the env's class: restoring into another class is refused."""
    memory: dict[str, Any]
    """The attributes to put back: `state` alone, or all of an env that keeps none."""
    rng: dict[str, Any] | None
    """State of the env's generator; `None` if it was never used."""
    in_episode: bool
    inner: Snapshot | None = None
    """The wrapped env's snapshot, if this one is a wrapper's."""
    version: int = VERSION

    def to_json(self) -> str:
        """The snapshot as one line of JSON. Raises `SnapshotUnsupported` for values it cannot hold."""
        from gem.snapshot_json import dump

        return dump(self)

    @classmethod
    def from_json(cls, text: str) -> Snapshot:
        """Read what `to_json` wrote; runs no code from the text. Raises `SnapshotMismatch` for anything else."""
        from gem.snapshot_json import load

        return load(text)
