"""A data file by its path, opened once per process however many envs ask for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path, PurePath
from threading import Lock
from weakref import WeakValueDictionary

from gem.data.delimited import Delimited
from gem.data.json_files import json_file, json_lines
from gem.data.rows import Joined, Rows
from gem.data.stored import FileSource, Stamp, stamp_of
from gem.data.tables import ParquetFile
from gem.errors import DataError, DataNotFound

KINDS: dict[str, Callable[[Path], FileSource]] = {
    ".parquet": ParquetFile,
    ".jsonl": json_lines,
    ".ndjson": json_lines,
    ".json": json_file,
    ".csv": partial(Delimited, delimiter=","),
    ".tsv": partial(Delimited, delimiter="\t"),
}
"""What is read, by suffix; of all but parquet, `.gz` files too."""

_open: WeakValueDictionary[tuple[str, Stamp], FileSource] = WeakValueDictionary()
_recent: dict[tuple[Path, ...], Rows] = {}
"""The data sets asked for last, kept so that envs made and dropped one by one do not read them each time."""
RECENT = 2
_lock = Lock()


def kind_of(path: str | PurePath) -> str | None:
    """The suffix in `KINDS` that a file name ends with, `.gz` aside; None for what is no data file."""
    name = PurePath(path).name.lower()
    packed = name.endswith(".gz")
    suffix = PurePath(name.removesuffix(".gz")).suffix
    return suffix if suffix in KINDS and not (packed and suffix == ".parquet") else None


def open_file(path: Path) -> FileSource:
    """The rows of one file; the same object for the same file, for as long as somebody holds it or its data set.

    Raises `DataNotFound`, `DataError`, or `MissingExtra` for a format whose library is not installed.
    """
    path = path.absolute()
    try:
        key = str(path), stamp_of(path)
    except (OSError, ValueError) as error:  # the latter of a name that no file can have
        raise DataNotFound(f"{path}: {getattr(error, 'strerror', error)}") from None
    kind = kind_of(path)
    if not path.is_file():  # a pipe, say, whose reader would wait for ever
        raise DataError(f"{path} is no file")
    if kind is None:
        raise DataError(f"{path}: files of {', '.join(KINDS)} are read (and .gz of all but parquet)")
    with _lock:
        source = _open.get(key)
        if source is None:
            source = _open[key] = KINDS[kind](path)
    return source


def open_files(paths: Iterable[Path], name: str, split: str | None) -> Rows:
    """The rows of several files, one file after the other. Raises `DataError` if there are none."""
    paths = tuple(paths)
    sources = [open_file(path) for path in paths]
    rows = Rows(sources[0] if len(sources) == 1 else Joined(sources), name, split)
    if not len(rows):
        raise DataError(f"{rows} has no rows: {', '.join(map(str, paths))} is empty")
    with _lock:
        _recent.pop(paths, None)
        _recent[paths] = rows
        for old in list(_recent)[:-RECENT]:
            del _recent[old]
    return rows


def reopened(path: str, size: int) -> FileSource:
    """What a pickle of a file's rows turns into. Raises `DataError` if the file is not of the size it was."""
    source = open_file(Path(path))
    if source.stamp.size != size:
        raise DataError(f"{path} has {source.stamp.size} bytes here, and {size} where its rows were pickled")
    return source


def _fresh_lock() -> None:
    global _lock  # noqa: PLW0603 - another thread may have held it at the moment of the fork
    _lock = Lock()


os.register_at_fork(after_in_child=_fresh_lock)
