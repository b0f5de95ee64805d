"""gem.sandbox.children.child: whatever comes out of a box, the host neither hangs, nor fills up, nor raises else."""

from __future__ import annotations

import contextlib
import sys
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem.sandbox.children.child import Child, driver_text
from gem.sandbox.children.report import ChildLost, ChildSilent, Message, message_of, result_of
from gem.sandbox.limits import Limits


@pytest.fixture
def start():
    children = []

    def start(code):
        children.append(Child([sys.executable, "-S", "-c", code], env={}))
        return children[-1]

    yield start
    for child in children:
        child.close()
        assert not child.alive


def soon(seconds=20.0):
    return time.monotonic() + seconds


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("", "without a word"),
        ("import sys; sys.exit('the disk is on fire')", "the disk is on fire"),
        ("print('hello')", "does not keep to the protocol"),
        ("print('[]')", "does not keep to the protocol"),
        ("print('[' * 3000)", "does not keep to the protocol"),
        ('print(\'{"event": "ended"}\')', "does not keep to the protocol"),
        ('print(\'{"event": "ended", "parts": [-1]}\')', "never asked for"),
        ('print(\'{"event": "ended", "parts": [99]}\')', "never asked for"),
        ('print(\'{"event": "ended", "parts": [1, 1, 1]}\')', "never asked for"),
        ('print(\'{"event": "ended", "parts": ["x"]}\')', "does not keep to the protocol"),
        ('print(\'{"event": "ended", "parts": [50]}\', end=\'\')', "without a word"),
        ('print(\'{"event": "ended", "parts": [50]}\\n\', end=\'1234\')', "without a word"),
        ("while True: print('x' * 1000, end='')", "writes without an end"),
    ],
)
def test_a_box_that_breaks_the_protocol_is_lost(start, code, why):
    with pytest.raises(ChildLost, match=why):
        start(code).receive(soon(), 50)


def test_a_box_that_says_nothing_is_silent(start):
    with pytest.raises(ChildSilent):
        start("import time; time.sleep(60)").receive(soon(0.05), 50)


def test_a_box_that_complains_without_an_end_is_not_listened_to_for_ever(start):
    child = start("import sys\nwhile True: sys.stderr.write('x' * 1000)")
    with pytest.raises(ChildSilent):
        child.receive(soon(0.2), 50)
    assert len(child.complaint) <= 4096


def test_a_box_that_does_not_read_is_silent(start):
    with pytest.raises(ChildSilent):
        start("import time; time.sleep(60)").send(soon(0.05), [bytes(1 << 20)], kind="program")


def test_a_box_that_has_ended_says_why_when_it_is_sent_to(start):
    child = start("import os, sys; os.close(0); sys.exit('no room')")
    with pytest.raises(ChildLost, match="no room"):
        child.send(soon(), [bytes(1 << 20)], kind="program")


def test_closing_wakes_a_thread_that_waits(start):
    child = start("import sys; sys.stdin.read()")
    said = []

    def wait():
        try:
            child.receive(soon(), 50)
        except ChildLost as error:
            said.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    child.close()
    child.close()
    thread.join(5)
    assert said
    with pytest.raises(ChildLost):
        child.send(soon(), [b"x"])
    with pytest.raises(ChildLost):
        child.receive(soon(), 50)


def test_the_driver_needs_nothing_of_gem():
    assert "from gem" not in driver_text()
    assert driver_text().count("from __future__") == 1
    compile(driver_text(), "driver", "exec")


@pytest.mark.parametrize(
    "fields",
    [
        {"timed_out": "x"},
        {"exit_code": []},
        {"exit_code": float("inf")},
        {"wall_s": float("nan")},
        {"rss_kb": {}},
        {"cpu_s": "1"},
    ],
)
def test_a_report_that_makes_no_sense_is_a_lost_box(fields):
    with pytest.raises(ChildLost):
        result_of(Message("ended", fields, [b"", b""]), Limits())


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_report_without_both_outputs_is_a_lost_box(count):
    with pytest.raises(ChildLost):
        result_of(Message("ended", {}, [b""] * count), Limits())


@pytest.mark.slow
@given(st.binary(max_size=60) | st.recursive(st.integers() | st.text() | st.none(), st.lists).map(str).map(str.encode))
def test_any_line_is_a_message_or_a_lost_box(line):
    with contextlib.suppress(ChildLost):
        message_of(line, 100)
