"""BwrapSandbox: each program in its own bubblewrap."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from pathlib import Path

import pytest

import gem
from gem import sandbox
from gem.errors import SandboxUnavailable
from gem.sandbox import Limits
from gem.sandbox.children.bwrap import BwrapSandbox
from tests.sandbox.backend_cases import EXACT_CASES, RUN_CASES, name_of
from tests.sandbox.session_cases import SESSION_CASES

pytestmark = pytest.mark.slow
DEBIAN_PYTHON = "/usr/bin/python3"


@pytest.fixture(scope="module")
def box():
    try:
        box = BwrapSandbox()
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    with box:
        yield box


@pytest.mark.parametrize("case", [*RUN_CASES, *EXACT_CASES, *SESSION_CASES], ids=name_of)
def test_it_keeps_the_promises_of_every_sandbox(box, case):
    case(box)


def test_it_says_what_holds(box):
    assert box.level.safe
    assert box.level.name == "bwrap"


def test_nothing_of_the_host_can_be_read(box):
    code = """
import os
for path in ("/etc/passwd", "/proc/1/environ", "/sys", "/root/.bashrc", {repository!r}, {packages!r}):
    print(path, os.path.exists(path) and bool(not os.path.isdir(path) or os.listdir(path)))
print(sorted(os.listdir("/")), len(os.listdir("/dev")))
"""
    repository, packages = str(Path(gem.__file__).parent), sysconfig.get_path("purelib")
    printed = box.run(code.format(repository=repository, packages=packages)).stdout
    assert "True" not in printed
    assert "etc" not in printed.splitlines()[-1]


def test_nothing_outside_of_the_box_can_be_written(box):
    code = """
import os
for path in ("/x", "/usr/x", "/dev/x", "/driver.pyc", os.__file__):
    try:
        open(path, "w")
        print("written", path)
    except OSError:
        pass
"""
    assert box.run(code).stdout == ""


def test_there_are_no_rights_no_processes_and_no_network(box):
    code = """
import ctypes, os
header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
print(ctypes.CDLL(None).capget(header, sets), list(sets))
def tried(work):
    try:
        return work()
    except Exception as error:
        return type(error).__name__
import socket
print(tried(os.fork), tried(lambda: os.execv("/bin/sh", ["sh"])), tried(socket.socket))
print(tried(lambda: os.kill(1, 15)), tried(lambda: os.kill(os.getppid(), 19)))
"""
    lines = box.run(code).stdout.splitlines()
    assert lines[0] == "0 [0, 0, 0, 0, 0, 0]"
    assert set(" ".join(lines[1:]).split()) <= {"PermissionError", "FileNotFoundError", "OSError"}


def test_processes_can_be_permitted_and_end_with_the_program(box):
    code = "import os\nif os.fork() == 0:\n    os.setsid()\n    import time; time.sleep(60)\nprint('over')"
    begun = time.monotonic()
    result = box.run(code, limits=Limits(processes=2))
    assert (result.status, result.stdout) == ("ok", "over\n")
    assert time.monotonic() - begun < 20
    wait_until(lambda: not boxes(box._home))


def test_a_time_limit_leaves_no_process(box):
    assert box.run("while True: pass", timeout_s=0.3).timed_out
    wait_until(lambda: not boxes(box._home))


HOST = """
import sys, threading
from gem import sandbox
box = sandbox.make("bwrap")
print(box._home, flush=True)
threading.Thread(target=box.run, args=("while True: pass", "", 60), daemon=True).start()
session = box.session()
session.cell("while True: pass", timeout_s=60)
"""


def test_nothing_outlives_a_killed_host():
    with subprocess.Popen([sys.executable, "-c", HOST], stdout=subprocess.PIPE, text=True) as host:
        home = host.stdout.readline().strip()
        wait_until(lambda: len(boxes(home)) == 2)
        host.kill()
    wait_until(lambda: not boxes(home))
    shutil.rmtree(home)


def test_a_session_outlives_the_thread_that_began_it(box):
    sessions = []
    thread = threading.Thread(target=lambda: sessions.append(box.session()))
    thread.start()
    thread.join()
    with sessions[0] as session:
        assert session.cell("1 + 1").stdout == "2\n"


def test_only_the_packages_of_the_profile_are_there():
    with sandbox.make("bwrap", profile="numpy") as box:
        code = "import sys; print('numpy' in sys.modules); import numpy; print(numpy.arange(3).sum())"
        assert box.run(code).stdout == "True\n3\n"
        assert "ModuleNotFoundError" in box.run("import gem").stderr
        assert "ModuleNotFoundError" in box.run("import hypothesis").stderr


@pytest.fixture
def public_folder():
    """A folder that every user can read, which pytest's own are not."""
    folder = tempfile.mkdtemp(prefix="gem-test-")
    os.chmod(folder, 0o755)
    yield Path(folder)
    shutil.rmtree(folder)


@pytest.mark.skipif(not os.path.exists(DEBIAN_PYTHON), reason=f"there is no {DEBIAN_PYTHON}")
@pytest.mark.parametrize("uid", [None, 65534])
def test_the_python_of_the_distribution_works_too(uid, public_folder):
    """Whose library stands in /usr/lib, and which is not named `python`; as root and as an ordinary user."""
    if uid is not None and os.geteuid() != 0:
        pytest.skip("only root can become another user")
    shutil.copytree(Path(gem.__file__).parent, public_folder / "gem", ignore=shutil.ignore_patterns("__pycache__"))
    code = "from gem.sandbox import make\nprint(make('bwrap').run('import sys; print(sys.executable)').stdout)"
    path = f"{public_folder}:{sysconfig.get_path('purelib')}"  # numpy may be missing there
    done = subprocess.run(
        [DEBIAN_PYTHON, "-W", "ignore", "-c", code], env={"PYTHONPATH": path, "PATH": os.defpath},
        capture_output=True, text=True, user=uid, extra_groups=() if uid else None, cwd="/", timeout=60, check=False,
    )  # fmt: skip
    if "No module named 'numpy" in done.stderr:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.stdout.startswith("/usr/bin/python3"), done.stderr


def test_without_bubblewrap_there_is_none():
    with pytest.raises(SandboxUnavailable, match="not installed"):
        sandbox.make("bwrap", program="no-such-bwrap")


def test_a_bubblewrap_that_fails_says_why(tmp_path):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    with pytest.raises(SandboxUnavailable, match="No permissions to create a new namespace"):
        sandbox.make("bwrap", program=str(fake))


def boxes(home):
    """The bubblewraps of the sandbox with this folder, which are there as long as what is in them."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if f"{home}/driver.pyc".encode() in path.read_bytes():
                found.append(path.parent.name)
    return found


def wait_until(holds, patience_s=20.0):
    until = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < until
        threading.Event().wait(0.02)
