"""Rows of an object that the user has in memory: a list of dicts, a `datasets.Dataset`, a DataFrame, a table.

None of those libraries is imported: an object is known by what it can do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from gem.build import closest
from gem.data.rows import Row, Rows, Source, digest_of
from gem.data.tables import Table
from gem.errors import DataError, DataNotFound


class Objects(Source):
    """Anything with a length whose items are mappings; a list is copied, so that it may change afterwards."""

    def __init__(self, items: Any, name: str) -> None:
        self._items: Any = tuple(cast("list[Any]", items)) if isinstance(items, list) else items
        self._length = len(self._items)
        self._name = name

    def __len__(self) -> int:
        return self._length

    def row(self, index: int) -> Row:
        row = self._items[index]
        if not isinstance(row, Mapping):
            raise DataError(f"{self.place(index)} is a {type(row).__name__}; a row is a mapping from names to values")
        return cast("Row", row)

    def place(self, index: int) -> str:
        return f"row {index} of {self._name}"

    def digest(self) -> str:
        return digest_of(dict(self.row(index)) for index in range(len(self)))


class Frame(Objects):
    """A pandas DataFrame, whose columns keep their own types."""

    def row(self, index: int) -> Row:
        frame: Any = self._items
        return frame.iloc[index : index + 1].to_dict("records")[0]


def rows_of_object(dataset: Any, split: str | None = None, name: str | None = None) -> Rows:
    """The rows of an object in memory.

    `split` chooses from a dict of splits (a `datasets.DatasetDict` is one); what is one data set already was chosen
    by whoever gave it, and is taken as it is. Raises `DataError` for what is no data set.
    """
    name = name or f"the {type(dataset).__name__}"
    if isinstance(dataset, Rows):
        return dataset
    if isinstance(dataset, Mapping):
        chosen, part = _part(cast("Mapping[Any, Any]", dataset), split, name)
        rows = rows_of_object(part, None, name)
        return Rows(rows.source, rows.name, chosen, rows.chosen)
    rows = Rows(_source(dataset, name), name)
    if not len(rows):
        raise DataError(f"{name} has no rows")
    rows.source.row(0)
    return rows


def _part(splits: Mapping[Any, Any], split: str | None, name: str) -> tuple[str, Any]:
    known = [str(key) for key in splits]
    listed = ", ".join(map(repr, known)) or "nothing"
    if not all(_holds_rows(value) for value in splits.values()):
        raise DataError(
            f"{name} holds columns or one row ({listed}); rows are a list of dicts, or a dict of such lists"
        )
    if split is None and len(known) == 1:
        split = known[0]
    if split is None:
        raise DataError(f"{name} has several splits; say split= one of: {listed}")
    if split not in known:
        raise DataNotFound(f"{name} has no split {split!r}.{closest(split, known)} It has: {listed}.")
    return split, dict(zip(known, splits.values(), strict=True))[split]


def _holds_rows(value: Any) -> bool:
    """Whether it can be a data set, and is neither a column of values nor a value."""
    if isinstance(value, (list, tuple)):
        items = cast("Sequence[Any]", value)
        return not items or isinstance(items[0], Mapping)
    return hasattr(value, "__len__") and not isinstance(value, (str, bytes))


def _source(dataset: Any, name: str) -> Source:
    if hasattr(dataset, "to_batches") and hasattr(dataset, "num_rows"):
        return Table(dataset)
    if hasattr(dataset, "iloc") and hasattr(dataset, "to_dict"):
        return Frame(dataset, name)
    if isinstance(dataset, (str, bytes)) or not (hasattr(dataset, "__len__") and hasattr(dataset, "__getitem__")):
        raise DataError(
            f"{type(dataset).__name__} is no data set: it must have a length and rows by number, "
            "as a list of dicts has; make a list of an iterator or of a streaming data set"
        )
    return Objects(dataset, name)
