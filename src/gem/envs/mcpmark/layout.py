"""Where things lie in a checkout of MCPMark, and what its scripts read from their environment.

    tasks/<service>/<split>/<category>/<task>/description.md    what the agent is asked
                                              verify.py         exit code 0: done; 1: not done
                                              meta.json         difficulty, tags, where the state comes from
                                              prepare_environment.py   (some) makes the state ready
    test_environments/<category>/ or .zip     filesystem: the files that each task of the category begins with
    postgres_state/<category>.backup or .sql  postgres: the database that they begin with

The folder <split> is missing in older checkouts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from gem.build import closest
from gem.errors import ConfigError, DataError, DataNotFound

CHECKOUT = "MCPMARK_PATH"
"""The variable that names the checkout."""
SOURCE = "https://github.com/eval-sys/mcpmark"
FILES_ROOT = "FILESYSTEM_TEST_ROOT"
"""The variable that names another folder than test_environments."""
FILES_SCRATCH = "FILESYSTEM_TEST_DIR"
"""The variable in which a verify.py finds the folder that the agent worked in."""
POSTGRES = {
    "POSTGRES_HOST": "localhost",
    "POSTGRES_PORT": "5432",
    "POSTGRES_USERNAME": "postgres",
    "POSTGRES_PASSWORD": "",
    "POSTGRES_DATABASE": "",
}
"""The variables in which scripts find the database, and what is taken where the caller has not set them."""
SERVICES = ("filesystem", "postgres")


@dataclass(frozen=True, slots=True)
class MarkTask:
    """A task of a checkout."""

    category: str
    task: str
    folder: Path
    meta: dict[str, Any] = field(default_factory=dict[str, Any], compare=False)

    @property
    def name(self) -> str:
        """As MCPMark writes it in its results."""
        return f"{self.category}__{self.task}"

    @property
    def description(self) -> str:
        """What the agent is asked."""
        return (self.folder / "description.md").read_text("utf-8").strip()

    @property
    def verify(self) -> Path:
        """The script that judges."""
        return self.folder / "verify.py"

    @property
    def prepare(self) -> Path | None:
        """The script that makes the state ready, if there is one."""
        script = self.folder / "prepare_environment.py"
        return script if script.is_file() else None


def checkout(root: str | Path | None) -> Path:
    """The checkout that is meant. Raises `DataNotFound` with how to get one."""
    named = root or os.environ.get(CHECKOUT)
    how = f"run: git clone {SOURCE}, and set {CHECKOUT} (or root=) to the folder"
    if not named:
        raise DataNotFound(f"no checkout of MCPMark is named; {how}")
    path = Path(named).expanduser().resolve()
    if not (path / "tasks").is_dir():
        raise DataNotFound(f"{path} is no checkout of MCPMark, for it has no folder tasks; {how}")
    return path


def find_tasks(
    service: str, wanted: str | Sequence[str] = "all", root: str | Path | None = None, split: str = "standard"
) -> list[MarkTask]:
    """The tasks of a service, sorted: all, those of a category, or one: "category/task", as also "category__task".

    Raises `DataNotFound` without a checkout, `ConfigError` for a service, split or task that it does not have.
    """
    if service not in SERVICES:
        raise ConfigError(f"the services here are {' and '.join(SERVICES)}, not {service!r}")
    top = checkout(root) / "tasks" / service
    tasks: list[MarkTask] = []
    splits: set[str] = set()
    for script in sorted(top.rglob("verify.py")):
        *above, category, task = script.parent.relative_to(top).parts
        splits.update(above[:1])
        if len(above) <= 1 and above in ([], [split]) and (script.parent / "description.md").is_file():
            tasks.append(MarkTask(category, task, script.parent, _meta(script.parent / "meta.json")))
    if not tasks:
        found = f"it has the splits {', '.join(sorted(splits))}" if splits else "it has none at all"
        raise ConfigError(f"{top} has no tasks of the split {split!r}; {found}")
    return tasks if wanted == "all" else _chosen(tasks, [wanted] if isinstance(wanted, str) else list(wanted))


def _chosen(tasks: list[MarkTask], wanted: list[str]) -> list[MarkTask]:
    named = {task: {task.category, task.name, f"{task.category}/{task.task}"} for task in tasks}
    known = sorted(set[str]().union(*named.values()))
    for name in wanted:
        if name not in known:
            raise ConfigError(f"there is no task or category {name!r}.{closest(name, known)}")
    return [task for task, names in named.items() if names & set(wanted)]


def _meta(file: Path) -> dict[str, Any]:
    """What meta.json says; a task may come without it."""
    if not file.is_file():
        return {}
    try:
        found = json.loads(file.read_bytes())
    except ValueError as error:
        raise DataError(f"{file} is no JSON: {error}") from error
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
