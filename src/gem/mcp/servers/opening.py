"""Servers by their names, over files where their state is to stay."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, time
from pathlib import Path
from typing import Any, cast

from gem.errors import ConfigError
from gem.mcp.servers.calendar import FORM, Calendar, CalendarServer, Event
from gem.mcp.servers.clock import TimeServer
from gem.mcp.servers.files import FilesServer
from gem.mcp.servers.kv import KvServer, Store
from gem.mcp.servers.sqlite import Database, SqliteServer
from gem.mcp.servers.trees import Folder
from gem.mcp.servers.wire import Wire

NAMES = ("files", "sqlite", "kv", "calendar", "time")


def opened(name: str, state: str | None = None) -> Wire:
    """The server called `name`. `state` is where its state lies and is kept: a folder for files, else a file.

    Without it everything is in memory, and begins empty. Raises `ConfigError` for a state that can't be read.
    """
    if name not in NAMES:
        raise ConfigError(f"there is no server {name!r}; there are: {', '.join(NAMES)}")
    if state is None or name == "time":
        return Wire(
            {"sqlite": SqliteServer, "kv": KvServer, "calendar": CalendarServer, "time": TimeServer}.get(
                name, FilesServer
            )()
        )
    try:
        return _OPENERS[name](Path(state))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, sqlite3.Error) as error:
        raise ConfigError(f"{state} holds no state of the server {name!r}: {error}") from error


def calendar_json(calendar: Calendar) -> str:
    """A calendar as the JSON that `opened` reads."""
    return json.dumps(asdict(calendar), indent=1)


def calendar_of(text: str) -> Calendar:
    """The calendar that `calendar_json` wrote. Raises `TypeError` or `ValueError` for anything else."""
    fields = cast("dict[str, Any]", json.loads(text))
    events = {event_id: Event(**event) for event_id, event in fields.pop("events", {}).items()}
    calendar = Calendar(events, **fields)
    for event in calendar.events.values():
        _check(event)
    if type(cast("Any", calendar.next_id)) is not int:
        raise ValueError("next_id is no whole number")
    for hour in (calendar.day_begins, calendar.day_ends):
        time.fromisoformat(hour)
    return calendar


def _check(event: Event) -> None:
    people = cast("Any", event.people)
    if not isinstance(people, list) or not all(isinstance(one, str) for one in [event.title, *cast("Any", people)]):
        raise ValueError("an event has a title and a list of people, which are texts")
    for moment in (event.start, event.end):
        datetime.strptime(moment, FORM)


def _files(root: Path) -> Wire:
    return Wire(FilesServer(Folder(root)))


def _sqlite(file: Path) -> Wire:
    server = SqliteServer(Database(file.read_bytes() if file.exists() else b""))
    server.database.read("SELECT count(*) FROM sqlite_master")  # a file that is no database is found out now
    return Wire(server, _kept(file, lambda: server.database.image))


def _kv(file: Path) -> Wire:
    values: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    if not all(isinstance(cast("Any", value), str) for value in values.values()):
        raise ValueError("it is not an object of texts")
    server = KvServer(Store(values))
    return Wire(server, _kept(file, lambda: json.dumps(server.store.values, indent=1).encode()))


def _calendar(file: Path) -> Wire:
    server = CalendarServer(calendar_of(file.read_text("utf-8")) if file.exists() else Calendar())
    return Wire(server, _kept(file, lambda: calendar_json(server.calendar).encode()))


def _kept(file: Path, content: Callable[[], bytes]) -> Callable[[], None]:
    """A function that writes the state when it has changed; the file is whole at every moment."""
    last = content()

    def save() -> None:
        nonlocal last
        now = content()
        if now != last:
            partial = file.with_name(f"{file.name}.partial")
            partial.write_bytes(now)
            os.replace(partial, file)
            last = now

    return save


_OPENERS: dict[str, Callable[[Path], Wire]] = {"files": _files, "sqlite": _sqlite, "kv": _kv, "calendar": _calendar}
