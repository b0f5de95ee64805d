"""Forks of a session in the zygote's sandbox: copies that share nothing, in families that end in any order."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from gem import sandbox
from gem.errors import SnapshotUnsupported
from gem.sandbox import Limits
from tests.sandbox.hosts import settles


@pytest.fixture(scope="module")
def box():
    with sandbox.make("zygote") as made:
        yield made


@pytest.fixture
def session(box):
    with box.session() as made:
        yield made


def shown(session, code, **options):
    result = session.cell(code, **options)
    assert result.status == "ok", result
    return result.stdout


def test_a_fork_has_its_own_variables(session):
    shown(session, "x = [1]; y = 'old'")
    with session.fork() as fork:
        shown(fork, "x.append(2); y = 'fork'")
        shown(session, "x.append(3)")
        assert shown(fork, "x, y") == "([1, 2], 'fork')\n"
    assert shown(session, "x, y") == "([1, 3], 'old')\n"


def test_a_fork_has_its_own_files(session):
    shown(
        session, "import os, tempfile\nos.makedirs('d/e'); open('d/e/f', 'w').write('old'); open('g', 'w').write('old')"
    )
    shown(session, "temporary = tempfile.gettempdir() + '/t'; open(temporary, 'w').write('old')")
    with session.fork() as fork:
        assert shown(fork, "open('d/e/f').read(), open('g').read()") == "('old', 'old')\n"
        shown(fork, "open('d/e/f', 'w').write('new'); os.remove('g'); open('h', 'w').close()")
        assert (
            shown(session, "open('d/e/f').read(), open('g').read(), os.path.exists('h')") == "('old', 'old', False)\n"
        )


def test_a_fork_has_its_own_temporary_files(session):
    shown(session, "import tempfile; open(tempfile.gettempdir() + '/t', 'w').write('old')")
    with session.fork() as fork:
        shown(fork, "open(tempfile.gettempdir() + '/t', 'w').write('new')")
        assert shown(fork, "open(tempfile.gettempdir() + '/t').read()") == "'new'\n"
        assert shown(session, "open(tempfile.gettempdir() + '/t').read()") == "'old'\n"


def test_a_fork_imports_from_its_own_folder(session):
    shown(session, "open('m.py', 'w').write('x = 1')")
    with session.fork() as fork:
        shown(fork, "open('m.py', 'w').write('x = 2')")
        assert shown(fork, "import m; m.x") == "2\n"
    assert shown(session, "import m; m.x") == "1\n"


def test_forks_of_one_state_go_on_alike(session):
    shown(session, "import random; random.seed(7)")
    with session.fork() as first, session.fork() as second:
        drawn = {shown(each, "[random.random() for _ in range(3)]") for each in (session, first, second)}
    assert len(drawn) == 1


def test_a_fork_of_a_fork_of_a_fork(session):
    shown(session, "depth = 0")
    branches = [session]
    for _ in range(4):
        branch = branches[-1].fork()
        shown(branch, "depth += 1; open(f'd{depth}', 'w').close()")
        branches.append(branch)
    assert [shown(branch, "import os; depth, len(os.listdir('.'))") for branch in branches] == [
        f"({depth}, {depth})\n" for depth in range(5)
    ]
    for branch in branches:
        branch.close()


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
def test_branches_end_in_any_order(box, order):
    trunk = box.session()
    shown(trunk, "x = 1")
    child = trunk.fork()
    family = [trunk, child, child.fork()]
    left = list(family)
    for index in order:
        family[index].close()
        left.remove(family[index])
        for branch in left:
            assert shown(branch, "x") == "1\n"
        assert not family[index].alive


def test_a_branch_that_dies_takes_nobody_along(session):
    shown(session, "x = 1")
    for code in ("import os; os._exit(3)", "import ctypes; ctypes.string_at(0)"):
        with session.fork() as fork:
            fork.cell(code)
            assert not fork.alive
        assert shown(session, "x") == "1\n"
    with session.fork() as survivor:
        session.cell("import os; os._exit(0)")
        assert not session.alive
        assert shown(survivor, "x") == "1\n"
        assert shown(survivor.fork(), "x") == "1\n"


def test_a_branch_cannot_signal_another(session):
    shown(session, "x = 1; import os; mine = os.getpid()")
    with session.fork() as fork, fork.fork() as third:
        for branch, others in ((fork, (session, third)), (third, (session, fork))):
            pids = {shown(other, "os.getpid()").strip() for other in others}
            for pid in ("mine", *pids, -1, 0, 1):
                for number in (15, 9, 10):
                    branch.cell(f"try: os.kill({pid}, {number})\nexcept OSError: pass") if str(pid) != "0" else None
        assert shown(session, "x") == "1\n"


def test_the_program_itself_may_not_fork_before_or_after_a_fork(session):
    code = "import os\ntry:\n    os.fork()\n    print('forked')\nexcept OSError as e:\n    print('refused', e.errno)"
    assert shown(session, code) == "refused 1\n"
    with session.fork() as fork:
        assert shown(fork, code) == "refused 1\n"
    assert shown(session, code) == "refused 1\n"


def test_a_thread_that_tries_to_fork_steals_no_permit(session):
    code = """
