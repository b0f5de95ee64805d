"""Which files of site-packages a program needs for its imports: those packages and what they depend on, no more.

A sandbox shows a program nothing else of site-packages; so gem itself, with its problems' solutions, is not there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from gem.errors import SandboxUnavailable

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA = re.compile(r"\bextra\s*==")


def package_paths(imports: Iterable[str]) -> list[Path]:
    """The files and folders of site-packages behind these modules, sorted.

    Raises `SandboxUnavailable` for a module that no installed distribution provides.
    """
    modules = {name.split(".")[0] for name in imports} - sys.stdlib_module_names
    waiting = [_distribution_of(module) for module in sorted(modules)]
    seen: set[str] = set()
    paths: set[Path] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # a requirement of another platform or Python
        paths.update(_top_entries(distribution))
        waiting += _requirements(distribution)
    return sorted(paths)


@cache
def _providers() -> dict[str, list[str]]:
    return dict(metadata.packages_distributions())


def _distribution_of(module: str) -> str:
    try:
        return _canonical(_providers()[module][0])
    except KeyError:
        raise SandboxUnavailable(f"the profile asks for {module!r}, which is not installed") from None


def _requirements(distribution: metadata.Distribution) -> Iterator[str]:
    for line in distribution.requires or ():
        requirement, _, marker = line.partition(";")
        name = _NAME.match(requirement.strip())
        if name and not _EXTRA.search(marker):
            yield _canonical(name[0])


def _top_entries(distribution: metadata.Distribution) -> Iterator[Path]:
    """Its files' first path components, without scripts and other things outside of site-packages."""
    for file in distribution.files or ():
        if file.parts[0] != ".." and not file.is_absolute() and file.parts[0] != "__pycache__":
            yield Path(str(distribution.locate_file(file.parts[0])))


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
