"""Parquet files and Arrow tables: columns stay packed in memory, a row is unpacked when it is asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

from gem._extras import need
from gem.data.rows import Row, Source, digest_of
from gem.data.stored import FileSource, reading, stamp_of
from gem.errors import DataError


class Batches:
    """Arrow record batches, found by row."""

    def __init__(self, batches: Iterable[Any]) -> None:
        self._batches = [batch for batch in batches if batch.num_rows]
        self._ends = list(accumulate(batch.num_rows for batch in self._batches))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def row(self, index: int) -> Row:
        """One row as Python values: structs are dicts, lists are lists, binary values are bytes."""
        at = bisect_right(self._ends, index)
        start = self._ends[at - 1] if at else 0
        return self._batches[at].slice(index - start, 1).to_pylist()[0]


class ParquetFile(FileSource):
    """A parquet file, read into memory when it is opened. Raises `MissingExtra` where pyarrow is not installed."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, stamp_of(path))
        parquet, arrow = need("pyarrow.parquet", extra="parquet"), need("pyarrow", extra="parquet")
        with reading(path, self.stamp):
            try:
                with parquet.ParquetFile(path, pre_buffer=False) as file:
                    self._batches = Batches(_row_groups(file))
            except arrow.ArrowException as error:
                raise DataError(f"{path}: no whole parquet file: {error}") from error
        arrow.default_memory_pool().release_unused()

    def __len__(self) -> int:
        return len(self._batches)

    def row(self, index: int) -> Row:
        return self._batches.row(index)

    def place(self, index: int) -> str:
        return f"{self.path}, row {index + 1}"


def _row_groups(file: Any) -> Iterator[Any]:
    """One after the other, in this thread: so the packed bytes never lie beside all of the unpacked ones."""
    for group in range(file.num_row_groups):
        yield from file.read_row_group(group, use_threads=False).to_batches()


class Table(Source):
    """The user's own `pyarrow.Table`."""

    def __init__(self, table: Any) -> None:
        self._table = table
        self._batches = Batches(table.to_batches())

    def __len__(self) -> int:
        return len(self._batches)

    def __reduce__(self) -> tuple[object, ...]:
        return Table, (self._table,)

    def row(self, index: int) -> Row:
        return self._batches.row(index)

    def place(self, index: int) -> str:
        return f"row {index} of the table"

    def digest(self) -> str:
        return digest_of(map(self.row, range(len(self))))
