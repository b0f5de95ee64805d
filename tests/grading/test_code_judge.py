"""Judging: every verdict by a program that earns it, and every cheat we could think of earns nothing."""

import json

import pytest

from gem.errors import SandboxUnavailable
from gem.grading.code import FORMATS, TestCase, judge, read_tests
from gem.sandbox import Limits, Result, make
from gem.sandbox.result import unavailable
from tests.grading.cheats import CHEATS

ADD = read_tests({"inputs": ["1 2\n", "30000 4567\n", "5 6\n"], "outputs": ["3\n", "34567\n", "11\n"]})
ADD_CALLS = read_tests({"inputs": [[1, 2], [30000, 4567]], "outputs": [3, 34567], "fn_name": "add"})
ADD_ASSERTS = read_tests(["assert add(1, 2) == 3", "assert add(30000, 4567) == 34567"])
RIGHT = "print(sum(map(int, input().split())))"
RIGHT_FUNCTION = "def add(a, b):\n    return a + b"
QUICK = Limits(timeout_s=2.0, memory_mb=512)


@pytest.fixture(scope="module")
def box():
    """The sandbox that envs use, or a bare process where this machine gives none."""
    try:
        sandbox = make()
    except SandboxUnavailable:
        sandbox = make("subprocess", allow_unsafe=True)
    with sandbox:
        yield sandbox


def verdict(box, code, tests, **options):
    return judge(box, code, tests, limits=options.pop("limits", QUICK), **options)


class Scripted:
    """A sandbox that answers from a list and remembers what entered it."""

    def __init__(self, *results):
        self.results, self.entered, self.limits = list(results), [], Limits()

    def run_tests(self, code, inputs, stop, isolation, *, accept, limits):
        self.entered += [code, *inputs]
        self.given = limits
        found = []
        for index, _ in enumerate(inputs):
            found.append(self.results[min(index, len(self.results) - 1)])
            if stop and not (found[-1].ok and accept(index, found[-1])):
                break
        return found


# -- verdicts ---------------------------------------------------------------------------------------------

STDIN = {
    "AC": [
        f"import threading, resource, socket  # subprocess, os.kill\n{RIGHT}",
        RIGHT,
        f"import sys\n{RIGHT}\nsys.exit()",
        f"if __name__ == '__main__':\n    {RIGHT}",
        "import sys\n" + RIGHT,
    ],
    "WA": ["", "print(3)", "print(0)", "input()"],
    "RE": ["1 / 0", f"{RIGHT}\nraise SystemExit(3)", "import os\nos.abort()", f"{RIGHT}\nimport os\nos._exit(1)"],
    "CE": ["print(3", "if True:\nprint(3)", "def f(:\n  pass", "print(3)\n\x00"],
    "MLE": ["x = 'x' * 10**10", "raise MemoryError"],
}


@pytest.mark.parametrize(("expected", "code"), [(name, code) for name, codes in STDIN.items() for code in codes])
def test_each_verdict_of_a_program(box, expected, code):
    assert verdict(box, code, ADD).verdict == expected


CALLS = {
    "AC": [
        RIGHT_FUNCTION, "class Solution:\n    def add(self, a: int, b: Optional[int]) -> int:\n        return a + b",
        "add = lambda a, b: a + b", f"print('hello')\n{RIGHT_FUNCTION}",
        "def add(a, b):\n    print(a)\n    return float(a + b)",
        f"{RIGHT_FUNCTION}\nif __name__ == '__main__':\n    print(add(*map(int, input().split())))",
        "import sys\nsys.stdout = None\n" + RIGHT_FUNCTION,
    ],
    "WA": ["def add(a, b):\n    return a - b", "def add(a, b): pass", "def add(a, b): return str(a + b)",
           "def add(a, b): return add"],
    "RE": ["", "def sub(a, b): pass", "def add(a): pass", "add = 3", "1 / 0",
           "def add(a, b): raise ValueError", "import sys\nsys.exit()"],
    "CE": ["def add(a, b:\n  pass", "def add(a, b):\npass"],
}  # fmt: skip


