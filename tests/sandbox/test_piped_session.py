"""PipedSession: cells by a pipe into a box. What every session promises is in backend_cases.py."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from gem.errors import SnapshotUnsupported
from gem.sandbox import Limits
from gem.sandbox.children.plain import SubprocessSandbox


@pytest.fixture(scope="module")
def box():
    with SubprocessSandbox() as box:
        yield box


@pytest.fixture
def session(box):
    with box.session() as session:
        yield session


def test_a_fork_is_refused_with_a_sentence(session):
    with pytest.raises(SnapshotUnsupported, match="cannot be copied"):
        session.fork()


def test_cells_of_many_threads_take_turns(session):
    session.cell("n = 0")
    with ThreadPoolExecutor(4) as pool:
        outputs = list(pool.map(lambda i: session.cell(f"n += 1\nprint({i})").stdout, range(8)))
    assert outputs == [f"{i}\n" for i in range(8)]
    assert session.cell("n").stdout == "8\n"


def test_closing_ends_the_cell_that_runs(session, tmp_path):
    here = tmp_path / "here"
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(session.cell, f"open({str(here)!r}, 'w').close()\nwhile True: pass", 60)
        wait_until(here.exists)
        session.close()
        result = running.result(10)
    assert result.status in ("killed", "unavailable")
    assert not session.alive


def test_what_a_thread_prints_later_belongs_to_the_cell_that_runs_then(session):
    session.cell("import threading; go = threading.Event(); said = threading.Event()")
    session.cell("threading.Thread(target=lambda: (go.wait(), print('late', flush=True), said.set())).start()")
    assert session.cell("go.set(); said.wait(5)\nNone").stdout == "late\n"


def test_output_of_one_cell_is_not_that_of_the_next(session):
    assert session.cell("print('a' * 10_000)").stdout == "a" * 10_000 + "\n"
    assert session.cell("print('b')").stdout == "b\n"
    assert session.cell("import os; os.write(1, b'raw')\nNone").stdout == "raw"
    assert session.cell("pass").stdout == ""


def test_a_traceback_shows_the_lines_of_earlier_cells(session):
    session.cell("def f():\n    return 1 / 0  # in the first")
    stderr = session.cell("f()").stderr
    assert '<cell 2>", line 1' in stderr
    assert "return 1 / 0  # in the first" in stderr


def test_a_cell_that_closes_the_channel_ends_the_session(session):
    result = session.cell("import os; os.closerange(3, 100)\nprint('done')")
    assert result.status in ("error", "killed")
    assert not session.alive


def test_a_cell_that_stops_its_process_is_ended_at_its_time_limit(session):
    result = session.cell("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", timeout_s=0.2)
    assert result.timed_out
    assert not session.alive


def test_ten_megabytes_in_a_cell_run(session):
    assert session.cell("#" + "x" * 10_000_000 + "\nprint(1)").stdout == "1\n"


def test_a_driver_that_is_killed_takes_its_session_along(session):
    assert session.cell("import os; os.kill(os.getppid(), 9)\nimport time; time.sleep(9)").status == "killed"
    assert not session.alive
    session.interrupt()


def test_a_session_has_the_limits_that_it_was_given(box):
    with box.session(Limits(timeout_s=0.2)) as session:
        assert session.cell("while True: pass").timed_out


@pytest.mark.slow
def test_sessions_and_programs_leave_no_descriptor_thread_or_file(box):
    def once():
        box.run("print(1)")
        with box.session() as session:
            session.cell("x = 1")

    once()
    before = len(os.listdir("/proc/self/fd")), threading.active_count(), len(list(box._home.iterdir()))
    for _ in range(5):
        once()
    assert (len(os.listdir("/proc/self/fd")), threading.active_count(), len(list(box._home.iterdir()))) == before


def wait_until(holds, patience_s=20.0):
    until = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < until
        threading.Event().wait(0.02)
