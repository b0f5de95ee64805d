"""Rows in another order: what `Rows.shuffle` gives. An env asks in the order of a `Cursor` and needs no such rows."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from gem.data.cursor import Cursor
from gem.data.rows import Row, Source

if TYPE_CHECKING:
    from gem.data.rows import Rows


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

    def digest(self) -> str:
        return sha256(f"{self._rows.fingerprint()} in the order of {self._order.seed}".encode()).hexdigest()

    def _at(self, index: int) -> int:
        return replace(self._order, step=index).index