@pytest.mark.parametrize("tests", [ADD_CALLS, ADD_ASSERTS], ids=["calls", "assertions"])
@pytest.mark.parametrize(("expected", "code"), [(name, code) for name, codes in CALLS.items() for code in codes])
def test_each_verdict_of_a_function(box, expected, code, tests):
    assert verdict(box, code, tests).verdict == expected


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "tests"),
    [("while True: pass", ADD), ("def add(a, b):\n    while True: pass", ADD_CALLS), ("input()\nwhile 1: input", ADD)],
)
def test_what_takes_too_long_is_stopped(box, code, tests):
    assert verdict(box, code, tests, limits=Limits(timeout_s=0.5)).verdict == "TLE"


def test_what_prints_too_much_has_its_verdict(box):
    assert verdict(box, "print('x' * 10**6)\nprint('y' * 10**6)", ADD, limits=Limits(output_kb=64)).verdict == "OLE"


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (Result(status="timeout"), "TLE"), (Result(status="killed", limit_hit="cpu"), "TLE"),
        (Result(status="killed", limit_hit="memory"), "MLE"), (Result(status="killed", limit_hit="output"), "OLE"),
        (Result(status="ok", stdout="3", truncated=True), "OLE"), (Result(status="killed", exit_code=-11), "RE"),
        (Result(status="error", stderr="x\nMemoryError: no"), "MLE"), (Result(status="ok", stdout="3"), "AC"),
    ],
)  # fmt: skip
def test_a_result_has_its_verdict(result, expected):
    assert judge(Scripted(result), "", ADD[:1]).verdict == expected


def test_judging_stops_at_the_first_failure_unless_told_otherwise(box):
    code = "a, b = map(int, input().split())\nprint(a + b if a < 9 else 0)"
    found = verdict(box, code, ADD)
    assert [outcome.verdict for outcome in found.outcomes] == ["AC", "WA"]
    assert (found.passed, found.tests, found.correct, found.first_failure) == (1, 3, False, 1)
    whole = verdict(box, code, ADD, stop_on_first_failure=False)
    assert [outcome.verdict for outcome in whole.outcomes] == ["AC", "WA", "AC"]
    assert whole.share == pytest.approx(2 / 3)
    assert not whole
    mixed = verdict(box, RIGHT_FUNCTION, [*ADD_CALLS, *ADD_ASSERTS, *ADD])
    assert [outcome.verdict for outcome in mixed.outcomes] == ["AC", "AC", "AC", "AC", "WA"]


def test_no_tests_are_no_success():
    assert not judge(Scripted(Result(status="ok")), "print()", [])


def test_a_checker_of_ones_own_may_give_part_of_the_mark():
    box = Scripted(Result(status="ok", stdout="half"))
    found = judge(box, "", ADD, checker=lambda given, expected, actual: 0.5, stop_on_first_failure=False)
    assert found.share == 0.5
    assert found.verdict == "WA"
    for wrong in (float("nan"), float("inf"), -3.0):
        assert judge(box, "", ADD, checker=lambda given, expected, actual, wrong=wrong: wrong).share == 0.0


def test_a_checker_that_raises_gives_nothing(caplog):
    assert judge(Scripted(Result(status="ok")), "", ADD, checker=lambda *_: 1 / 0).verdict == "WA"
    assert "the checker raised" in caplog.text


def test_a_function_as_checker_sees_the_value_that_was_returned(box):
    seen = []
    verdict(box, "def add(a, b): return {'sum': (a + b,)}", ADD_CALLS, checker=lambda *args: seen.append(args) or True)
    assert seen == [([1, 2], 3, {"sum": [3]}), ([30000, 4567], 34567, {"sum": [34567]})]


@pytest.mark.parametrize("tests", [ADD, ADD_CALLS, ADD_ASSERTS], ids=["stdin", "calls", "assertions"])
def test_a_sandbox_that_fails_says_so(tests):
    with pytest.raises(SandboxUnavailable, match="no kernel"):
        judge(Scripted(unavailable("no kernel")), RIGHT, tests)


def test_there_is_room_for_outputs_longer_than_usual():
    box = Scripted(Result(status="ok"))
    judge(box, "", [TestCase(kind="stdin", input="", expected="x" * 5_000_000)])
    assert box.given.output_kb > 5_000


