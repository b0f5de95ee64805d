"""Tests of a program in a row, in one process or in one each: they do not meet, and what is right is decided here."""

from __future__ import annotations

import threading

import pytest

from gem import sandbox
from gem.errors import ConfigError


@pytest.fixture(scope="module")
def box():
    with sandbox.make("zygote") as made:
        yield made


both_isolations = pytest.mark.parametrize("isolation", ["process", "test"])

STATEFUL = {
    "a global": "print('x' in globals()); x = 1",
    "a file": "import os; print(os.path.exists('x')); open('x', 'w').close()",
    "a folder": "import os; print(os.path.exists('d')); os.makedirs('d/e/f')",
    "a locked folder": (
        "import os; print(os.path.exists('d')); os.makedirs('d/e'); os.chmod('d/e', 0); os.chmod('d', 0)"
    ),
    "a temporary file": (
        "import os, tempfile; p = tempfile.gettempdir() + '/x'; print(os.path.exists(p)); open(p, 'w').close()"
    ),
    "the working folder": "import os; print(os.getcwd() == '/'); os.chdir('/')",
    "a locked working folder": "import os; print(os.path.exists('x')); os.chmod('.', 0)",
    "a farewell": "import atexit; atexit.register(print, 'bye'); print('a')",
    "chance": "import random; print(random.random())",
    "the rest of stdin": "print(input())",
    "an alarm": (
        "import signal, time; print('a')\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.2) if input() == '0' else time.sleep(0.5)"
    ),
    "what stdout held back": "out = open(1, 'w', closefd=False); out.write('held')",
    "stdout": "import sys; print(sys.stdout is sys.__stdout__); sys.stdout = sys.stderr",
    "closed stdin": "import sys; print(input()); sys.stdin.close()",
    "its main module": "import sys; print(hasattr(sys.modules['__main__'], 'y')); y = 1",
    "an exit code": "import sys; print('a'); sys.exit(0)",
}


@both_isolations
@pytest.mark.parametrize("what", STATEFUL)
def test_what_one_test_leaves_the_next_does_not_see(box, isolation, what):
    inputs = ["same\nrest", "same\nrest", "same\nrest"] if what != "an alarm" else ["0", "1", "1"]
    results = box.run_tests(STATEFUL[what], inputs, False, isolation, timeout_s=20)
    assert [result.status for result in results] == ["ok"] * 3, results
    assert len({result.stdout for result in results}) == 1, [result.stdout for result in results]
    assert results[0].stdout


@both_isolations
def test_a_test_that_kills_its_process_does_not_hurt_the_next(box, isolation):
    code = """
import ctypes, os, sys
what = input()
if what == "kill": os.kill(os.getpid(), 9)
if what == "exit": os._exit(0)
if what == "fault": ctypes.string_at(0)
if what == "loop":
    while True: pass
if what == "memory": bytearray(1 << 40)
if what == "close": os.closerange(3, 64)
print(what)
"""
    inputs = ["a", "kill", "b", "exit", "c", "fault", "d", "loop", "e", "memory", "f", "close", "g"]
    results = box.run_tests(code, inputs, False, isolation, timeout_s=1)
    said = dict(zip(inputs, results, strict=True))
    for text in "abcdefg":
        assert (said[text].status, said[text].stdout) == ("ok", f"{text}\n"), said[text]
    statuses = {text: said[text].status for text in inputs if len(text) > 1}
    assert statuses == {
        "kill": "killed",
        "exit": "ok",
        "fault": "killed",
        "loop": "timeout",
        "memory": "error",
        "close": "ok",
    }


@both_isolations
def test_accept_is_asked_here_with_the_index_in_order_and_only_of_good_ends(box, isolation):
    asked = []
    here = threading.get_ident()

    def accept(index, result):
        asked.append((index, result.stdout, threading.get_ident() == here))
        return index < 2

    results = box.run_tests("print(input())", ["a", "b", "c", "d"], isolation=isolation, accept=accept)
    assert [result.stdout for result in results] == ["a\n", "b\n", "c\n"]
    assert asked == [(0, "a\n", True), (1, "b\n", True), (2, "c\n", True)]
    asked.clear()
    results = box.run_tests("print(1 // int(input()))", ["1", "0", "1"], isolation=isolation, accept=accept)
    assert [result.status for result in results] == ["ok", "error"]
    assert [index for index, _, _ in asked] == [0]


@both_isolations
def test_an_accept_that_raises_is_the_caller_s_and_nothing_is_left(box, isolation):
    def accept(index, result):
        raise ZeroDivisionError(index)

    with pytest.raises(ZeroDivisionError):
        box.run_tests("print(1)", ["a", "b"], isolation=isolation, accept=accept)
    assert box.run("print(1)").ok


@both_isolations
def test_no_tests_are_no_results_and_a_wrong_isolation_is_said(box, isolation):
    assert box.run_tests("print(1)", [], isolation=isolation) == []
    with pytest.raises(ConfigError, match="isolation"):
        box.run_tests("print(1)", ["a"], isolation="thread")


@both_isolations
def test_a_program_that_does_not_compile_fails_every_test(box, isolation):
    results = box.run_tests("print('a", ["", ""], False, isolation)
    assert [result.status for result in results] == ["error", "error"]
    assert all("SyntaxError" in result.stderr for result in results)


@pytest.mark.slow
def test_two_hundred_tests_in_a_row(box):
    results = box.run_tests("print(int(input()) ** 2)", [str(number) for number in range(200)])
    assert [result.stdout for result in results] == [f"{number**2}\n" for number in range(200)]
