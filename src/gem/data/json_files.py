"""JSON: a row per line, read when asked for; or one list of rows, read whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from gem.data.rows import Row
from gem.data.stored import FileSource, Stored
from gem.errors import DataError

BLOCK = 1 << 23
NEWLINE = 10
LAST_BLANK = 32
"""The space; the ASCII characters up to it are blanks and controls, and no JSON value begins with one."""


class JsonLines(FileSource):
    """A file of JSON objects, one per line; blank lines are no rows.

    Opening looks for the line ends only (8 bytes of memory a row), and parses the first row and the last.
    """

    def __init__(self, stored: Stored) -> None:
        super().__init__(stored.path, stored.stamp)
        self._stored = stored
        self._starts = line_starts(self._stored)
        for index in {0, len(self) - 1} if len(self) else ():
            self.row(index)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def row(self, index: int) -> Row:
        start, stop = int(self._starts[index]), int(self._starts[index + 1])
        text = self._stored.text(start, stop)
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            cut = "; the last line is cut off" if stop == self._stored.size and not text.endswith("\n") else ""
            raise DataError(f"{self.place(index)}: no JSON: {error}{cut}") from error
        return checked(row, self, index)

    def place(self, index: int) -> str:
        return f"{self.path}, line {self._stored.line(int(self._starts[index]))}"


class JsonList(FileSource):
    """A file that is one JSON list of objects. Its rows are held in memory as JSON, and parsed anew for each reader."""

    def __init__(self, stored: Stored) -> None:
        super().__init__(stored.path, stored.stamp)
        text = stored.text(stored.start, stored.size)
        try:
            rows = cast("list[Any]", json.loads(text))
        except (ValueError, RecursionError) as error:
            raise DataError(f"{self.path}: no JSON: {error}") from error
        self._rows = [json.dumps(checked(row, self, index)) for index, row in enumerate(rows)]

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, index: int) -> Row:
        return json.loads(self._rows[index])

    def place(self, index: int) -> str:
        return f"{self.path}, item {index + 1}"


def json_lines(path: Path) -> JsonLines:
    """A `.jsonl` file."""
    return JsonLines(Stored(path))


def json_file(path: Path) -> FileSource:
    """A `.json` file, which is either of the two: it begins with `[`, or with the object of its first line."""
    stored = Stored(path)
    with stored.open() as stream:
        first = stream.read(4096).lstrip()[:1]
    return JsonList(stored) if first == b"[" else JsonLines(stored)


def checked(row: Any, source: FileSource, index: int) -> Row:
    """The row, if it is an object. Raises `DataError` for any other value."""
    if not isinstance(row, dict):
        raise DataError(f"{source.place(index)}: a row is an object with names, not a {type(row).__name__}")
    return cast("dict[str, Any]", row)


def line_starts(stored: Stored) -> NDArray[np.int64]:
    """Where each line that is not blank begins; and, last, where the file ends."""
    found = [np.array([], np.int64)]
    for offset, lines in whole_lines(stored):
        content = np.frombuffer(lines, np.uint8)
        ends = np.flatnonzero(content == NEWLINE) + 1
        starts = np.concatenate(([0], ends[: len(ends) - (ends[-1:] == len(content)).sum()]))
        suspects = np.flatnonzero(content[starts] <= LAST_BLANK)
        bounds = np.append(starts, len(content))
        blank = [number for number in suspects if not lines[bounds[number] : bounds[number + 1]].strip()]
        found.append(np.delete(starts, blank) + offset)
    return np.concatenate([*found, [stored.size]])


def whole_lines(stored: Stored) -> Iterator[tuple[int, bytes]]:
    """The text in blocks that end where a line ends, each with its offset."""
    offset = stored.start
    kept: list[bytes] = []
    with stored.open() as stream:
        while block := stream.read(BLOCK):
            end = block.rfind(b"\n") + 1
            if not end:
                kept.append(block)
                continue
            lines = b"".join((*kept, block[:end]))
            yield offset, lines
            offset += len(lines)
            kept = [block[end:]] if end < len(block) else []
    if kept:
        yield offset, b"".join(kept)
