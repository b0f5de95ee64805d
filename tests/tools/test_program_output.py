"""gem.tools.program_output: what an agent reads of a result."""

import pytest

from gem.sandbox import Result
from gem.tools.program_output import error_line, shortened, told

TRACEBACK = 'Traceback (most recent call last):\n  File "main.py", line 1, in <module>\n    1/0\n    ~^~\n'


def read(result, *, last_line_only=False, most_chars=1000, notes=()):
    return told(result, timeout_s=2, last_line_only=last_line_only, most_chars=most_chars, notes=list(notes))


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (Result(status="ok", stdout="2\n"), "2\n"),
        (Result(status="ok", stdout="  2"), "  2"),
        (Result(status="ok"), "(nothing was printed)"),
        (Result(status="ok", stdout="2\n", stderr="careful\n"), "2\n\ncareful"),
        (Result(status="error", stderr="E: bad\n", exit_code=1), "E: bad"),
        (Result(status="error", exit_code=3), "The program ended with exit code 3."),
        (Result(status="timeout", limit_hit="time"), "Execution timed out after 2 seconds."),
        (Result(status="killed", exit_code=-11), "The program was killed."),
        (Result(status="killed", limit_hit="memory"), "The program ran into its memory limit."),
        (Result(status="killed", limit_hit="cpu"), "The program ran into its processor time limit."),
        (Result(status="ok", stdout="2", truncated=True), "2\nIt printed more than is kept."),
    ],
)  # fmt: skip
def test_every_ending_is_told(result, text):
    assert read(result) == text


def test_defect_22_a_timeout_shows_what_was_printed_before_it():
    result = Result(status="timeout", stdout="half\n", stderr="warned\n")
    assert read(result) == "half\n\nwarned\nExecution timed out after 2 seconds."


def test_notes_come_last():
    assert read(Result(status="ok", stdout="2\n"), notes=["Beware."]) == "2\n\nBeware."


@pytest.mark.parametrize(
    ("stderr", "line"),
    [
        (f"{TRACEBACK}ZeroDivisionError: division by zero\n", "ZeroDivisionError: division by zero"),
        (f"a warning\n{TRACEBACK}ValueError: of two\n  lines and\nmore\n", "ValueError: of two"),
        (f"{TRACEBACK}KeyError: 1\n\nDuring handling:\n\n{TRACEBACK}TypeError: 2", "TypeError: 2"),
        ('  File "main.py", line 1\n    f(\n     ^\nSyntaxError: never closed', "SyntaxError: never closed"),
        ("just this\nand that\n\n", "and that"),
        ('  File "main.py", line 1', '  File "main.py", line 1'),
        ("", ""),
    ],
)
def test_the_line_that_names_the_error_is_found(stderr, line):
    assert error_line(stderr) == line


def test_the_last_line_alone_is_kept_of_a_failure_only():
    both = {"stdout": "2\n", "stderr": "one\ntwo\n"}
    assert read(Result(status="error", **both), last_line_only=True) == "2\n\ntwo"
    assert read(Result(status="ok", **both), last_line_only=True) == "2\n\none\ntwo"


def test_a_long_output_shows_head_and_tail_and_how_much_is_left_out():
    text = "a" * 500 + "b" * 500
    assert shortened(text, 9) == "aaaa\n[... 991 characters left out ...]\nbbbbb"
    assert shortened(text, 1) == "\n[... 999 characters left out ...]\nb"
    assert shortened(text, 1000) == text


def test_how_it_ended_is_seen_however_much_was_printed():
    result = Result(status="timeout", stdout="x" * 10_000, stderr="y" * 10_000)
    text = read(result, most_chars=100)
    assert text.endswith("Execution timed out after 2 seconds.")
    assert len(text) < 200
