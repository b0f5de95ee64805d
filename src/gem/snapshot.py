"""A moment of an episode as a value: what `Env.snapshot` gives and `Env.restore` takes."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from gem.errors import SnapshotMismatch

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
        from gem.value_json import dumps

        return dumps(_fields(self))

    @classmethod
    def from_json(cls, text: str) -> Snapshot:
        """Read what `to_json` wrote; runs no code from the text. Raises `SnapshotMismatch` for anything else."""
        from gem.value_json import loads

        return _from_fields(loads(text))


def _fields(snapshot: Snapshot) -> dict[str, Any]:
    inner = snapshot.inner
    return {**snapshot._asdict(), "inner": None if inner is None else _fields(inner)}


def _from_fields(value: Any) -> Snapshot:
    """The snapshot with these fields. Raises `SnapshotMismatch` if they are those of something else."""
    fields = dict(cast("dict[str, Any]", value)) if isinstance(value, dict) else {}
    if fields.get("version") != VERSION:
        raise SnapshotMismatch(f"a snapshot of version {fields.get('version')}; this gem reads version {VERSION}")
    if fields.keys() != set(Snapshot._fields):
        raise SnapshotMismatch(f"no snapshot has just the fields {sorted(fields)}")
    inner = fields.pop("inner")
    return Snapshot(**fields, inner=None if inner is None else _from_fields(inner))
