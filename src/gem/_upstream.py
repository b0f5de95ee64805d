"""Old import paths: the module names of the released GEM keep working, and only this file knows them.

Each line maps a module, or the modules of a package (`.*`), to its home here. Nothing is imported
until somebody imports the old name, and both names give the *same* module object, so classes
stay identical and pickles stay valid. tests/test_upstream.py imports every line.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType

MOVED = {
    "gem.envs.registration": "gem.registry",
    "gem.envs.game_env": "gem.envs.games",
    "gem.envs.game_env.*": "gem.envs.games.*",
    "gem.envs.multiagent": "gem.multiagent",
    "gem.envs.multiagent.*": "gem.multiagent.*",
    "gem.utils": "gem",
    "gem.utils.constants": "gem.constants",
    "gem.utils.math_grader": "gem.grading.math_grader",
    "gem.utils.parsing": "gem.parsing",
    "gem.utils.qa_em": "gem.grading.qa",
    "gem.utils.sandbox": "gem.sandbox.calls",
    "gem.utils.seeding": "gem.seeding",
    "gem.vector.vector_env": "gem.vector.base",
    "gem.vector.sync_vector_env": "gem.vector.loop",
    "gem.vector.async_vector_env": "gem.vector.threads",
    "gem.wrappers.observation_wrapper": "gem.wrappers.history",
    "gem.wrappers.episode_tracking_wrapper": "gem.wrappers.episode_stats",
    "gem.wrappers.wrapper_factory": "gem.wrappers.presets",
}


def new_name(old: str) -> str | None:
    """The current name of a module of the released GEM, or None if it never moved."""
    if old in MOVED:
        return MOVED[old]
    for package in (line[:-1] for line in MOVED if line.endswith(".*")):
        if old.startswith(package):  # at any depth
            return MOVED[f"{package}*"][:-1] + old[len(package) :]
    return None


class UpstreamFinder:
    """Answers imports of moved modules with the module they became.

    A finder and loader by shape alone: the base classes of `importlib.abc` cost 25 ms to import.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A spec for a moved module; None leaves the name to Python's own finders."""
        del path, target
        if not fullname.startswith("gem."):
            return None
        if new_name(fullname):
            return ModuleSpec(fullname, self, is_package=True)  # pyright: ignore[reportArgumentType]
        if fullname.rpartition(".")[0] in MOVED:  # else Python would load a second copy of a module of ours
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave the making of the (short-lived) module object to the import system."""

    def exec_module(self, module: ModuleType) -> None:
        """Put the module's present self in its place; the import system returns what it finds there."""
        name = new_name(module.__name__)
        assert name is not None, "find_spec answers for moved modules only"
        sys.modules[module.__name__] = import_module(name)


def install() -> None:
    """Called once, by `gem/__init__.py`."""
    if not any(isinstance(finder, UpstreamFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, UpstreamFinder())
