"""gem.sandbox.calls: what existing scripts import from gem.utils.sandbox."""

import pytest

from gem.errors import ConfigError, SandboxUnavailable
from gem.sandbox import Result, calls
from gem.sandbox.calls import check_forbidden_imports, run_python, subprocess_run
from gem.sandbox.result import unavailable
from tests.tools.fakes import FakeSandbox

RESULTS = {
    "good": Result(status="ok", stdout="1\n", stderr="warned\n"),
    "bad": Result(status="error", stdout="1\n", stderr="Traceback\nE: bad\n", exit_code=1),
    "slow": Result(status="timeout", stdout="half\n"),
    "gone": unavailable("it fell over"),
}


@pytest.fixture
def box(monkeypatch):
    box = FakeSandbox(RESULTS)
    monkeypatch.setattr(calls, "shared", lambda: box)
    return box


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("good", (True, "1\n", "warned")),
        ("bad", (False, "1\n", "Traceback\nE: bad")),
        ("slow", (False, "half\n", "\nExecution timed out after 2 seconds.")),
    ],
)
def test_a_program_is_answered_by_three(box, code, answer):
    assert run_python(code, "none", None, 2) == answer
    assert run_python(code, sandbox_type="bwrap", timeout=2) == answer
    assert subprocess_run(code, ["python", "-c"], "none", timeout=2) == answer


def test_defect_22_the_timeout_is_honoured(box):
    run_python("good", timeout=1.5)
    run_python("good")
    assert box.timeouts == [1.5, 10]


def test_a_sandbox_that_fails_is_no_failing_program(box):
    with pytest.raises(SandboxUnavailable, match="it fell over"):
        run_python("gone")


def test_a_named_backend_is_closed_after_the_call(monkeypatch):
    box = FakeSandbox(RESULTS)
    monkeypatch.setattr(calls, "make", lambda name: box)
    assert run_python("good", "podman")[0]
    assert box.closed


def test_an_unknown_backend_is_named():
    with pytest.raises(ConfigError, match="Did you mean 'podman'"):
        run_python("good", "podmann")


def test_only_python_is_run(box):
    with pytest.raises(ConfigError, match="bash"):
        subprocess_run("ls", ["/bin/bash", "-c"])


@pytest.mark.parametrize(
    "code",
    [
        "import subprocess", "import  socket", "import sys, threading", "from ctypes import *", "import socket as s",
        "from os import system", "import os; os.kill(1, 9)", "os.execv('/bin/sh', [])", "__import__('psutil')",
        "def f():\n    import multiprocessing.pool",
    ],
)  # fmt: skip
def test_what_reaches_beyond_the_program_is_seen(code):
    assert check_forbidden_imports(code)


@pytest.mark.parametrize(
    "code",
    [
        "import sys; sys.exit(0)", "# import socket", "'import subprocess'", "import os; os.getcwd()",
        "x = 'os.system'", "", "def", "\0", "\ud800", "(" * 10_000,
    ],
)  # fmt: skip
def test_defects_14_and_22_what_does_not_is_not(code):
    assert not check_forbidden_imports(code)
