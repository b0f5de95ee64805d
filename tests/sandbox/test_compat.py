"""Programs that mean no harm do in the zygote what they do in plain Python.

tests/sandbox/compat holds one program per file (.broken where no tool could read it), with its stdin in a .txt file
beside it. What must be the same: stdout, the exit code, and the last line of stderr. Where that cannot be,
DIFFERENCES says what differs and why.
"""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gem import sandbox
from gem.errors import SandboxUnavailable
from gem.sandbox import Limits

PROGRAMS = sorted(path for path in (Path(__file__).parent / "compat").iterdir() if path.suffix in (".py", ".broken"))
DIFFERENCES = {
    "55_import_itself": "The program's own file is not in its folder, which is empty at the start.",
    "72_subprocess": "No program can be started: exec is refused (`Limits.processes` permits it where you need it).",
    "73_multiprocessing": "No process can be started: fork is refused; threads are free.",
    "74_fork": "Fork is refused (`Limits.processes` permits it where you need it).",
    "75_loopback_server": "There is no network, not even the program's own loopback.",
    "76_files_of_the_system": "Of the system's files only the interpreter's are there.",
    "84_its_own_file": "The program's own file is not in its folder, which is empty at the start.",
}
"""Which programs end differently in the sandbox, and why; quoted in the docs."""


def plain(path, stdin, folder):
    """stdout, exit code and the lines of stderr of a plain interpreter in an empty folder."""
    (folder / "main.py").write_bytes(path.read_bytes())
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
    command = [sys.executable, "main.py"]
    done = subprocess.run(command, input=stdin, capture_output=True, cwd=folder, env=environ, timeout=30, check=False)
    return done.stdout.decode("utf-8", "replace"), done.returncode, done.stderr.decode("utf-8", "replace").splitlines()


@pytest.fixture(scope="module")
def endings(tmp_path_factory):
    """For each program how it ended in plain Python and in the sandbox."""
    try:
        box = sandbox.make("zygote", limits=Limits(timeout_s=20))
    except SandboxUnavailable as error:
        pytest.skip(str(error))

    def both(path):
        data = path.with_suffix(".txt")
        stdin = data.read_bytes() if data.exists() else b""
        result = box.run(path.read_bytes(), stdin)
        ours = (result.stdout, result.exit_code, result.stderr.splitlines())
        return path.stem, (plain(path, stdin, tmp_path_factory.mktemp("plain")), ours)

    with box, ThreadPoolExecutor(2) as pool:
        return dict(pool.map(both, PROGRAMS))


def same(ending):
    """What is compared: stdout, exit code, last line of stderr."""
    stdout, code, stderr = ending
    return stdout, code, stderr[-1:]


def test_there_are_programs_of_all_kinds():
    assert len(PROGRAMS) >= 32
    assert {path.stem for path in PROGRAMS} >= DIFFERENCES.keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", [path.stem for path in PROGRAMS if path.stem not in DIFFERENCES])
def test_a_program_ends_as_in_plain_python(endings, name):
    expected, ours = endings[name]
    assert same(ours) == same(expected)


@pytest.mark.slow
@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_documented_difference_is_one(endings, name):
    expected, ours = endings[name]
    assert same(ours) != same(expected)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["42_traceback", "43_chained_traceback", "44_syntax_error", "46_assertion"])
def test_a_traceback_reads_as_in_plain_python(endings, name):
    expected, ours = endings[name]
    assert folderless(ours[2]) == folderless(expected[2])


def folderless(lines):
    """A traceback with "main.py" for whatever path ends so."""
    return [re.sub(r'"[^"]*main\.py"', '"main.py"', line) for line in lines]
