"""Rows of a path: one file, or the split of a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from gem.data.files import open_file, open_files
from gem.data.layout import choose
from gem.data.rows import Rows


def rows_at(path: Path, split: str | None = None, subset: str | None = None, name: str | None = None) -> Rows:
    """The rows of a data file, or of a split of a folder.

    A file has no splits but the one it may be named for (`train.jsonl`): another is refused, never ignored.
    """
    name = name or str(path)
    if path.is_dir():
        wanted = choose(files_below(path), split, subset, str(path))
        return open_files([path / file.path for file in wanted.files], name, wanted.name)
    open_file(path)  # whether there is such a file is the first question
    if split is not None or subset is not None:
        split = choose([path.name], split, subset, str(path)).name
    return open_files([path], name, split)


def files_below(root: Path, depth: int = 4) -> Iterator[str]:
    """The paths below a folder, relative to it; links are followed."""
    for folder, folders, files in os.walk(root, followlinks=True):
        inner = Path(folder).relative_to(root)
        folders[:] = [name for name in folders if not name.startswith(".") and len(inner.parts) < depth]
        yield from ((inner / name).as_posix() for name in files)
