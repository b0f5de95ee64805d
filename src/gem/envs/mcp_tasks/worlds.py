"""The servers that tasks are set over, and what of their state counts."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gem.mcp.servers import Calendar, CalendarServer, Database, FilesServer, KvServer, Server, SqliteServer, Store, Tree
from gem.mcp.servers.sqlite import OTHERS, TABLES, quoted_name

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""What time it is in every episode."""

Entries = dict[Any, Any]
"""All that counts of a state, in pieces: two states are alike if these are equal."""


@dataclass(frozen=True, slots=True)
class World:
    """A kind of server."""

    server: Callable[[Any], Server]
    """The server over a state."""
    entries: Callable[[Any], Entries]
    """What counts of a state."""


def _of_tree(tree: Tree) -> Entries:
    """The files; white space at their ends does not count, nor do folders."""
    return {path: text.rstrip() for path, text in tree.files.items()}


def _of_database(database: Database) -> Entries:
    """The columns of each table and how often each row stands in it, without an order; views, triggers and indexes."""
    found: Entries = {}
    try:
        with database.reading() as read:
            found.update({(kind, name.lower()): sql for kind, name, sql in read(OTHERS)[1]})
            for (table,) in read(TABLES)[1]:
                columns, rows = read(f"SELECT * FROM {quoted_name(table)}")
                order = sorted(range(len(columns)), key=lambda index: columns[index].lower())
                found["columns", table.lower()] = [columns[index].lower() for index in order]
                sorted_rows = (tuple(row[index] for index in order) for row in rows)
                found.update({("row", table.lower(), *row): count for row, count in Counter(sorted_rows).items()})
    except sqlite3.Error as error:  # an agent may make tables that cannot be read in the time there is
        found["unreadable"] = str(error)
    return found


def _of_store(store: Store) -> Entries:
    """The texts; white space around them does not count."""
    return {key: value.strip() for key, value in store.values.items()}


def _of_calendar(calendar: Calendar) -> Entries:
    """How often each event was entered; ids do not count."""
    events = calendar.events.values()
    return dict(Counter((event.title, event.start, event.end, *event.people) for event in events))


WORLDS: dict[str, World] = {
    "files": World(FilesServer, _of_tree),
    "sqlite": World(lambda database: SqliteServer(database, clock=lambda: NOW), _of_database),
    "notes": World(KvServer, _of_store),
    "calendar": World(CalendarServer, _of_calendar),
}
