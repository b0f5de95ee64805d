"""Every bundled problem: its solution passes, its wrong ones fail for the reason they name, its tests are what it says.

The programs run in the sandbox of this process, or in a plain subprocess where the machine gives no other.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from gem import sandbox
from gem.envs import code_problems
from gem.envs.code_problems import ALL, Problem, problem
from gem.envs.code_problems.writing import altered, integers_in
from gem.errors import ConfigError, SandboxUnavailable
from gem.grading.code import CHECKERS, TestCase, judge
from gem.sandbox import Limits

SEEDS = (0, 1, 2)
FEW = ("echo_runs", "frog_stairs", "signal_ring")
"""The problems that the fast tests run."""
MAX_INPUT_CHARS = 300_000
PATIENCE_S = 20
"""For programs whose answers are looked at, not their speed: the machine may be busy."""
SLOW_S = 0.3
"""For programs that are to run out of time: less than a problem's own limit, so that the suite does not."""
CHUNK = 5
"""How many tests are prepared at a time: most wrong programs fail before the large ones."""
BOUNDS = re.compile(r"<=|\b(from|at most|up to) -?\d|\b\d+ to \S*\d")
HOSTILE = [
    "", "\0", "1", "-1 -1", "1 " * 5000, "9" * 5000, "A" * 9999, "nan inf", "\ud800", None, True, 3.5, float("nan"), [],
    [None], [True, False], [[1], [2]], [0] * 9999, [1e300, -1], {"a": 1}, [10**400, 1],
]  # fmt: skip

every_problem = pytest.mark.parametrize("name", ALL)
sampled_problem = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in FEW else pytest.mark.slow) for name in ALL]
)


@pytest.fixture(scope="module")
def box():
    try:
        yield sandbox.shared()
    except SandboxUnavailable:
        with sandbox.make("subprocess", allow_unsafe=True) as plain:
            yield plain


@cache
def inputs(name: str, seed: int) -> list:
    return problem(name).generate(np.random.default_rng(seed))


@cache
def case(name: str, seed: int, index: int) -> TestCase:
    return a_case(problem(name), inputs(name, seed)[index])


def a_case(task: Problem, given) -> TestCase:
    return TestCase(kind=task.kind, function=task.function or "", input=given, expected=task.answer(given))


def verdict(box, task: Problem, code: str, seed: int, timeout_s: float = PATIENCE_S) -> str:
    """That of the first test of this seed that the program fails, or AC."""
    indices = range(len(inputs(task.name, seed)))
    for start in indices[::CHUNK]:
        tests = [case(task.name, seed, index) for index in indices[start : start + CHUNK]]
        judged = judge(box, code, tests, checker=task.checker, limits=Limits(timeout_s=timeout_s))
        if not judged:
            return f"{judged.verdict} on test {start + judged.first_failure}: {judged.outcomes[-1]}"
    return "AC"


# -- without running programs -----------------------------------------------------------------------------


def test_the_set_is_as_large_as_it_claims():
    tasks = [problem(name) for name in ALL]
    modules = {path.stem for path in Path(code_problems.__file__).parent.glob("*.py")}
    assert set(ALL) == modules - {"__init__", "problem", "writing"}
    assert len(ALL) == len(set(ALL)) >= 44
    assert sum(task.kind == "stdin" for task in tasks) >= 30
    assert sum(task.kind == "call" for task in tasks) >= 12
    assert sum(callable(task.checker) for task in tasks) >= 3
    assert {task.difficulty for task in tasks} == {"easy", "medium", "hard"}
    assert len({task.title for task in tasks}) == len(tasks)


def test_an_unknown_name_is_told_with_the_closest_known():
    with pytest.raises(ConfigError, match="lamp_street"):
        problem("lamp_stret")


def test_the_names_are_known_without_importing_the_problems(run_python):
    code = (
        "import sys, gem.envs.code_problems as set; print([n for n in set.ALL if f'{set.__name__}.{n}' in sys.modules])"
    )
    assert run_python(code).strip() == "[]"


def test_a_program_is_altered_in_one_place_or_not_at_all():
    assert altered("a < b", "<", "<=") == "a <= b"
    for program in ("a b", "a < b < c"):
        with pytest.raises(ValueError, match="times"):
            altered(program, "<", "<=")


