"""Rows of a dataset: a sequence that is never changed, read a row at a time from wherever they lie.

It says nothing of where data are found (`finding`) nor in which order an env asks them (`cursor`).
"""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import Any, overload

from gem.build import closest
from gem.data.cursor import Cursor
from gem.errors import DataError
from gem.seeding import generator

Row = Mapping[str, Any]


class Source(ABC):
    """Where rows lie: reads any one of them; any thread may ask."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def row(self, index: int) -> Row:
        """The row of an index from 0 on. Raises `DataError` with its place if it cannot be read."""

    @abstractmethod
    def place(self, index: int) -> str:
        """Where that row lies, for people: "train.jsonl, line 7"."""

    def folder(self, index: int) -> Path | None:
        """The folder of the file that has that row, to which the paths in it are relative; None without a file."""
        del index
        return None

    @abstractmethod
    def digest(self) -> str:
        """A hash of the content, in hexadecimal digits."""


def digest_of(rows: Iterable[Row]) -> str:
    """A hash of rows that lie in memory."""
    hashed = sha256()
    for row in rows:
        hashed.update(repr(row).encode("utf-8", "surrogatepass") + b"\n")
    return hashed.hexdigest()


class Joined(Source):
    """Several sources one after the other, such as the shards of a split."""

    def __init__(self, parts: Sequence[Source]) -> None:
        self._parts = tuple(parts)
        self._ends = list(accumulate(len(part) for part in self._parts))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def row(self, index: int) -> Row:
        part, within = self._locate(index)
        return part.row(within)

    def place(self, index: int) -> str:
        part, within = self._locate(index)
        return part.place(within)

    def folder(self, index: int) -> Path | None:
        part, within = self._locate(index)
        return part.folder(within)

    def digest(self) -> str:
        return sha256("\n".join(part.digest() for part in self._parts).encode()).hexdigest()

    def _locate(self, index: int) -> tuple[Source, int]:
        at = bisect_right(self._ends, index)
        return self._parts[at], index - (self._ends[at - 1] if at else 0)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rows(Sequence[Row]):
    """A dataset as an immutable sequence: `len(rows)`, `rows[3]`, `rows[10:20]`, `for row in rows`.

    A row is a new dict at each access, so that a change to it reaches nobody else. A slice copies nothing, and
    `rows[worker::workers]` is a worker's share. A pickle holds the paths of the files, not their content. Rows of an
    object in memory are pickled whole, and their nested values are that object's own.
    """

    source: Source
    name: str
    """What the rows are called in messages and records: the dataset's name, or its path."""
    split: str | None = None
    chosen: range | None = None
    """Which rows of the source these are; None for all."""

    @property
    def indices(self) -> range:
        """Which rows of the source these are."""
        return range(len(self.source)) if self.chosen is None else self.chosen

    @property
    def columns(self) -> list[str]:
        """The names of the first row's values."""
        return list(self[0]) if len(self) else []

    def __len__(self) -> int:
        return len(self.indices)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Rows: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | Rows:
        if isinstance(index, slice):
            return replace(self, chosen=self.indices[index])
        return dict(self.source.row(self._at(index)))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (dict(self.source.row(index)) for index in self.indices)

    def read(self, index: int, *columns: str) -> tuple[Any, ...]:
        """The values of these columns in one row.

        question, tests = rows.read(7, "problem", "tests")

        Raises `DataError` with the row's place and the columns that it has, if one is missing.
        """
        row = self.source.row(self._at(index))
        for column in columns:
            if column not in row:
                known = [str(name) for name in row]
                raise DataError(
                    f"{self.source.place(self._at(index))} has no {column!r}.{closest(column, known)} "
                    f"It has: {', '.join(known) or 'nothing'}."
                )
        return tuple(row[column] for column in columns)

    def shuffle(self, seed: int | None = None) -> Rows:
        """The same rows in an order of the seed; without one, in an order by chance."""
        drawn = int(generator(None).integers(2**63)) if seed is None else seed
        return Rows(Shuffled(self, drawn), self.name, self.split)

    def place(self, index: int) -> str:
        """Where a row lies, for messages: "train.jsonl, line 7"."""
        return self.source.place(self._at(index))

    def folder(self, index: int) -> Path | None:
        """The folder of the file that has a row, to which the paths in it are relative; None without a file."""
        return self.source.folder(self._at(index))

    def fingerprint(self) -> str:
        """A hash that changes with the content, for records of results; it reads the whole content, once.

        The same rows in another format, or in other shards, have another one.
        """
        digest = self.source.digest()
        whole = self.indices == range(len(self.source))
        return digest if whole else sha256(f"{digest} {self.indices}".encode()).hexdigest()

    def __repr__(self) -> str:
        return f"<Rows {self}: {len(self)} rows>"

    def __str__(self) -> str:
        return self.name if self.split is None else f"{self.name} ({self.split})"

    def __copy__(self) -> Rows:
        return self

    def __deepcopy__(self, memo: object) -> Rows:
        return self

    def _at(self, index: int) -> int:
        try:
            return self.indices[operator.index(index)]
        except IndexError:
            raise IndexError(f"row {index} of {self}, which has {len(self)}") from None


class Shuffled(Source):
    """All rows of `rows`, in the first epoch's order of a cursor with this seed; it copies none of them."""

    def __init__(self, rows: Rows, seed: int) -> None:
        self._rows = rows
        self._order = Cursor(len(rows), seed)

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, index: int) -> Row:
        return self._rows[self._at(index)]

    def place(self, index: int) -> str:
        return self._rows.place(self._at(index))

    def folder(self, index: int) -> Path | None:
        return self._rows.folder(self._at(index))

    def digest(self) -> str:
        return sha256(f"{self._rows.fingerprint()} in the order of {self._order.seed}".encode()).hexdigest()

    def _at(self, index: int) -> int:
        return replace(self._order, step=index).index
