"""Tools over a PostgreSQL database, by the program psql: no driver is needed."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping
from typing import Annotated, ClassVar

from gem.errors import McpUnavailable
from gem.mcp.servers import Refusal, Server
from gem.mcp.servers.sqlite import quoted_text

STATEMENT_S = 30
CALL_S = 60.0
MAX_SQL_BYTES = 100_000
"""A program's argument is no longer than 128 kB on Linux."""
MAX_OUTPUT_BYTES = 200_000
NO_CONNECTION = 2
"""psql's exit code."""
TABLES = """
SELECT table_schema AS schema, table_name AS name, table_type AS type FROM information_schema.tables
WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2
"""
COLUMNS = """
SELECT column_name AS name, data_type AS type, is_nullable AS nullable, column_default AS default
FROM information_schema.columns WHERE table_schema = {} AND table_name = {} ORDER BY ordinal_position
"""


def psql_variables(variables: Mapping[str, str]) -> dict[str, str]:
    """MCPMark's variables as PostgreSQL's own programs read them."""
    return {
        "PGHOST": variables["POSTGRES_HOST"],
        "PGPORT": variables["POSTGRES_PORT"],
        "PGUSER": variables["POSTGRES_USERNAME"],
        "PGPASSWORD": variables["POSTGRES_PASSWORD"],
        "PGCLIENTENCODING": "UTF8",
        "PGCONNECT_TIMEOUT": "10",
    }


class PostgresServer(Server):
    """SQL over the database that `variables` name, with all the rights of its user. Results are CSV.

    Raises `McpUnavailable` from `call` if the database can't be reached.
    """

    name = "postgres"
    handlers: ClassVar[tuple[str, ...]] = ("list_tables", "describe_table", "query", "execute")

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = dict(variables)

    def list_tables(self) -> str:
        """List the tables and views of all schemas."""
        return self._ask(TABLES)

    def describe_table(self, table: str, schema: str = "public") -> str:
        """The columns of a table or view."""
        told = self._ask(COLUMNS.format(quoted_text(schema), quoted_text(table)))
        if "\n" not in told.strip():
            raise Refusal(f"There is no table {table[:100]!r} in the schema {schema[:100]!r}.")
        return told

    def query(self, sql: Annotated[str, "statements that only read, such as SELECT"]) -> str:
        """Read from the database."""
        return self._ask(sql, read_only=True)

    def execute(self, sql: Annotated[str, "one or more statements, parted by semicolons"]) -> str:
        """Change the database. All statements take effect, or, if one fails, none."""
        return self._ask(sql) or "Done."

    def _ask(self, sql: str, *, read_only: bool = False) -> str:
        if "\0" in sql or len(sql.encode()) > MAX_SQL_BYTES:
            raise Refusal(f"SQL has at most {MAX_SQL_BYTES} bytes, and no NUL character.")
        options = f"-c statement_timeout={STATEMENT_S}s -c default_transaction_read_only={'on' if read_only else 'off'}"
        told, code = _psql(
            sql, {**psql_variables(self.variables), "PGOPTIONS": options}, self.variables["POSTGRES_DATABASE"]
        )
        if code == NO_CONNECTION:
            raise McpUnavailable(f"PostgreSQL cannot be reached: {told.strip()[:500]}")
        if code:
            raise Refusal(told.strip() or "The statement was stopped.")
        return told


def _psql(sql: str, variables: dict[str, str], database: str) -> tuple[str, int]:
    """What psql printed, and its exit code; 0 also where it was stopped for printing too much."""
    # The space keeps SQL that begins with a backslash from being a command of psql's, which may run programs.
    words = [
        "psql",
        "-X",
        "-q",
        "--csv",
        "-v",
        "ON_ERROR_STOP=1",
        "-v",
        "FETCH_COUNT=500",
        "-d",
        database,
        "-c",
        f" {sql}",
    ]
    try:
        process = subprocess.Popen(
            words,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        raise McpUnavailable(f"psql failed: {error}") from error
    with process:
        alarm = threading.Timer(CALL_S, process.kill)
        alarm.start()
        try:
            assert process.stdout is not None, "it was asked for"
            printed = process.stdout.read(MAX_OUTPUT_BYTES)
            if len(printed) == MAX_OUTPUT_BYTES:
                process.kill()
                return f"{printed.decode('utf-8', 'replace')}\n[more is left out]", 0
            return printed.decode("utf-8", "replace"), process.wait()
        finally:
            alarm.cancel()