@pytest.mark.parametrize(
    ("output", "numbers"),
    [("1 -2\n+3", [1, -2, 3]), ("", []), ("1_0", None), ("1.0", None), ("٣", None), (None, None), ("9" * 19, None)],
)
def test_numbers_are_read_from_any_output(output, numbers):
    assert integers_in(output) == numbers


@every_problem
def test_a_statement_is_short_and_says_all(name):
    task = problem(name)
    assert task.name == name
    assert 40 <= len(task.task.split()) <= 180
    assert BOUNDS.search(task.task)
    assert len(task.statement) <= 2500
    if task.kind == "stdin":
        assert "Input: " in task.task
        assert "Output: " in task.task
    else:
        assert task.signature in task.statement
        assert "Bounds: " in task.task
        assert re.search("[Rr]eturn", task.task)


@every_problem
def test_the_examples_are_true(name):
    task = problem(name)
    for given, shown in task.examples:
        assert task.valid(given) is True
        expected = task.answer(given)
        if callable(task.checker):
            assert task.checker(given, expected, shown) is True
        elif task.kind == "call":
            assert shown == expected
        else:
            assert CHECKERS[task.checker](given, expected, shown)


@every_problem
def test_there_are_three_wrong_programs_and_none_is_the_reference(name):
    task = problem(name)
    assert len(task.wrong) >= 3
    assert len({*task.wrong.values(), task.reference}) == len(task.wrong) + 1


@sampled_problem
def test_the_tests_come_of_the_seed_alone(name):
    again = problem(name).generate(np.random.default_rng(0))
    assert again == inputs(name, 0)
    assert again != inputs(name, 1)


@sampled_problem
def test_the_tests_lie_within_the_bounds(name):
    task = problem(name)
    for seed in SEEDS[:2]:
        assert 12 <= len(inputs(name, seed)) <= 32
        for given in inputs(name, seed):
            assert task.valid(given) is True
            text = given if task.kind == "stdin" else json.dumps(given)
            assert len(text) <= MAX_INPUT_CHARS
            assert task.kind == "stdin" or json.loads(text) == list(given)


@every_problem
def test_a_checker_bears_any_output(name):
    task = problem(name)
    if not callable(task.checker):
        return
    for given, _ in task.examples:
        expected = task.answer(given)
        assert task.checker(given, expected, expected) is True
        for output in HOSTILE:
            assert task.checker(given, expected, output) is (output == expected)


# -- with programs ----------------------------------------------------------------------------------------


@sampled_problem
def test_the_reference_passes_and_is_far_from_its_time_limit(box, name):
    task = problem(name)
    for seed in SEEDS[:2]:
        assert verdict(box, task, task.reference, seed) == "AC"
    shown = [a_case(task, given) for given, _ in task.examples]
    assert judge(box, task.reference, shown, checker=task.checker)
    if task.kind == "stdin":
        results = box.run_tests(task.reference, inputs(name, 0)[-3:], timeout_s=PATIENCE_S)
        assert max(result.cpu_s or 0 for result in results) < task.timeout_s / 4


@sampled_problem
def test_a_wrong_program_fails_for_the_reason_of_its_name(box, name):
    task = problem(name)
    for why, code in {**task.wrong, "knows only the examples": parrot(task), "does nothing": mute(task)}.items():
        if not why.startswith("slow: "):
            expected = "RE" if why.startswith("crash: ") else "WA"
            for seed in SEEDS:
                assert verdict(box, task, code, seed).startswith(expected), f"seed {seed}: {why}"


@pytest.mark.slow
@every_problem
def test_a_slow_program_is_right_until_it_runs_out_of_time(box, name):
    task = problem(name)
    for why, code in task.wrong.items():
        if why.startswith("slow: "):
            assert verdict(box, task, code, 0, SLOW_S).startswith("TLE"), why


def parrot(task: Problem) -> str:
    """A program that answers the examples and has one of their answers for all else."""
    known = [(given if task.kind == "stdin" else list(given), shown) for given, shown in task.examples]
    code = (
        f"known = {known!r}\n\ndef find(given):\n    return next((a for g, a in known if g == given), known[0][1])\n\n"
    )
    if task.kind == "call":
        return code + f"def {task.function}(*given):\n    return find(list(given))\n"
    return code + "import sys\nprint(find(sys.stdin.read()))\n"


def mute(task: Problem) -> str:
    """A program that has no answer."""
    return f"def {task.function}(*given):\n    pass\n" if task.kind == "call" else "pass\n"