# -- assertions -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "test"),
    [
        ("def f(x): return [x]", "assert f(1) == [1] and f(2) != [1]"),
        ("def f(x): return (x, {x: {x}})", "assert f(1) == (1, {1: {1}})"),
        ("def f(x): return x > 1", "assert f(2) is True\nassert not f(1)"),
        ("def f(x): x.sort()", "xs = [2, 1]\nf(xs)\nassert xs == [1, 2]"),
        ("def f(x): yield from range(x)", "assert list(f(3)) == [0, 1, 2]"),
        ("def f(x): raise ValueError('no')",
         "try:\n    f(1)\n    assert 0\nexcept ValueError as error:\n    assert 'no' in f'{error}'"),
        ("def f(x): return x / 3", "import math\nassert math.isclose(f(1), 0.333333333, rel_tol=1e-6)"),
        ("def f(x): return x / 3", "assert math.floor(f(10)) == 3 and math.isclose(f(0), 0)"),
        ("def f(*, key=None): return key", "assert f(key='a') == 'a'"),
        ("def f(x): return f(x - 1) * x if x else 1", "assert f(50) % 7 == 0 and f(5) == 120"),
        ("class P:\n    def __init__(self, a): self.a = a\n    def get(self): return self.a\ndef f(ps): return ps[0].a",
         "p = P(3)\nassert p.get() == 3\nassert f([p]) == 3"),
        ("def f(x): return x + 1", "x = 0\nwhile x < 4:\n    x = f(x)\nassert x == 4"),
        ("def f(x): return x + 1", "for x in range(300):\n    y = f(x)\n    assert y == x + 1"),
        ("def f(x): return b'ab' if x else None", "assert f(1) == b'ab' and f(0) is None"),
    ],
)  # fmt: skip
def test_assertions_of_every_kind_hold(box, code, test):
    assert verdict(box, code, read_tests([test])).verdict == "AC"
    assert verdict(box, "def f(*args, **kwargs): return 77\nP = f", read_tests([test])).verdict == "WA"


def test_loops_of_calls_take_three_runs(box):
    runs = []

    class Counting:
        limits = QUICK

        def run_tests(self, code, inputs, *args, **options):
            runs.append(code)
            return box.run_tests(code, inputs, *args, **options)

    test = "import random\nfor _ in range(100):\n    x = random.random()\n    y = f(x)\n    assert y == -x"
    assert judge(Counting(), "def f(x): return -x", read_tests([test])).correct
    assert len(runs) == 3


class Insatiable(Scripted):
    """A sandbox in which a test asks for another call whenever one was answered."""

    def run_tests(self, code, inputs, *args, **options):
        request = json.loads(inputs[0])
        said = {"asked": [f"call {len(request['answers'])}"]} if "test" in request else {"value": 1}
        line = f"{request['nonce']} {json.dumps(said)}\n"
        return [Result(status="ok", stdout=line * len(request.get("calls", [1])))]


class Forging(Scripted):
    """A sandbox in which every room says the same, whatever it is asked."""

    def __init__(self, said):
        super().__init__()
        self.said = said

    def run_tests(self, code, inputs, *args, **options):
        nonces = [json.loads(given)["nonce"] for given in inputs]
        return [Result(status="ok", stdout=f"{nonce} {self.said}\n") for nonce in nonces]


@pytest.mark.parametrize("tests", [ADD_CALLS, ADD_ASSERTS], ids=["calls", "assertions"])
@pytest.mark.parametrize(
    "said",
    ["", "{}", "[]", "3", "{", '{"value"', "\ud800", '{"value": ' + "9" * 5000 + "}", '{"error": 3}', '{"value": {}}']
    + ['{"value": ' + "[" * depth + "]" * depth + "}" for depth in (10, 290, 298, 300, 900, 980, 990, 10**5)]
    + ['{"value": ' + '{"tuple": [' * depth + "]}" * depth + "}" for depth in (10, 140, 150, 480, 10**5)],
)
def test_whatever_is_forged_is_judged(said, tests):
    assert judge(Forging(said), "", tests).passed == 0


