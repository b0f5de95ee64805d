"""The released GEM's `run_python`, as its tool and its `CodeEnv` call it by default."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from .contestant import Contestant


class Released(Contestant):
    """Runs in the python of the package `gem-llm`; it starts whichever `python` comes first in PATH."""

    level = "a list of forbidden words"

    def __init__(self, backend: str) -> None:
        del backend
        os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
        self._run_python: Any = import_module("gem.utils.sandbox").run_python

    def run(self, code: str, stdin: str, timeout_s: float, profile: str) -> str | None:
        """One call."""
        del profile
        succeeded, stdout, _ = self._run_python(code, "none", stdin or None, timeout_s)
        return stdout if succeeded else None
