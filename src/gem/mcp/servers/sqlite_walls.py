"""What a stranger's SQL may do: read and write its own database, for a while, within its size. Nothing else.

No other file can be attached, no library loaded, no setting changed. Time stands still at the caller's now, every zone
is UTC and there is no `random()`, so that the same statements always do the same. What a call may use is counted in
steps of SQLite's machine, so a busy computer changes no result; the clock on the wall is for what takes long in a
single step, and no value is so large that one takes more than a moment.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import datetime
from functools import partial
from typing import Any

MAX_STEPS = 5_000_000
"""Steps of SQLite's machine for a call: a tenth of a second, or so."""
STEPS_AT_ONCE = 10
"""Between two looks at the clock: the slowest step, a `trim` by a long list of characters, takes 0.1 s."""
MAX_S = 3.0
MAX_PAGES = 2_000
"""Of 4 kB each: how large a database may grow, and what is temporary beside it."""
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 20_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1_000_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 500,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 20,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
SQL_ERRORS = (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError)
"""What `sqlite3` raises for bad SQL: some of its complaints are no `sqlite3.Error`."""

CLOCK_FUNCTIONS = ("date", "time", "datetime", "julianday", "unixepoch", "strftime", "timediff")
TIMES_AT = {"strftime": (1,), "timediff": (0, 1)}
"""Where times stand among the arguments, if not at the beginning."""
NOW_WORDS, ZONE_WORDS = frozenset({"now", "subsec", "subsecond"}), frozenset({"localtime", "utc"})
NOW = {"current_date": "date", "current_time": "time", "current_timestamp": "datetime"}
FORBIDDEN_FUNCTIONS = frozenset({"random", "randomblob", "load_extension", "fts3_tokenizer", "edit", "readfile"})
READING_PRAGMAS = frozenset({"table_info", "table_xinfo", "table_list", "index_list", "index_info", "foreign_key_list"})
READS = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})
REFUSED = frozenset({sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_CREATE_VTABLE})


def opened(image: bytes, now: datetime, *, writes: bool) -> sqlite3.Connection:
    """A connection to a copy of a database, behind the walls."""
    connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)
    if image:
        connection.deserialize(image)
    for schema in ("main", "temp"):
        connection.execute(f"PRAGMA {schema}.max_page_count = {MAX_PAGES}")
    for limit, value in LIMITS.items():
        connection.setlimit(limit, value)
    _stop_the_clock(connection, now)
    for name in FORBIDDEN_FUNCTIONS:  # the authorizer is not asked for those in the defaults of columns
        connection.create_function(name, -1, _forbidden)
    connection.set_authorizer(_writer if writes else _reader)
    connection.set_progress_handler(_Steps().spent, STEPS_AT_ONCE)
    return connection


def image_of(connection: sqlite3.Connection) -> bytes:
    """The database as the bytes of its file; the walls fall, for the bytes are got by a pragma."""
    connection.set_authorizer(None)
    return connection.serialize()


def out_of_steps(error: Exception) -> bool:
    """Whether a statement was stopped for taking too many steps."""
    return isinstance(error, sqlite3.OperationalError) and "interrupted" in str(error)


class _Steps:
    """Counts what a call has used."""

    def __init__(self) -> None:
        self.rounds, self.begun = 0, time.monotonic()

    def spent(self) -> bool:
        """Called every `STEPS_AT_ONCE` steps; true stops the statement."""
        self.rounds += 1
        return self.rounds * STEPS_AT_ONCE > MAX_STEPS or time.monotonic() - self.begun > MAX_S


def _reader(action: int, first: str | None, second: str | None, *_: Any) -> int:
    if action in READS or action == sqlite3.SQLITE_PRAGMA:
        return _writer(action, first, second)
    return sqlite3.SQLITE_DENY


def _writer(action: int, first: str | None, second: str | None, *_: Any) -> int:
    if action in REFUSED:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and str(first).lower() not in READING_PRAGMAS:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and str(second).lower() in FORBIDDEN_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _forbidden(*_: Any) -> None:
    raise PermissionError("what it gives is not the same each time")


def _stop_the_clock(connection: sqlite3.Connection, now: datetime) -> None:
    """Let SQL's own functions of time take `now` for "now"."""
    moment = now.strftime("%Y-%m-%d %H:%M:%S")
    for name in CLOCK_FUNCTIONS:
        connection.create_function(name, -1, partial(_told, name, moment), deterministic=True)
    for name, function in NOW.items():
        connection.create_function(name, 0, partial(_told, function, moment), deterministic=True)


def _told(function: str, moment: str, *arguments: Any) -> Any:
    """What SQLite's own function tells, with `moment` in the place of now, and UTC in that of the computer's zone."""
    at = TIMES_AT.get(function, (0,))
    read = list(map(_as_read, arguments))
    given = [one for index, one in enumerate(read) if index <= at[-1] or _word(one) not in ZONE_WORDS]
    if len(given) <= at[0]:
        given[at[0] :] = [moment]
    given = [moment if index in at and _word(one) in NOW_WORDS else one for index, one in enumerate(given)]
    with closing(sqlite3.connect(":memory:")) as plain:
        return plain.execute(f"SELECT {function}({', '.join('?' * len(given))})", given).fetchone()[0]


def _as_read(value: Any) -> Any:
    """A value as the functions of time read it: bytes as a text, and a text up to its first NUL."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return text.partition("\0")[0] if isinstance(text, str) else text


def _word(value: Any) -> str | None:
    return value.strip().lower() if isinstance(value, str) else None
