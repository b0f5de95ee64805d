"""Programs that lie about themselves: forged, flooded, garbled or silenced reports harm nobody but who sent them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from gem import sandbox
from gem.sandbox import Limits

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def box():
    with sandbox.make("zygote", zygotes=1) as made:
        yield made


FIND_THE_CHANNEL = """
import os, socket, struct, sys, time
for fd in range(3, 64):
    try:
        channel = socket.socket(fileno=os.dup(fd))
        break
    except OSError:
        pass
report = lambda kind, code=0, limit=0, cpu_s=0.0, rss=1: struct.pack("<BiBdI", kind, code, limit, cpu_s, rss)
"""
GOOD = "print('me', input())"
LIES = {
    "done": "channel.send(report(2))",
    "done with any code": "channel.send(report(2, -2**31, 255, float('nan'), 2**32 - 1))",
    "done with endless time": "channel.send(report(2, 5, 9, float('inf'), 0))",
    "ready": "channel.send(report(1))",
    "broken": "channel.send(report(3) + b'a lie')",
    "an unknown kind": "channel.send(report(77))",
    "garbage": "channel.send(os.urandom(1000))",
    "nothing": "channel.send(b'')",
    "json": 'channel.send(b\'{\\"kind\\": \\"ended\\", \\"serial\\": 1}\')',
    "a huge message": "channel.setsockopt if False else None\ntry: channel.send(b'x' * 180000)\nexcept OSError: pass",
    "a flood": (
        "channel.setblocking(False)\nfor _ in range(20000):\n    try: channel.send(report(2))\n    except OSError: pass"
    ),
    "an endless flood": "while True: channel.send(report(2))",
    "a closed channel": "channel.close(); os.close(fd)",
    "a channel shut down": "channel.shutdown(socket.SHUT_RDWR)",
    "a channel shut for writing": "channel.shutdown(socket.SHUT_WR)",
    "reading its own requests": "channel.setblocking(False)\ntry: channel.recv(1 << 16)\nexcept OSError: pass",
    "another file in its place": "os.dup2(1, fd)",
    "a pipe in its place": "os.dup2(os.pipe()[1], fd)",
    "done and then on": "channel.send(report(2))\ntime.sleep(60)",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_program_that_forges_reports_harms_itself_alone(box, lie):
    before = box.zygotes
    begun = time.monotonic()
    result = box.run(FIND_THE_CHANNEL + "print('found', fd, flush=True)\n" + LIES[lie], timeout_s=3)
    assert result.stdout.startswith("found")
    assert result.status in ("ok", "error", "killed", "timeout")
    assert result.cpu_s is None or 0 <= result.cpu_s < 100
    assert time.monotonic() - begun < 20
    assert box.run(GOOD, "self").stdout == "me self\n"
    assert box.zygotes == before


@pytest.mark.parametrize("lie", LIES)
def test_a_test_that_forges_reports_harms_its_own_program_alone(box, lie):
    code = FIND_THE_CHANNEL + f"if input() == 'lie':\n    exec({LIES[lie]!r})\nelse:\n    print('honest')"
    begun = time.monotonic()
    results = box.run_tests(code, ["a", "lie", "b", "c"], False, timeout_s=3)
    assert len(results) == 4
    assert results[0].stdout == "honest\n"
    assert all(result.status in ("ok", "error", "killed", "timeout") for result in results), results
    assert {result.stdout for result in results[2:]} <= {"honest\n", ""}
    assert time.monotonic() - begun < 30
    assert [result.stdout for result in box.run_tests(GOOD, ["x", "y"])] == ["me x\n", "me y\n"]


def test_forged_reports_cannot_hang_a_judge_with_many_tests(box):
    code = (
        FIND_THE_CHANNEL
        + "channel.setblocking(False)\nwhile True:\n    try: channel.send(report(2))\n    except OSError: pass"
    )
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(box.run_tests, code, [""] * 600, False, timeout_s=0.05)
        results = run.result(90)
    assert len(results) == 600
    assert box.run(GOOD, "x").stdout == "me x\n"


def test_a_cell_that_forges_reports_harms_its_session_alone(box):
    for lie in ("done", "garbage", "a flood", "a closed channel", "done and then on", "broken"):
        with box.session(Limits(timeout_s=2)) as session, box.session() as other:
            session.cell(FIND_THE_CHANNEL + LIES[lie], timeout_s=2)
            for _ in range(3):
                assert session.cell("1 + 1", timeout_s=2).status in ("ok", "error", "killed", "timeout", "unavailable")
            assert other.cell("1 + 1").stdout == "2\n"


def test_output_that_a_program_cuts_or_moves_is_its_own_loss(box):
    for code in (
        "print('x' * 100, flush=True); os.ftruncate(1, 0)",
        "os.lseek(1, 10**6, 0); print('x')",
        "os.ftruncate(1, 1 << 24)",
        "os.close(1); os.close(2)",
        "os.dup2(0, 1)",
        "import fcntl; fcntl.fcntl(1, 1033, 15)",
        "os.fchmod(1, 0)",
    ):
        result = box.run(f"import os\n{code}")
        assert result.status in ("ok", "error"), (code, result)
        assert len(result.stdout) <= 1 << 20
    assert box.run(GOOD, "x").stdout == "me x\n"


def test_what_a_program_does_to_its_stdin_another_does_not_see(box):
    text = "a" * 1000
    box.run("import os\ntry: os.ftruncate(0, 0); os.write(0, b'b')\nexcept OSError: pass", text)
    assert box.run("print(input())", text).stdout == text + "\n"
