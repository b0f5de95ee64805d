"""Both lines of the `mcp` package: the one in use runs the tests of sessions, the other one runs them here."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.mcp.installed import SDK_1, sdk_1

ROOT = Path(__file__).parent.parent.parent
FILES = tuple(f"tests/mcp/test_session{name}.py" for name in ("", "_http", "_config"))


def test_the_line_in_use_is_the_second():
    assert version("mcp").startswith("2.")


@pytest.mark.slow
def test_the_first_line_passes_the_same_tests():
    folder = sdk_1()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    code = f"import sys, pytest, importlib.metadata as m; assert m.version('mcp') == {SDK_1!r}; sys.exit(pytest.main())"
    command = [sys.executable, "-c", code, "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow", *FILES]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
