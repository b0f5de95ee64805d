"""What the sessions of every sandbox promise, as functions of a sandbox: `SESSION_CASES`. See `backend_cases.py`."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from gem.errors import SnapshotUnsupported
from gem.sandbox import Limits
from tests.sandbox.backend_cases import SLACK_S, case

SESSION_CASES = []


@case(SESSION_CASES)
def variables_stay_from_cell_to_cell(box):
    with box.session() as session:
        assert session.cell("x = 20").ok
        assert session.cell("def f(y):\n    return x + y").ok
        result = session.cell("print(f(1))")
        assert (result.status, result.stdout, result.exit_code) == ("ok", "21\n", 0)
        assert session.alive


@case(SESSION_CASES)
def the_value_of_a_last_expression_is_shown(box):
    with box.session() as session:
        assert session.cell("x = 2\nx + 1").stdout == "3\n"
        assert session.cell("'ä'").stdout == "'ä'\n"
        assert session.cell("None").stdout == ""
        assert session.cell("").ok
        assert session.cell("print(1)\n2").stdout == "1\n2\n"


@case(SESSION_CASES)
def an_exception_ends_its_cell_alone(box):
    with box.session() as session:
        session.cell("x = 1")
        result = session.cell("x = 2\n1 / 0")
        assert (result.status, result.exit_code) == ("error", 1)
        assert result.stderr.count('File "') == 1
        assert "line 2" in result.stderr
        assert "ZeroDivisionError" in result.stderr
        assert session.cell("foo bar").status == "error"
        assert session.cell(b"\0").status == "error"
        assert session.cell("x").stdout == "2\n"


@case(SESSION_CASES)
def a_cell_that_takes_too_long_is_interrupted_and_the_variables_stay(box):
    with box.session() as session:
        session.cell("x = 5")
        result = session.cell("print('so far')\nwhile True: pass", timeout_s=0.3)
        assert (result.status, result.limit_hit, result.stdout) == ("timeout", "time", "so far\n")
        assert result.wall_s < 0.3 + SLACK_S
        assert session.alive
        assert session.cell("x").stdout == "5\n"


@case(SESSION_CASES)
def a_stubborn_cell_takes_the_session_along(box):
    with box.session() as session:
        result = session.cell("import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass", 0.3)
        assert result.status == "timeout"
        assert result.wall_s < 0.3 + 0.5 + SLACK_S
        assert not session.alive
        assert session.cell("1").status == "unavailable"


@case(SESSION_CASES)
def a_cell_can_be_interrupted_from_another_thread(box):
    with box.session() as session:
        session.interrupt()  # nobody runs
        session.cell("x = 5")
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(session.cell, "while True: pass", 30)
            until = time.monotonic() + 20
            while not running.done() and time.monotonic() < until:
                session.interrupt()
                threading.Event().wait(0.05)
            result = running.result()
        assert result.status == "error"
        assert "KeyboardInterrupt" in result.stderr
        assert session.cell("x").stdout == "5\n"


@case(SESSION_CASES)
def the_end_of_its_process_is_the_end_of_the_session(box):
    for code, status in (("import os; os._exit(3)", "error"), ("import ctypes; ctypes.string_at(0)", "killed")):
        with box.session() as session:
            assert session.cell(code).status in ("killed", status)
            assert not session.alive
            assert session.cell("1").status == "unavailable"


@case(SESSION_CASES)
def a_cell_may_say_how_it_ends(box):
    with box.session() as session:
        assert session.cell("import sys; sys.exit(0)").status == "ok"
        if session.alive:
            assert session.cell("sys.exit(3)").exit_code == 3


@case(SESSION_CASES)
def cells_are_bounded(box):
    with box.session(Limits(memory_mb=256, output_kb=1)) as session:
        result = session.cell("bytearray(1 << 30)")
        assert (result.status, result.limit_hit) == ("error", "memory")
        result = session.cell("print('a' * 5000)")
        assert (len(result.stdout), result.truncated) == (1024, True)
        assert session.cell("print('a')").stdout == "a\n"


@case(SESSION_CASES)
def sessions_do_not_meet(box):
    with box.session() as first, box.session() as second:
        first.cell("x = 1; open('x', 'w').close()")
        assert second.cell("x").status == "error"
        assert second.cell("import os; os.path.exists('x')").stdout == "False\n"


@case(SESSION_CASES)
def a_session_reads_no_stdin(box):
    with box.session() as session:
        result = session.cell("input()")
        assert result.status == "error"
        assert "EOFError" in result.stderr


@case(SESSION_CASES)
def a_fork_is_a_session_or_a_refusal(box):
    with box.session() as session:
        session.cell("x = 1")
        try:
            twin = session.fork()
        except SnapshotUnsupported:
            return
        with twin:
            twin.cell("x = 2")
            assert twin.cell("x").stdout == "2\n"
        assert session.cell("x").stdout == "1\n"


@case(SESSION_CASES)
def a_session_can_be_closed_twice(box):
    session = box.session()
    session.close()
    session.close()
    assert not session.alive
    assert session.cell("1").status == "unavailable"
