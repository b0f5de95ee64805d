"""Data sets that come with gem packages, under names of their own: `bundled:NAME` can be nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from gem.build import closest
from gem.data.folders import rows_at
from gem.data.objects import rows_of_object
from gem.data.rows import Row, Rows, Source
from gem.errors import ConfigError, DataNotFound

PREFIX = "bundled:"
Loader = str | Callable[[], Any]
"""A function of no arguments, or `"module:function"`: it gives a path, a list of rows, or a dict of splits."""

_loaders: dict[str, Loader] = {}


def register_bundled(name: str, loader: Loader) -> None:
    """Let `load(name)` give what `loader` returns, which is asked once per process.

        register_bundled("bundled:code", "gem.envs.code.problems:rows")

    Raises `ConfigError` for a name that is taken, or does not begin with `bundled:`.
    """
    if not name.startswith(PREFIX):
        raise ConfigError(f"the names of bundled data begin with {PREFIX!r}, and {name!r} does not")
    if _loaders.get(name, loader) != loader:
        raise ConfigError(f"{name!r} is already {_loaders[name]!r}")
    _loaders[name] = loader


def bundled_names() -> list[str]:
    """The names that are registered so far."""
    return sorted(_loaders)


def load_bundled(name: str, split: str | None) -> Rows:
    """The rows behind a registered name."""
    if name not in _loaders:
        known = bundled_names()
        raise DataNotFound(f"no package has bundled {name!r}.{closest(name, known)} There are: {', '.join(known)}.")
    rows = _split(_loaders[name], split)
    return Rows(Bundled(_loaders[name], split), name, rows.split)


class Bundled(Source):
    """Rows that a loader gives, pickled as that loader."""

    def __init__(self, loader: Loader, split: str | None) -> None:
        self._asked = loader, split
        self._rows = _split(loader, split)

    def __len__(self) -> int:
        return len(self._rows)

    def __reduce__(self) -> tuple[object, ...]:
        return Bundled, self._asked

    def row(self, index: int) -> Row:
        return self._rows[index]

    def place(self, index: int) -> str:
        return self._rows.place(index)

    def digest(self) -> str:
        return self._rows.fingerprint()


@cache
def _content(loader: Loader) -> Any:
    if isinstance(loader, str):
        module, _, function = loader.partition(":")
        loader = getattr(import_module(module), function)
    return cast("Callable[[], Any]", loader)()


def _split(loader: Loader, split: str | None) -> Rows:
    content: Any = _content(loader)
    name = loader if isinstance(loader, str) else loader.__name__
    return rows_at(content, split) if isinstance(content, Path) else rows_of_object(content, split, name)
