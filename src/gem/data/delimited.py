"""CSV and TSV with a header line. Every value is a text: nothing guesses that "007" is a number."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gem.data.rows import Row
from gem.data.stored import FileSource, Stored
from gem.errors import DataError

LARGEST_FIELD = 2**31 - 1


class Delimited(FileSource):
    """A file of records, quoted as RFC 4180 says; quoted fields may hold line ends and be of any size.

    Opening reads it all once, so that a record of the wrong width is found at once; blank lines are no rows.
    """

    def __init__(self, path: Path, delimiter: str) -> None:
        csv.field_size_limit(max(csv.field_size_limit(), LARGEST_FIELD))  # the process's, and only ever raised
        self._stored = Stored(path)
        super().__init__(path, self._stored.stamp)
        self._delimiter = delimiter
        self._header: list[str] = []
        self._starts = np.fromiter(self._scan(), np.int64)

    def __len__(self) -> int:
        return max(0, len(self._starts) - 1)

    def row(self, index: int) -> Row:
        text = self._stored.text(int(self._starts[index]), int(self._starts[index + 1]))
        record = next(csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter, strict=True))
        return dict(zip(self._header, record, strict=True))

    def place(self, index: int) -> str:
        return f"{self.path}, line {self._stored.line(int(self._starts[index]))}"

    def _scan(self) -> Iterator[int]:
        """Note the header; yield where each record begins, and then where the file ends."""
        start = at = self._stored.start
        with self._stored.open() as stream:

            def lines() -> Iterator[str]:
                nonlocal at
                for line in stream:
                    text = self._stored.decoded(line, at)
                    at += len(line)
                    yield text

            try:
                for record in csv.reader(lines(), delimiter=self._delimiter, strict=True):
                    if record and not self._header:
                        self._header = self._named(record)
                    elif record:
                        self._check_width(record, start)
                        yield start
                    start = at
            except csv.Error as error:
                raise DataError(f"{self.path}, line {self._stored.line(start)}: {error}") from error
        yield self._stored.size

    def _named(self, header: list[str]) -> list[str]:
        repeated = sorted({name for name in header if header.count(name) > 1})
        if repeated:
            raise DataError(f"{self.path}: the header has two columns {repeated[0]!r}")
        return header

    def _check_width(self, record: list[str], start: int) -> None:
        if len(record) != len(self._header):
            line = self._stored.line(start)
            message = f"{len(record)} fields, where the header has {len(self._header)}"
            raise DataError(f"{self.path}, line {line}: {message}")
