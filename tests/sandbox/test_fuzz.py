"""Whatever bytes a program is, what comes back is a `Result` that makes sense.

`python -m tests.sandbox.fuzz 10000` runs more of it.
"""

from __future__ import annotations

from itertools import islice

import pytest

from gem import sandbox
from gem.errors import SandboxUnavailable
from gem.sandbox import Result
from tests.sandbox.fuzz import fuzz, programs

SECONDS = 12


@pytest.fixture(scope="module")
def box():
    try:
        made = sandbox.make("zygote")
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    with made:
        yield made


@pytest.mark.slow
def test_whatever_bytes_are_run_a_result_comes_back(box):
    done = fuzz(box, 1500, seed=1, until_s=SECONDS)
    assert done.findings == []
    assert done.programs > 100
    assert {"ok", "error"} <= done.statuses.keys()


@pytest.mark.slow
@pytest.mark.parametrize(
    "code",
    [
        b"",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbfprint(1)",
        b"(" * 10_000,
        b"x = " + b"-" * 1_000_000 + b"1",
        b"#" * 10_000_000,
        b"print(1)\n" * 1_000_000,
        b"'" + b"\\x00" * 100_000 + b"'",
        b"# coding: no-such\nprint(1)",
        b"# coding: utf-16\nprint(1)",
        "print('\ud800')".encode("utf-8", "surrogatepass"),
    ],
    ids=lambda code: repr(code[:12]) + f" {len(code)}",
)
def test_odd_programs_end_in_time(box, code):
    result = box.run(code, timeout_s=3)
    assert result.status in {"ok", "error", "timeout", "killed"}
    assert (result.exit_code == 0) == result.ok


@pytest.mark.slow
@pytest.mark.parametrize("stdin", [b"\0" * 1000, b"\xff" * 1000, b"x" * 10_000_000, b"\r\n\r"], ids=len)
def test_odd_input_arrives_whole(box, stdin):
    result = box.run("import sys; print(len(sys.stdin.buffer.read()))", stdin, timeout_s=10)
    assert result.stdout == f"{len(stdin)}\n"


def test_the_same_seed_makes_the_same_programs():
    assert list(islice(programs(3), 50)) == list(islice(programs(3), 50))
    assert list(islice(programs(3), 50)) != list(islice(programs(4), 50))


def test_what_raises_or_makes_no_sense_is_found():
    class Broken:
        def run(self, code, stdin, limits):
            if len(code) % 2:
                raise ValueError("even only")
            return Result(status="ok", exit_code=1)

    done = fuzz(Broken(), 20)
    assert done.programs == 20
    assert done.statuses["raised"] == sum("ValueError" in finding for finding in done.findings) > 0
    assert sum("with exit code 1" in finding for finding in done.findings) == done.statuses["ok"] > 0
