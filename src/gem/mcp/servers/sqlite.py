"""The sqlite server: a small database, to be looked at and changed by SQL.

The SQL is a stranger's: `sqlite_walls` says what it may do. Each call is a transaction of its own: one that fails
changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, ClassVar

from gem.mcp.servers.server import Refusal, Server
from gem.mcp.servers.sqlite_walls import SQL_ERRORS, image_of, opened, out_of_steps

MAX_ROWS = 200
"""Rows of a query's result that are given; it says so if there are more."""
SHOWN_CELL_CHARS = 2_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY 1"
OTHERS = "SELECT type, name, sql FROM sqlite_master WHERE type != 'table' AND sql NOT NULL"
"""What a schema holds besides tables, and besides the indexes that tables bring with them."""
Table = tuple[list[str], list[tuple[Any, ...]]]
"""Columns and rows."""
MAX_FETCHED_CHARS = 1_000_000
"""Rows are fetched until they hold this much."""
MAX_READ_ROWS, MAX_READ_CHARS = 100_000, 20_000_000
"""Of a table that we read ourselves."""


@dataclass(slots=True)
class Database:
    """A database as a value: the bytes of its file."""

    image: bytes = b""

    def read(self, sql: str) -> Table:
        """The columns and all rows of a query. Raises `sqlite3.Error`, also for one that takes or gives too much."""
        with self.reading() as read:
            return read(sql)

    @contextmanager
    def reading(self) -> Generator[Callable[[str], Table]]:
        """A function such as `read`, whose queries together may take what one call may."""
        with closing(opened(self.image, EPOCH, writes=False)) as connection:
            yield partial(_read, connection)

    @classmethod
    def made_by(cls, script: str) -> Database:
        """What a script of our own creates in an empty database."""
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            connection.executescript(script)
            return cls(connection.serialize())


class SqliteServer(Server):
    """SQL over a `Database`. `clock` tells what SQL takes for now."""

    name = "sqlite"
    handlers: ClassVar[tuple[str, ...]] = ("list_tables", "describe_table", "query", "execute")

    def __init__(
        self, database: Database | None = None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.database = Database() if database is None else database
        self.clock = clock

    def list_tables(self) -> dict[str, Any]:
        """List the tables, each with the number of its rows."""
        return {"tables": {table: self._count(table) for table in self._tables()}}

    def describe_table(self, table: str) -> dict[str, Any]:
        """The columns of a table, and the statement that made it."""
        if table not in self._tables():
            raise Refusal(f"There is no table {table[:SHOWN_CELL_CHARS]!r}. There are: {', '.join(self._tables())}.")
        columns = [(row[1], row[2], row[5]) for row in self._run(f"PRAGMA table_info({quoted_name(table)})")[1]]
        (sql,) = self._run(f"SELECT sql FROM sqlite_master WHERE type = 'table' AND name = {quoted_text(table)}")[1][0]
        return {
            "columns": [{"name": name, "type": kind, "primary_key": bool(key)} for name, kind, key in columns],
            "sql": sql,
        }

    def query(self, sql: Annotated[str, "one statement that only reads, such as SELECT"]) -> dict[str, Any]:
        """Read from the database. At most 200 rows are given."""
        columns, rows, more = self._run(sql)
        found = {"columns": columns, "rows": [[_shown(cell) for cell in row] for row in rows]}
        return {**found, "more": True} if more else found

    def execute(self, sql: Annotated[str, "one or more statements, parted by semicolons"]) -> str:
        """Change the database. All statements take effect, or, if one fails, none."""
        with closing(self._opened(writes=True)) as connection:
            try:
                before = connection.total_changes
                connection.executescript(sql)
                if connection.in_transaction:
                    raise Refusal("A transaction was begun and not committed; nothing was changed.")
                changes, image = connection.total_changes - before, image_of(connection)
            except SQL_ERRORS as error:
                raise Refusal(f"{_told(error)} Nothing was changed.") from error
        self.database.image = image
        return f"Done; {changes} row{'' if changes == 1 else 's'} inserted, changed or deleted."

    def _tables(self) -> list[str]:
        return [name for (name,) in self._run(TABLES)[1]]

    def _count(self, table: str) -> int:
        return self._run(f"SELECT count(*) FROM {quoted_name(table)}")[1][0][0]

    def _run(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]], bool]:
        """The columns and rows of one statement that reads, and whether there are more rows."""
        with closing(self._opened(writes=False)) as connection:
            try:
                cursor = connection.execute(sql)
                if cursor.description is None:
                    raise Refusal("That statement gives no rows; use execute for what changes the database.")
                return [column[0] for column in cursor.description], *_fetched(cursor, MAX_ROWS, MAX_FETCHED_CHARS)
            except SQL_ERRORS as error:
                raise Refusal(_told(error)) from error

    def _opened(self, writes: bool) -> sqlite3.Connection:
        return opened(self.database.image, self.clock(), writes=writes)


def _read(connection: sqlite3.Connection, sql: str) -> Table:
    cursor = connection.execute(sql)
    rows, more = _fetched(cursor, MAX_READ_ROWS, MAX_READ_CHARS)
    if more:
        raise sqlite3.DataError("there is too much to read")
    return [column[0] for column in cursor.description or ()], rows


def _fetched(cursor: sqlite3.Cursor, most_rows: int, most_chars: int) -> tuple[list[tuple[Any, ...]], bool]:
    """The rows up to so many, and whether there are more: a small table may have columns that are computed."""
    rows: list[tuple[Any, ...]] = []
    size = 0
    for row in cursor:
        if len(rows) == most_rows or size > most_chars:
            return rows, True
        rows.append(row)
        size += sum(len(cell) for cell in row if isinstance(cell, str | bytes))
    return rows, False


def quoted_name(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _told(error: Exception) -> str:
    if out_of_steps(error):
        return "The statement takes too long and was stopped."
    if isinstance(error, sqlite3.DatabaseError) and "auth" in str(error):
        return (
            f"SQL error: {error}. What changes the database goes to execute; settings and other files are out of reach."
        )
    return f"SQL error: {error}."


def _shown(cell: Any) -> Any:
    """A cell as JSON can hold it."""
    if isinstance(cell, bytes):
        return f"x'{cell[:SHOWN_CELL_CHARS].hex()}'"
    if isinstance(cell, float) and not abs(cell) < float("inf"):
        return str(cell)
    return cell[:SHOWN_CELL_CHARS] if isinstance(cell, str) else cell
