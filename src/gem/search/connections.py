"""SQLite connections for many threads: as many as are used at once, and each used by one at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from gem.errors import SearchUnavailable
from gem.search.forks import at_work


class Connections:
    """Lends connections, at most `most` at once; the next one waits.

    with connections.lent() as connection:
        connection.execute(...)

    `connect` has to allow other threads. What SQLite raises inside comes out as `SearchUnavailable`.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], most: int) -> None:
        self._connect = connect
        self._places = BoundedSemaphore(most)
        self._lock = Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False

    @contextmanager
    def lent(self) -> Generator[sqlite3.Connection]:
        """A connection for as long as the block runs."""
        with at_work, self._places:
            try:
                connection = self._take()
                try:
                    yield connection
                finally:
                    self._give_back(connection)
            except sqlite3.Error as error:
                raise SearchUnavailable(f"the index cannot be read: {error}") from error

    def close(self) -> None:
        """Close those that are idle now, and the others when they come back."""
        with at_work:
            with self._lock:
                self._closed = True
                idle, self._idle = self._idle, []
            for connection in idle:
                connection.close()

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise SearchUnavailable("the index is closed")
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                return self._idle.append(connection)
        return connection.close()
