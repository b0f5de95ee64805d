"""What every sandbox promises, as functions of one: `RUN_CASES`. Sessions have `session_cases.py`.

A backend's tests run them all:

    @pytest.mark.parametrize("case", RUN_CASES, ids=name_of)
    def test_programs(box, case):
        case(box)
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from gem.errors import ConfigError
from gem.sandbox import Limits, Result

RUN_CASES = []
EXACT_CASES = []
"""Programs that are bytes rather than text, which not every wire carries."""
SLACK_S = 1.0
"""What a busy machine may add to a time limit."""


def case(cases):
    def add(function):
        cases.append(function)
        return function

    return add


def name_of(function):
    return function.__name__


def printed(box, code, **options):
    """What a program prints that must end well."""
    result = box.run(code, **options)
    assert result.status == "ok", result
    return result.stdout


# -- programs ----------------------------------------------------------------------------------------


@case(RUN_CASES)
def a_program_that_ends_well_is_ok(box):
    result = box.run("print(1 + 1)")
    assert (result.status, result.stdout, result.stderr, result.exit_code) == ("ok", "2\n", "", 0)
    assert result.ok
    assert not result.timed_out
    assert not result.truncated
    assert result.limit_hit is None
    assert 0 < result.wall_s < 10


@case(RUN_CASES)
def an_exception_is_an_error_whose_traceback_shows_the_program_alone(box):
    result = box.run("def f():\n    return 1 / 0\n\nf()\n")
    assert (result.status, result.exit_code) == ("error", 1)
    assert result.stderr.count('File "') == 2
    assert 'main.py", line 4, in <module>' in result.stderr
    assert 'main.py", line 2, in f' in result.stderr
    assert "return 1 / 0" in result.stderr
    assert result.stderr.endswith("ZeroDivisionError: division by zero\n")


@case(RUN_CASES)
def a_syntax_error_is_an_error_without_any_other_frame(box):
    result = box.run("print('a'\nfoo bar")
    assert (result.status, result.exit_code, result.stdout) == ("error", 1, "")
    assert result.stderr.count('File "') == 1
    assert "SyntaxError" in result.stderr
    assert "Traceback" not in result.stderr


@case(RUN_CASES)
def exit_codes_are_those_of_plain_python(box):
    for code, status, exit_code in (
        ("import sys; sys.exit()", "ok", 0),
        ("import sys; sys.exit(0)", "ok", 0),
        ("import sys; sys.exit(3)", "error", 3),
        ("exit(4)", "error", 4),
        ("quit()", "ok", 0),
        ("raise SystemExit('bye')", "error", 1),
        ("import os; os._exit(7)", "error", 7),
    ):
        result = box.run(code)
        assert (result.status, result.exit_code) == (status, exit_code), (code, result)
    assert box.run("import sys; sys.exit('bye')").stderr == "bye\n"


@case(RUN_CASES)
def stdin_is_what_was_given(box):
    assert printed(box, "print(input()); print(input())", stdin="a\nb") == "a\nb\n"
    assert printed(box, "import sys; print(len(sys.stdin.read()))", stdin="x" * 300_000) == "300000\n"
    assert printed(box, "import sys; print([line for line in sys.stdin])", stdin="a\nb\n") == "['a\\n', 'b\\n']\n"


@case(RUN_CASES)
def without_stdin_there_is_nothing_to_read(box):
    assert printed(box, "import sys; print(repr(sys.stdin.read()))") == "''\n"
    result = box.run("input()")
    assert result.status == "error"
    assert "EOFError" in result.stderr


@case(RUN_CASES)
def text_in_any_script_goes_in_and_comes_out(box):
    text = "ümläut, 漢字, 🙂"
    assert printed(box, f"print('{text}', input())", stdin=text) == f"{text} {text}\n"


@case(RUN_CASES)
def a_lone_surrogate_is_no_trouble(box):
    assert box.run("print('\ud800')", stdin="\udcff").status == "ok"
    assert box.run(r"print('\ud800')").status in ("ok", "error")


@case(RUN_CASES)
def output_that_is_no_text_is_replaced(box):
    result = box.run(r"import sys; sys.stdout.buffer.write(b'a\xffb'); sys.stderr.buffer.write(b'\xfe')")
    assert (result.stdout, result.stderr) == ("a\ufffdb", "\ufffd")


@case(RUN_CASES)
def stderr_stays_apart(box):
    result = box.run("import sys; print('a'); print('b', file=sys.stderr)")
    assert (result.status, result.stdout, result.stderr) == ("ok", "a\n", "b\n")


@case(RUN_CASES)
def empty_code_is_a_program(box):
    for code in ("", "\n", "# nothing"):
        result = box.run(code)
        assert (result.status, result.stdout, result.exit_code) == ("ok", "", 0)


@case(RUN_CASES)
def a_nul_in_the_code_is_an_error_of_the_program(box):
    result = box.run("print(1)\0print(2)")
    assert (result.status, result.exit_code) == ("error", 1)
    assert "null byte" in result.stderr


@case(RUN_CASES)
def ten_megabytes_of_code_run(box):
    assert printed(box, "# " + "x" * 10_000_000 + "\nprint(1)") == "1\n"


@case(RUN_CASES)
def a_limit_of_time_ends_the_program_and_what_it_printed_is_kept(box):
    result = box.run("print('so far')\nwhile True: pass", timeout_s=0.8)
    assert (result.status, result.limit_hit, result.stdout) == ("timeout", "time", "so far\n"), result
    assert result.timed_out
    assert 0.8 <= result.wall_s < 0.8 + SLACK_S
    assert box.run("import time; time.sleep(60)", timeout_s=0.2).status == "timeout"


@case(RUN_CASES)
def a_program_that_ignores_signals_is_ended_too(box):
    deaf = (
        "import signal, time\nfor number in signal.valid_signals() - {9, 19}: signal.signal(number, signal.SIG_IGN)\n"
    )
    result = box.run(deaf + "print('deaf', flush=True)\nwhile True: time.sleep(1)", timeout_s=0.5)
    assert (result.status, result.stdout) == ("timeout", "deaf\n")
    assert result.wall_s < 0.5 + SLACK_S


@case(RUN_CASES)
def much_output_is_cut_and_said_to_be(box):
    result = box.run("import sys; sys.stdout.write('a' * 3000); sys.stderr.write('b' * 9)", limits=Limits(output_kb=1))
    assert result.truncated
    assert result.stdout == "a" * 1024
    assert result.stderr == "b" * 9


@case(RUN_CASES)
def endless_output_fills_nothing(box):
    result = box.run("while True: print('x' * 1000)", timeout_s=5)
    assert result.status in ("error", "timeout", "killed")
    assert result.truncated
    assert len(result.stdout) == 1024 * 1024


@case(RUN_CASES)
def files_can_be_written_and_are_gone_afterwards(box):
    code = "import os; print(set(os.listdir('.')) - {'main.py'}); open('x', 'w').write('1'); print(open('x').read())"
    assert printed(box, code) == "set()\n1\n"
    assert printed(box, code) == "set()\n1\n"
    assert printed(box, "import tempfile; f = tempfile.TemporaryFile(); print(f.write(b'12'))") == "2\n"


@case(RUN_CASES)
def a_program_imports_what_it_has_written(box):
    assert printed(box, "open('mine.py', 'w').write('x = 5')\nimport mine\nprint(mine.x)") == "5\n"


@case(RUN_CASES)
def more_than_the_disk_limit_cannot_be_written(box):
    result = box.run(
        "with open('x', 'wb') as f:\n  for _ in range(64): f.write(bytes(1 << 20))", limits=Limits(disk_mb=8)
    )
    assert result.status == "error"
    assert result.limit_hit == "disk"


@case(RUN_CASES)
def more_than_the_memory_limit_cannot_be_had(box):
    result = box.run("x = bytearray(1 << 30)", limits=Limits(memory_mb=256))
    assert (result.status, result.limit_hit) == ("error", "memory")
    assert printed(box, "x = bytearray(150 << 20); print(len(x) >> 20)", limits=Limits(memory_mb=256)) == "150\n"


@case(RUN_CASES)
def endless_recursion_is_an_error(box):
    result = box.run("def f(): return f()\nf()")
    assert result.status in ("error", "killed")
    assert "RecursionError" in result.stderr


@case(RUN_CASES)
def a_program_that_kills_itself_is_killed(box):
    result = box.run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert (result.status, result.exit_code) == ("killed", -9)
    result = box.run("import ctypes; ctypes.string_at(0)")
    assert (result.status, result.exit_code) == ("killed", -11)


@case(RUN_CASES)
def a_thread_can_end_the_program(box):
    result = box.run("import os, threading\nthreading.Thread(target=lambda: os._exit(5)).start()\nwhile True: pass")
    assert (result.status, result.exit_code) == ("error", 5)


@case(RUN_CASES)
def threads_are_waited_for_and_farewells_are_said(box):
    code = """
