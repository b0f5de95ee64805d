"""The service postgres: a database of its own for each episode, a copy of the one of the task's category.

It needs a running server, which the variables of `layout.POSTGRES` name, a user there who may create databases, and
the programs psql and pg_restore. The agent has that user's rights on the server.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import subprocess
import weakref
from collections.abc import Sequence
from pathlib import Path

from gem.envs.mcpmark.layout import POSTGRES, MarkTask
from gem.envs.mcpmark.postgres_server import PostgresServer, psql_variables
from gem.errors import DataNotFound, McpUnavailable
from gem.mcp.protocol import ToolSource

ENDINGS = (".backup", ".dump", ".sql")
BINARY_DUMP = b"PGDMP"
RESTORE_S = 600.0

_logger = logging.getLogger(__name__)


class PostgresService:
    """The databases of one env: a template for each category that was needed, and the one that is worked in."""

    def __init__(self, checkout: Path, tasks: Sequence[MarkTask]) -> None:
        self.states = checkout / "postgres_state"
        for task in tasks:
            if task.prepare is None and self._dump(task.category) is None:
                raise DataNotFound(
                    f"the database of {task.category!r} is not here; put {task.category}.backup into {self.states}, as "
                    f"MCPMark's instructions for postgres say"
                )
        if shutil.which("psql") is None:
            raise McpUnavailable("psql is not installed; run: apt-get install postgresql-client")
        self.variables = {name: os.environ.get(name) or default for name, default in POSTGRES.items()}
        self.home = self.variables["POSTGRES_DATABASE"] or "postgres"
        self.stem = f"gem_{secrets.token_hex(6)}"
        self.templates: dict[str, str] = {}
        self.database: str | None = None
        self.created: list[str] = []
        """What stands on the server by our doing."""
        weakref.finalize(self, _drop_left, self.created, self._variables(), self.home, os.getpid())

    def begin(self, task: MarkTask) -> None:
        """Make the database for a task. Raises `McpUnavailable` if the server does not."""
        name, self.database = f"{self.stem}_work", None
        template = self._template(task.category)
        self._drop(name)
        self._create(name, f'TEMPLATE "{template}"')
        self.database = name

    def source(self) -> ToolSource:
        """Our own postgres server."""
        return PostgresServer(self.environ())

    def environ(self) -> dict[str, str]:
        """What scripts read."""
        return {**self.variables, "POSTGRES_DATABASE": self.database or ""}

    def close(self) -> None:
        """Drop what was created; what the server does not drop now is tried again when this is called again."""
        self.database, self.templates = None, {}
        _drop_left(self.created, self._variables(), self.home, os.getpid())

    def _template(self, category: str) -> str:
        """The database of a category, restored once."""
        if category not in self.templates:
            name = f"{self.stem}_{len(self.templates)}"
            self._drop(name)  # one that was begun, and not restored to its end
            self._create(name)
            dump = self._dump(category)
            if dump is not None:
                self._restore(dump, name)
            self.templates[category] = name
        return self.templates[category]

    def _restore(self, dump: Path, database: str) -> None:
        with dump.open("rb") as opened:
            binary = opened.read(len(BINARY_DUMP)) == BINARY_DUMP
        if binary:  # it complains of owners that are not there, and has restored all the same
            command = ["pg_restore", "--no-owner", "--no-privileges", "-d", database, str(dump)]
            _run(command, self._variables(), accepted=(0, 1))
        else:
            command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", str(dump)]
            _run(command, self._variables())

    def _dump(self, category: str) -> Path | None:
        paths = (self.states / f"{category}{ending}" for ending in ENDINGS)
        return next((path for path in paths if path.is_file()), None)

    def _create(self, database: str, options: str = "") -> None:
        self.created.append(database)
        _run(_psql(self.home, f'CREATE DATABASE "{database}" {options}'), self._variables())

    def _drop(self, database: str) -> None:
        if database in self.created:
            _run(_dropping(database, self.home), self._variables())
            self.created.remove(database)

    def _variables(self) -> dict[str, str]:
        return psql_variables(self.variables)


def _drop_left(created: list[str], variables: dict[str, str], home: str, process: int) -> None:
    """Drop databases, unless this is a process that was forked off; one that can't be does not keep the others."""
    for database in list(created) if process == os.getpid() else ():
        try:
            _run(_dropping(database, home), variables)
            created.remove(database)
        except McpUnavailable as error:
            _logger.warning("the database %s is left behind: %s", database, error)


def _dropping(database: str, home: str) -> list[str]:
    return _psql(home, f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def _psql(database: str, sql: str) -> list[str]:
    return ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]


def _run(command: list[str], variables: dict[str, str], accepted: tuple[int, ...] = (0,)) -> None:
    environ = {**os.environ, **variables}
    try:
        done = subprocess.run(
            command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=RESTORE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise McpUnavailable(f"{command[0]} failed: {error}") from error
    if done.returncode not in accepted:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise McpUnavailable(f"PostgreSQL did not do {' '.join(command[-2:])[:200]}: {said[-1000:]}")
