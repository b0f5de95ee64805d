"""Where figures come from: the machine, the versions, the commit."""

from __future__ import annotations

import os
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from gem.__about__ import __version__

PACKAGES = ("numpy", "torch", "tokenizers")


@cache
def provenance() -> dict[str, Any]:
    """Machine, versions and commit, as JSON values; what cannot be found out is None."""
    return {
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "versions": {"python": platform.python_version(), "gem": __version__, **{n: _version(n) for n in PACKAGES}},
        "commit": _git("rev-parse", "HEAD"),
        "changed": _git("status", "--porcelain", "--untracked-files=no", "--", ".") not in ("", None),
    }


def _processor() -> str:
    """The processor's name as Linux knows it, or what Python knows."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _git(*words: str) -> str | None:
    """What git says about the folder that gem lies in; None where there is no git, or no repository."""
    try:
        said = subprocess.run(
            ["git", *words], cwd=Path(__file__).parent, capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip()
