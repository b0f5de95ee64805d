"""gem.sandbox.service.fusion: our words in SandboxFusion's JSON, both ways."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem.sandbox import Limits, Result
from gem.sandbox.service.fusion import answer_of, program_of, request_of, result_of


@pytest.mark.parametrize(
    "result",
    [
        Result(status="ok", stdout="1\n", exit_code=0, wall_s=0.1, cpu_s=0.05, rss_mb=9.5),
        Result(status="error", stderr="E", exit_code=1, wall_s=1.0, limit_hit="memory"),
        Result(status="timeout", stdout="a", exit_code=-9, limit_hit="time", wall_s=2),
        Result(status="killed", exit_code=-11, truncated=True),
    ],
)
def test_a_result_comes_back_as_it_was(result):
    assert result_of(json.dumps(answer_of(result)).encode(), Limits()) == result


@pytest.mark.parametrize(
    ("run", "status", "exit_code"),
    [
        ({"status": "Finished", "return_code": 0, "stdout": "a", "stderr": ""}, "ok", 0),
        ({"status": "Finished", "return_code": 2}, "error", 2),
        ({"status": "Finished", "return_code": -9}, "killed", -9),
        ({"status": "TimeLimitExceeded", "stdout": "a"}, "timeout", None),
        ({"status": "Finished", "return_code": None}, "error", None),
        ({"status": "Finished", "return_code": "0", "execution_time": "x"}, "error", None),
    ],
)
def test_a_foreign_answer_is_understood(run, status, exit_code):
    answer = {"status": "Failed", "message": "", "compile_result": None, "run_result": run}
    result = result_of(json.dumps(answer).encode(), Limits())
    assert (result.status, result.exit_code) == (status, exit_code)
    assert result.limit_hit == ("time" if status == "timeout" else None)


def test_output_is_cut_here_too():
    answer = {"status": "Success", "run_result": {"status": "Finished", "return_code": 0, "stdout": "ä" * 1000}}
    result = result_of(json.dumps(answer).encode(), Limits(output_kb=1))
    assert (len(result.stdout), result.truncated) == (512, True)


def test_the_limits_travel():
    request = request_of(b"print(1)", b"x\xff", Limits(timeout_s=3, memory_mb=77))
    code, stdin, limits = program_of(request, Limits(output_kb=5))
    assert (code, stdin) == ("print(1)", "x\ufffd")
    assert limits == Limits(timeout_s=3, memory_mb=77, output_kb=5)


NAMES = ["status", "message", "run_result", "compile_result", "gem", "stdout", "return_code", "wall_s"]
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner),
)


@pytest.mark.slow
@given(JSON)
def test_any_json_is_a_result(value):
    assert isinstance(result_of(json.dumps(value).encode(), Limits()), Result)
