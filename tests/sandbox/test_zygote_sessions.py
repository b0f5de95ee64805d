"""Sessions of the zygote's sandbox: what stays from cell to cell, and interrupts that never hit the wrong thing."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from gem import sandbox
from gem.errors import SandboxUnavailable, SnapshotUnsupported
from tests.sandbox.hosts import settles
from tests.sandbox.session_cases import SESSION_CASES

SLACK_S = 3.0


@pytest.fixture(scope="module")
def box():
    with sandbox.make("zygote") as made:
        yield made


@pytest.fixture
def session(box):
    with box.session() as made:
        yield made


def own_processes():
    """Those that this process and its zygotes have started, the dead that are not yet buried left out."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except psutil.NoSuchProcess:
            pass
    return found


def shown(session, code, **options):
    result = session.cell(code, **options)
    assert result.status == "ok", result
    return result.stdout


@pytest.mark.slow
@pytest.mark.parametrize("case", SESSION_CASES, ids=lambda case: case.__name__)
def test_it_keeps_what_every_session_promises(box, case):
    case(box)


# -- cells -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("1 + 1", "2\n"),
        ("x = 5; x", "5\n"),
        ("None", ""),
        ("'a'; 'b'", "'b'\n"),
        ("print(1);", "1\n"),
        ("def f(): return 3\nf()", "3\n"),
        ("if True:\n    7", ""),
        ("[\n1,\n2]", "[1, 2]\n"),
        ("_ = 9\n_", "9\n"),
        ("# only a comment", ""),
        ("", ""),
        ("lambda: 0 if 1 else 2\n'z'", "'z'\n"),
        ("(y := 4)", "4\n"),
        ("'ü🙂'", "'ü🙂'\n"),
    ],
)
def test_the_last_expression_is_shown(session, code, expected):
    assert shown(session, code) == expected


def test_everything_of_the_language_stays(session):
    shown(session, "import math, json\nclass A:\n    n = 3\ndef g():\n    yield from range(3)\nit = g(); next(it)")
    assert shown(session, "math.floor(2.5), json.dumps(A.n), next(it)") == "(2, '3', 1)\n"
    shown(session, "open('note', 'w').write('kept')")
    assert shown(session, "open('note').read()") == "'kept'\n"
    shown(session, "import os; os.mkdir('d'); os.chdir('d')")
    assert shown(session, "os.getcwd().endswith('/d')") == "True\n"


def test_a_traceback_shows_the_cell_alone(session):
    session.cell("def f():\n    return 1 / 0")
    result = session.cell("f()")
    assert result.stderr.count('File "') == 2
    assert "1 / 0" in result.stderr
    for code in ("def f(:", "  x = 1\n y = 2", "\0"):
        result = session.cell(code)
        assert (result.status, result.stderr.count('File "') <= 1) == ("error", True), result.stderr
        assert "ast.py" not in result.stderr
    assert session.alive


def test_output_of_one_cell_is_not_in_the_next(session):
    session.cell("import sys; sys.stdout.write('a' * 10); sys.stderr.write('b')")
    result = session.cell("print('c')")
    assert (result.stdout, result.stderr) == ("c\n", "")


def test_a_thread_works_on_between_the_cells(session):
    shown(
        session,
        "import threading\nbox, go = [], threading.Event()\n"
        "t = threading.Thread(target=lambda: (go.wait(), box.append(1)))\nt.start()",
    )
    assert shown(session, "box") == "[]\n"
    shown(session, "go.set(); t.join(20)")
    assert shown(session, "box") == "[1]\n"


def test_sessions_draw_the_same_numbers_in_every_sandbox(box):
    code = "import random; random.random(), hash('a')"
    with (
        sandbox.make("zygote", zygotes=1) as other,
        box.session() as first,
        box.session() as second,
        other.session() as third,
    ):
        assert shown(first, code) == shown(second, code) == shown(third, code)


# -- time and interrupts -----------------------------------------------------------------------------


