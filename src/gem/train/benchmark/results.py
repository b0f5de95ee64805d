"""The results of a benchmark: one JSON line for each start and each run, appended when it is done.

A line that was being written when the process died is dropped: nothing else is lost.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gem.errors import CheckpointError, StorageError
from gem.train.benchmark.plan import Run, Start

Key = Start | Run
FILE = "results.jsonl"


@dataclass(frozen=True, slots=True)
class Point:
    """What a policy achieves on the held-out instances."""

    turns: int
    """Environment turns that it was trained on."""
    success: float
    mean_return: float
    mean_turns: float
    """Turns of an episode."""


@dataclass(frozen=True, slots=True)
class Result:
    """One start or run, done."""

    key: Key
    config: dict[str, Any]
    """Every setting of `TrainConfig`."""
    points: list[Point]
    """Of a run, its learning curve from the start; of a start, the policy alone."""
    seconds: float
    """Processor time of its own, without evaluations."""
    evaluation_seconds: float
    turns: int = 0
    """Environment turns that were collected: the budget, and at most one iteration more."""
    iterations: int = 0
    diverged: str | None = None
    """Why the run broke off, if it did; its curve then ends level."""
    references: dict[str, Point] = field(default_factory=dict[str, Point])
    """Of a start: random play, and the env's own solver where there is one, on the same instances."""
    provenance: dict[str, Any] = field(default_factory=dict[str, Any])


class Results:
    """The results in a folder. Raises `StorageError` for a folder that cannot be written."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / FILE
        self.done: dict[Key, Result] = {}
        if self.path.exists():
            text = self.path.read_text(encoding="utf-8")
            whole = text[: text.rfind("\n") + 1]
            for number, line in enumerate(whole.splitlines(), start=1):
                result = self._read(line, number)
                self.done[result.key] = result

    def add(self, result: Result) -> None:
        """Append a result, so that it survives whatever comes."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._cut_broken_line()
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(_to_json(result), allow_nan=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StorageError(f"{self.path} cannot be written: {error.strerror or error}") from error
        self.done[result.key] = result

    def _cut_broken_line(self) -> None:
        """Drop what a killed process wrote of its last line."""
        if not self.path.exists():
            return
        data = self.path.read_bytes()
        if data and not data.endswith(b"\n"):
            os.truncate(self.path, data.rfind(b"\n") + 1)

    def _read(self, line: str, number: int) -> Result:
        try:
            return _from_json(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise CheckpointError(f"line {number} of {self.path} is no result: {error}") from error


def _to_json(result: Result) -> dict[str, Any]:
    """The key's fields first, so that a line says at its beginning what it is."""
    kind = "run" if isinstance(result.key, Run) else "start"
    rest = {name: getattr(result, name) for name in result.__slots__ if name != "key"}
    points = [_point_to_json(point) for point in result.points]
    references = {name: _point_to_json(point) for name, point in result.references.items()}
    return {"kind": kind, **result.key._asdict(), **rest, "points": points, "references": references}


def _from_json(values: dict[str, Any]) -> Result:
    kind = {"run": Run, "start": Start}[values.pop("kind")]
    key = kind(**{name: values.pop(name) for name in kind._fields})
    points = [Point(**point) for point in values.pop("points")]
    references = {name: Point(**point) for name, point in values.pop("references").items()}
    return Result(key=key, points=points, references=references, **values)


def _point_to_json(point: Point) -> dict[str, float]:
    return {name: getattr(point, name) for name in point.__slots__}
