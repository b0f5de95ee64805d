"""What tests install for themselves, once, outside the tree: in ~/.cache/gem-tests, or where GEM_TESTS_CACHE says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

CACHE = Path(os.environ.get("GEM_TESTS_CACHE") or Path.home() / ".cache/gem-tests")
OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "NewConnectionError", "No matching distribution")
"""What pip and npm say where their registry cannot be reached."""
SDK_1 = "1.30.0"
NPM_VERSION = "2026.8.31"
NPM_SERVERS = ("filesystem", "memory", "everything")


def sdk_1():
    """A folder with the 1.x line of the `mcp` package and what it needs, to be put first on the path."""
    return _installed(
        CACHE / f"mcp-{SDK_1}",
        lambda folder: [sys.executable, "-m", "pip", "install", "-q", "--target", folder, f"mcp=={SDK_1}"],
    )


def npm_server(name):
    """The script of one of the reference servers. Skips where there is no npm."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    packages = [f"@modelcontextprotocol/server-{server}@{NPM_VERSION}" for server in NPM_SERVERS]
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    folder = _installed(
        CACHE / f"npm-{NPM_VERSION}", lambda folder: ["npm", "install", *quiet, "--prefix", folder, *packages]
    )
    return str(folder / f"node_modules/@modelcontextprotocol/server-{name}/dist/index.js")


def _installed(folder, command):
    """The folder, which is complete as soon as it has its name. Skips where the registry cannot be reached."""
    if folder.exists():
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as building:
        done = subprocess.run(command(building), capture_output=True, text=True, timeout=600, check=False)
        if done.returncode and any(word in done.stderr for word in OFFLINE):
            pytest.skip(f"{folder.name} cannot be installed: its registry cannot be reached")
        assert done.returncode == 0, done.stderr
        try:
            os.rename(building, folder)
        except OSError:
            assert folder.exists()  # another run was faster
        else:
            os.mkdir(building)  # for the end of this block
    return folder