@pytest.mark.slow
def test_a_timeout_keeps_what_there_is_again_and_again(session):
    shown(session, "x = []")
    for turn in range(3):
        result = session.cell("x.append(1)\nprint('so far')\nwhile True: pass", timeout_s=0.2)
        assert (result.status, result.limit_hit, result.stdout) == ("timeout", "time", "so far\n"), result
        assert result.wall_s < 0.2 + SLACK_S
        assert shown(session, "len(x)") == f"{turn + 1}\n"


@pytest.mark.slow
def test_a_timeout_reaches_a_cell_that_sleeps_or_waits(session):
    for code in ("import time; time.sleep(60)", "import threading; threading.Event().wait()", "input"):
        result = session.cell(code, timeout_s=0.2)
        assert result.status == ("ok" if code == "input" else "timeout")
    assert session.alive


@pytest.mark.slow
def test_interrupts_at_any_moment_cost_at_most_their_cell(session):
    """An interrupt that comes just before a cell or just after it must not hit the harness."""
    shown(session, "x = 5")
    stop = threading.Event()

    def pester():
        while not stop.wait(0.0003):
            session.interrupt()

    thread = threading.Thread(target=pester)
    thread.start()
    try:
        for _ in range(300):
            result = session.cell("1 + 1")
            assert result.status in ("ok", "error"), result
            assert session.alive
    finally:
        stop.set()
        thread.join()
    assert settles(lambda: session.cell("x").stdout == "5\n")


@pytest.mark.slow
def test_time_limits_that_come_as_the_cell_ends_cost_at_most_the_cell(session):
    shown(session, "import time")
    for turn in range(60):
        result = session.cell(f"time.sleep({0.010 + turn % 6 * 0.0004})", timeout_s=0.0115)
        assert result.status in ("ok", "timeout"), result
        assert session.alive
    assert shown(session, "1") == "1\n"


def test_an_interrupt_of_an_idle_session_is_nothing(session):
    shown(session, "x = 1")
    for _ in range(5):
        session.interrupt()
    assert shown(session, "x") == "1\n"
    session.close()
    session.interrupt()


def test_cells_of_two_threads_take_turns(session):
    shown(session, "n = 0; busy = 0; worst = 0")
    code = "busy += 1; worst = max(worst, busy)\nfor _ in range(1000): n += 1\nbusy -= 1"
    with ThreadPoolExecutor(8) as pool:
        assert {result.status for result in pool.map(lambda _: session.cell(code), range(24))} == {"ok"}
    assert shown(session, "n, worst") == "(24000, 1)\n"


# -- ends --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["import os; os._exit(0)", "import ctypes; ctypes.string_at(0)"])
def test_a_lost_session_says_so_and_stays_lost(session, code):
    result = session.cell(code)
    assert result.status in ("killed", "error", "ok"), result
    assert not session.alive
    assert session.cell("1").status == "unavailable"
    with pytest.raises(SnapshotUnsupported):
        session.fork()
    session.interrupt()
    session.close()


def test_closing_from_another_thread_ends_the_cell_that_runs(box):
    session = box.session()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(session.cell, "import time; time.sleep(60)", 60)
        assert not settles(running.done, 0.2)
        session.close()
        assert running.result(20).status in ("killed", "unavailable")
    assert not session.alive


def test_a_closed_sandbox_ends_its_sessions():
    made = sandbox.make("zygote", zygotes=1)
    session = made.session()
    assert session.cell("1").ok
    made.close()
    assert session.cell("1").status in ("killed", "unavailable")
    assert session.cell("1").status == "unavailable"
    session.close()
    with pytest.raises(SandboxUnavailable):
        made.session()


@pytest.mark.slow
def test_sessions_leave_no_process_behind_closed_or_dropped(box):
    box.run("1")
    before = len(own_processes())
    for _ in range(5):
        with box.session() as session, session.fork() as fork:
            fork.cell("1")
    assert settles(lambda: len(own_processes()) <= before + 2), own_processes()
    for _ in range(5):
        dropped = box.session()
        dropped.cell("1")
        branch = dropped.fork()
        del dropped, branch
    gc.collect()
    assert settles(lambda: len(own_processes()) <= before + 2), own_processes()