import os, threading
forked, stop = [], threading.Event()
def pester():
    while not stop.wait(0.001):
        try:
            if os.fork() == 0:
                os._exit(0)
            forked.append(1)
        except OSError:
            pass
thread = threading.Thread(target=pester, daemon=True)
thread.start()
"""
    shown(session, code)
    for _ in range(5):
        session.fork().close()
    assert shown(session, "stop.set(); thread.join(20); forked") == "[]\n"


def test_branches_run_at_the_same_time(session):
    with session.fork() as first, session.fork() as second, ThreadPoolExecutor(2) as pool:
        code = "import time; a = time.monotonic(); time.sleep(0.3); print(a, time.monotonic())"
        spans = [
            tuple(map(float, result.stdout.split())) for result in pool.map(lambda s: s.cell(code), (first, second))
        ]
    assert max(begun for begun, _ in spans) < min(ended for _, ended in spans)


def test_a_branch_can_be_interrupted_alone(session):
    with session.fork() as fork:
        result = fork.cell("while True: pass", timeout_s=0.2)
        assert (result.status, fork.alive) == ("timeout", True)
        assert shown(session, "1") == "1\n"


@pytest.mark.slow
def test_fifty_forks_leave_nothing(session):
    shown(session, "x = list(range(1000))")
    session.fork().close()
    before = len(psutil.Process().children(recursive=True)), psutil.Process().num_fds()
    for _ in range(50):
        with session.fork() as fork:
            assert shown(fork, "len(x)") == "1000\n"
    assert settles(lambda: len(psutil.Process().children(recursive=True)) <= before[0] + 3)
    gc.collect()
    assert settles(lambda: psutil.Process().num_fds() <= before[1] + 3)
    assert len(eval(shown(session, "import os; os.listdir('..')"))) < 60


def test_a_fork_that_has_no_room_is_refused_and_the_session_goes_on(box):
    with box.session(Limits(disk_mb=4)) as session:
        shown(session, "open('big', 'wb').write(bytes(3 << 20))")
        with pytest.raises(SnapshotUnsupported):
            session.fork()
        assert shown(session, "import os; os.path.getsize('big')") == f"{3 << 20}\n"


def test_a_session_that_may_start_processes_runs_them_and_says_that_it_cannot_be_forked(box):
    with box.session(Limits(processes=3)) as session:
        assert (
            shown(
                session,
                "import os\npid = os.fork()\nif pid == 0: os._exit(7)\n"
                "os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])",
            )
            == "7\n"
        )
        with pytest.raises(SnapshotUnsupported):
            session.fork()
        assert session.alive


def test_a_session_of_a_lower_rung_says_that_it_cannot_be_forked():
    with sandbox.make("zygote", layers=("landlock", "seccomp"), zygotes=1) as made, made.session() as session:
        shown(session, "x = 1")
        with pytest.raises(SnapshotUnsupported):
            session.fork()
        assert shown(session, "x") == "1\n"