import atexit, sys, threading, time
atexit.register(print, "bye")
threading.Thread(target=lambda: (time.sleep(0.05), print("late"))).start()
print("main")
"""
    assert printed(box, code) == "main\nlate\nbye\n"


@case(RUN_CASES)
def it_is_the_main_program(box):
    assert printed(box, "if __name__ == '__main__': print(__file__.rpartition('/')[2])") == "main.py\n"
    assert printed(box, "import sys; print(sys.argv)") == "['main.py']\n"
    assert printed(box, "import __main__; x = 3; print(__main__.x)") == "3\n"
    pickled = "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A)"
    assert printed(box, pickled) == "True\n"


@case(RUN_CASES)
def hashes_are_the_same_each_time(box):
    assert len({printed(box, "print(hash('gem'))") for _ in range(2)}) == 1


@case(RUN_CASES)
def the_environment_of_the_host_is_not_there(box):
    os.environ["GEM_SECRET_OF_THE_HOST"] = "1"
    try:
        assert "GEM_SECRET" not in printed(box, "import os; print(dict(os.environ))")
    finally:
        del os.environ["GEM_SECRET_OF_THE_HOST"]


@case(RUN_CASES)
def the_standard_library_is_there(box):
    code = "import json, re, math, sqlite3, decimal, heapq, asyncio, random; print(math.comb(5, 2))"
    assert printed(box, code) == "10\n"


@case(RUN_CASES)
def many_threads_may_call_at_once(box):
    with ThreadPoolExecutor(6) as pool:
        outputs = list(pool.map(lambda i: box.run(f"print({i})").stdout, range(12)))
    assert outputs == [f"{i}\n" for i in range(12)]


@case(RUN_CASES)
def an_event_loop_can_call(box):
    assert asyncio.run(box.arun("print(input())", "7")).stdout == "7\n"


@case(RUN_CASES)
def a_limit_that_makes_no_sense_is_refused(box):
    for timeout_s in (0, -1, float("nan")):
        with pytest.raises(ConfigError):
            box.run("print(1)", timeout_s=timeout_s)


@case(EXACT_CASES)
def code_that_is_no_utf8_is_an_error_of_the_program(box):
    for code in (b"\xff\xfe", b"print('\xff')", bytes(range(256))):
        result = box.run(code)
        assert (result.status, result.exit_code) == ("error", 1)


@case(EXACT_CASES)
def code_may_declare_its_encoding(box):
    assert printed(box, b"# coding: latin-1\nprint('\xe9')") == "é\n"


@case(EXACT_CASES)
def stdin_may_be_any_bytes(box):
    assert printed(box, "import sys; print(sys.stdin.buffer.read())", stdin=b"\x00\xff") == "b'\\x00\\xff'\n"


@case(EXACT_CASES)
def a_limit_of_processor_time_is_kept(box):
    result = box.run("while True: pass", limits=Limits(cpu_s=1, timeout_s=20))
    assert result.status in ("killed", "error", "timeout")
    assert result.limit_hit == "cpu"
    assert result.wall_s < 15


# -- tests of a program ------------------------------------------------------------------------------

SQUARE = "print(int(input()) ** 2)"


@case(RUN_CASES)
def every_input_gets_its_result(box):
    for isolation in ("process", "test"):
        results = box.run_tests(SQUARE, ["2", b"3", "4\n"], isolation=isolation)
        assert [result.stdout for result in results] == ["4\n", "9\n", "16\n"]


@case(RUN_CASES)
def the_first_failure_is_the_last_test(box):
    assert [result.status for result in box.run_tests(SQUARE, ["2", "x", "4"])] == ["ok", "error"]
    everything = box.run_tests(SQUARE, ["2", "x", "4"], stop_on_first_failure=False)
    assert [result.status for result in everything] == ["ok", "error", "ok"]


@case(RUN_CASES)
def what_is_right_is_decided_outside(box):
    asked = []

    def accept(index: int, result: Result) -> bool:
        asked.append((index, result.stdout))
        return result.stdout == ["4\n", "8\n", "16\n"][index]

    results = box.run_tests(SQUARE, ["2", "3", "4"], accept=accept)
    assert len(results) == 2
    assert asked == [(0, "4\n"), (1, "9\n")]


@case(RUN_CASES)
def tests_of_a_program_do_not_meet(box):
    code = "import os\nprint(os.path.exists('x'), 'y' in globals())\nopen('x', 'w').close()\ny = 1"
    for isolation in ("process", "test"):
        results = box.run_tests(code, ["", ""], isolation=isolation)
        assert [result.stdout for result in results] == ["False False\n"] * 2
