"""The service postgres: a database of its own for each episode, a copy of the one of the task's category.

It needs a running server, which the variables of `layout.POSTGRES` name, a user there who may create databases, and
the programs psql and pg_restore. The agent has that user's rights on the server.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from gem.envs.mcpmark.layout import POSTGRES, MarkTask
from gem.envs.mcpmark.postgres_server import PostgresServer, psql_variables
from gem.errors import DataNotFound, McpUnavailable
from gem.mcp.protocol import ToolSource

ENDINGS = (".backup", ".dump", ".sql")
BINARY_DUMP = b"PGDMP"
RESTORE_S = 600.0


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

    def begin(self, task: MarkTask) -> None:
        """Make the database for a task. Raises `McpUnavailable` if the server does not."""
        self._drop(self.database)
        self.database = None
        name = f"{self.stem}_work"
        self._psql(self.home, f'CREATE DATABASE "{name}" TEMPLATE "{self._template(task.category)}"')
        self.database = name

    def source(self) -> ToolSource:
        """Our own postgres server."""
        return PostgresServer(self.environ())

    def environ(self) -> dict[str, str]:
        """What scripts read."""
        return {**self.variables, "POSTGRES_DATABASE": self.database or ""}

    def close(self) -> None:
        """Drop what was created."""
        for name in (self.database, *self.templates.values()):
            self._drop(name)
        self.database, self.templates = None, {}

    def _template(self, category: str) -> str:
        """The database of a category, restored once."""
        if category not in self.templates:
            name = f"{self.stem}_{len(self.templates)}"
            self._psql(self.home, f'CREATE DATABASE "{name}"')
            self.templates[category] = name
            dump = self._dump(category)
            if dump is not None:
                self._restore(dump, name)
        return self.templates[category]

    def _restore(self, dump: Path, database: str) -> None:
        with dump.open("rb") as opened:
            binary = opened.read(len(BINARY_DUMP)) == BINARY_DUMP
        if binary:  # it complains of owners that are not there, and has restored all the same
            self._run(["pg_restore", "--no-owner", "--no-privileges", "-d", database, str(dump)], accepted=(0, 1))
        else:
            self._run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", str(dump)])

    def _dump(self, category: str) -> Path | None:
        paths = (self.states / f"{category}{ending}" for ending in ENDINGS)
        return next((path for path in paths if path.is_file()), None)

    def _drop(self, database: str | None) -> None:
        if database is not None:
            self._psql(self.home, f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def _psql(self, database: str, sql: str) -> None:
        self._run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql])

    def _run(self, command: list[str], accepted: tuple[int, ...] = (0,)) -> None:
        environ = {**os.environ, **psql_variables(self.variables)}
        try:
            done = subprocess.run(
                command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=RESTORE_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise McpUnavailable(f"{command[0]} failed: {error}") from error
        if done.returncode not in accepted:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise McpUnavailable(f"PostgreSQL did not do {' '.join(command[-2:])[:200]}: {said[-1000:]}")