def test_a_test_without_end_is_given_up():
    found = judge(Insatiable(), "", [TestCase(kind="assert", code="while True: f(x)")])
    assert found.verdict == "WA"
    assert "more and more" in found.outcomes[0].why


def test_humaneval_is_judged_with_what_its_prompt_defines(box):
    row = {
        "prompt": "from typing import List\n\ndef poly(xs, x):\n    return sum(c * x**i for i, c in enumerate(xs))\n\n"
        "def root(xs: List[int]) -> float:\n    '''Where poly is zero, for two numbers.'''\n",
        "entry_point": "root",
        "test": "METADATA = {}\n\ndef check(candidate):\n    for a in range(1, 9):\n"
        "        assert abs(poly([a, 2], candidate([a, 2]))) < 1e-6\n    assert candidate([1, 1]) == -1, 'easy'\n",
    }
    tests = FORMATS["humaneval"].tests(row, "test")
    assert verdict(box, "def root(xs):\n    return -xs[0] / xs[1]", tests).correct
    assert verdict(
        box, "def root(xs: List[int]):\n    assert poly(xs, 0) == xs[0]\n    return -xs[0] / xs[1]", tests
    ).correct
    assert verdict(box, "def root(xs):\n    return 1.0", tests).verdict == "WA"
    assert verdict(box, "def poly(*_):\n    return 0\ndef root(xs):\n    return -1", tests).verdict == "WA"


@pytest.mark.parametrize("error", ["StopIteration", "StopAsyncIteration", "GeneratorExit", "AssertionError", "E"])
def test_an_exception_ends_no_test_early(box, error):
    code = f"class E(Exception): pass\ndef f(x): raise {error}"
    tests = read_tests(["assert all(map(lambda x: f(x) == x, range(5)))", "for x in map(f, [1]):\n    assert x == 2"])
    assert verdict(box, code, tests, stop_on_first_failure=False).passed == 0


def test_a_function_may_have_the_name_of_a_builtin(box):
    row = {"text": "", "code": "def sum(a, b):\n    return a * b", "test_list": ["assert sum(3, 4) == 12"]}
    tests = FORMATS["mbpp"].tests(row, "test_list")
    assert verdict(box, row["code"], tests).correct
    assert verdict(box, "def sum(a, b): return 13", tests).verdict == "WA"


# -- cheating ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["exits early", "exits hard", "is equal to everything", "is equal to everything, and no number"]
)
def test_the_cheats_fool_assertions_that_run_beside_them(box, name):
    assert box.run(f"{CHEATS[name]}\nassert add(1, 2) == 3").ok


@pytest.mark.slow
@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_passes_no_test(box, name):
    for tests in (ADD_CALLS, ADD_ASSERTS, ADD):
        found = verdict(box, CHEATS[name], tests, stop_on_first_failure=False)
        assert found.passed == 0, found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["finds the word and says it passed", "patches the main module"])
def test_a_cheat_passes_no_test_in_a_process_of_its_own(box, name):
    for tests in (ADD_CALLS, ADD_ASSERTS):
        found = verdict(box, CHEATS[name], tests, stop_on_first_failure=False, isolation="test")
        assert found.passed == 0, found


@pytest.mark.parametrize("tests", [ADD, ADD_CALLS], ids=["stdin", "calls"])
def test_what_is_expected_never_enters_the_sandbox(tests):
    box = Scripted(Result(status="ok"))
    judge(box, "the solution", tests, stop_on_first_failure=False)
    entered = "".join(box.entered)
    assert "30000" in entered
    assert "34567" not in entered


def test_assertions_enter_no_room_with_the_solution(box):
    entered = []

    class Watched:
        limits = QUICK

        def run_tests(self, code, inputs, *args, **options):
            entered.append(code + "".join(inputs))
            return box.run_tests(code, inputs, *args, **options)

    assert judge(Watched(), "def add(a, b): return a + b  # mine", ADD_ASSERTS).correct
    assert any("# mine" in text for text in entered)
    assert any("== 34567" in text for text in entered)
    assert not any("# mine" in text and "== 34567" in text for text in entered)
