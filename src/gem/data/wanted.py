"""What a caller of `load` asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Wanted:
    """A data set by its name, and which part of it."""

    name: str
    split: str | None = None
    subset: str | None = None
    revision: str | None = None
    folder: Path | None = None
    """Where the user keeps data sets."""
