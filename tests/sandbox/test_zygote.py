"""The zygote's sandbox on the real kernel: every field of a result, every limit, many at once.

What all backends promise stands in `backend_cases.py` and is run here too.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from gem import sandbox
from gem.errors import ConfigError, SandboxUnavailable
from gem.sandbox import Limits
from tests.sandbox.backend_cases import EXACT_CASES, RUN_CASES, name_of

SLACK_S = 3.0
"""What a machine with twenty busy neighbours may add to a time limit."""


@pytest.fixture(scope="module")
def box():
    with sandbox.make("zygote") as made:
        yield made


@pytest.mark.slow
@pytest.mark.parametrize("case", [*RUN_CASES, *EXACT_CASES], ids=name_of)
def test_it_keeps_what_every_sandbox_promises(box, case):
    case(box)


# -- results -----------------------------------------------------------------------------------------


def test_a_good_end_fills_every_field(box):
    result = box.run("print('a'); import sys; print('b', file=sys.stderr)")
    assert (result.status, result.stdout, result.stderr, result.exit_code) == ("ok", "a\n", "b\n", 0)
    assert (result.ok, result.timed_out, result.truncated, result.limit_hit) == (True, False, False, None)
    assert 0 < result.wall_s < SLACK_S
    assert 0 <= result.cpu_s < SLACK_S
    assert 5 < result.rss_mb < 300


def test_an_error_fills_every_field(box):
    result = box.run("print('a'); 1 / 0")
    assert (result.status, result.stdout, result.exit_code, result.limit_hit) == ("error", "a\n", 1, None)
    assert not result.ok
    assert result.stderr.endswith("ZeroDivisionError: division by zero\n")
    assert result.cpu_s is not None
    assert result.rss_mb is not None


@pytest.mark.parametrize("number", [1, 3, 9, 11, 15])
def test_a_program_that_ends_by_a_signal_is_killed(box, number):
    result = box.run(
        f"import os; print('a', flush=True); os.kill(os.getpid(), {number})\nwhile True: pass", timeout_s=20
    )
    assert (result.status, result.stdout) == ("killed", "a\n"), result
    assert result.exit_code in (-number, -9)  # a deadly fault that the program sends itself is a kill


def test_a_crash_of_the_interpreter_is_killed(box):
    result = box.run("import ctypes; ctypes.string_at(0)")
    assert (result.status, result.exit_code) == ("killed", -11)


def test_a_timeout_fills_every_field(box):
    result = box.run("print('a')\nwhile True: pass", timeout_s=0.2)
    assert (result.status, result.stdout, result.exit_code, result.limit_hit) == ("timeout", "a\n", None, "time")
    assert result.timed_out
    assert 0.2 <= result.wall_s < 0.2 + SLACK_S


@pytest.mark.parametrize("code", ["import time; time.sleep(60)", "input = open('/dev/zero').read()", "10 ** 10 ** 9"])
def test_no_call_outlasts_its_time(box, code):
    begun = time.monotonic()
    result = box.run(code, timeout_s=0.2, limits=Limits(memory_mb=2048))
    assert result.status in ("timeout", "error")
    assert time.monotonic() - begun < 0.2 + SLACK_S


def test_an_absurdly_short_time_is_a_timeout(box):
    assert box.run("while True: pass", timeout_s=1e-9).status == "timeout"


# -- limits ------------------------------------------------------------------------------------------


def test_memory_is_bounded_in_one_piece_and_in_many(box):
    limits = Limits(memory_mb=64)
    for code in ("bytearray(100 << 20)", "a = []\nwhile True: a.append(bytearray(1 << 16))"):
        result = box.run(code, limits=limits)
        assert (result.status, result.limit_hit) == ("error", "memory"), result
        assert "MemoryError" in result.stderr
    assert box.run("a = bytearray(40 << 20); print(len(a))", limits=limits).ok


def test_memory_can_be_more_than_usual(box):
    assert box.run("a = bytearray(700 << 20); print(1)", limits=Limits(memory_mb=1024)).ok


def test_output_is_bounded_on_each_stream(box):
    limits = Limits(output_kb=2)
    result = box.run("import sys; print('a' * 5000); sys.stderr.write('b' * 100)", limits=limits)
    assert (len(result.stdout), len(result.stderr), result.truncated, result.limit_hit) == (2048, 100, True, "output")
    result = box.run("import sys; sys.stderr.write('b' * 5000)", limits=limits)
    assert (len(result.stderr), result.truncated) == (2048, True)
    assert not box.run("print('a' * 2047)", limits=limits).truncated


def test_a_flood_ends_within_its_time(box):
    result = box.run("while True: print('x' * 1000)", timeout_s=10)
    assert result.truncated
    assert len(result.stdout) == 1 << 20
    assert result.limit_hit in ("output", "time")


def test_disk_is_bounded_in_sum(box):
    code = "for i in range(100):\n    with open(str(i), 'wb') as f:\n        f.write(bytes(1 << 20))"
    result = box.run(code, limits=Limits(disk_mb=4))
    assert (result.status, result.limit_hit) == ("error", "disk"), result
    assert box.run(code.replace("100", "3"), limits=Limits(disk_mb=4)).ok


def test_files_are_bounded_in_number(box):
    code = "n = 0\ntry:\n    while n < 5000:\n        open(str(n), 'w').close()\n        n += 1\nfinally:\n    print(n)"
    result = box.run(code, limits=Limits(files=20))
    assert (result.status, result.limit_hit) == ("error", "disk")
    assert 16 <= int(result.stdout) <= 22


def test_open_files_are_bounded(box):
    code = "import os\nn = 0\ntry:\n    while os.dup(0): n += 1\nexcept OSError as e:\n    print(e.errno, n)"
    number, count = map(int, box.run(code, limits=Limits(open_files=16)).stdout.split())
    assert number == 24
    assert 10 <= count <= 13


def test_processor_time_is_bounded(box):
    result = box.run("print('a')\nwhile True: pass", limits=Limits(cpu_s=1, timeout_s=60))
    assert (result.status, result.limit_hit) == ("timeout", "cpu"), result
    assert result.stdout == "a\n"


def test_sleep_is_no_processor_time(box):
    assert box.run("import time; time.sleep(1.2)", limits=Limits(cpu_s=1, timeout_s=60)).ok


def test_huge_limits_are_as_good_as_none(box):
    huge = 2**31 - 1
    limits = Limits(memory_mb=huge, output_kb=huge, disk_mb=huge, files=huge, open_files=huge, timeout_s=86_400)
    result = box.run("open('a', 'w').write('b'); print(1)", limits=limits)
    assert (result.status, result.stdout) == ("ok", "1\n"), result


def test_the_least_limits_are_enough_for_a_line(box):
    limits = Limits(memory_mb=16, output_kb=1, disk_mb=1, files=1, open_files=8, cpu_s=1)
    result = box.run("print(1)", limits=limits)
    assert (result.status, result.stdout) == ("ok", "1\n"), result


# -- processes ---------------------------------------------------------------------------------------

TRY_FORK = """
import os
try:
    pid = os.fork()
except OSError as e:
    print("refused", e.errno)
else:
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    print("forked")
"""


def test_processes_are_refused_unless_permitted(box):
    assert box.run(TRY_FORK).stdout == "refused 1\n"
    assert box.run(TRY_FORK, limits=Limits(processes=2)).stdout == "forked\n"


def test_a_program_may_start_python_where_it_may_start_processes(box):
    code = (
        "import subprocess as s, sys\nprint(s.run([sys.executable, '-c', 'print(6 * 7)'], capture_output=True).stdout)"
    )
    result = box.run(code, limits=Limits(processes=4))
    assert (result.status, result.stdout) == ("ok", "b'42\\n'\n"), result


def test_processes_are_bounded_in_number(box):
    code = """
import os, time
n = 0
try:
    while n < 50:
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)
        n += 1
except OSError:
    pass
print(n)
"""
    result = box.run(code, limits=Limits(processes=5, timeout_s=20))
    assert result.stdout == "5\n", result


def test_the_program_s_processes_end_with_it(box):
    code = "import os, time\nif os.fork() == 0:\n    time.sleep(60)\nprint('parent', flush=True)\nos._exit(0)"
    begun = time.monotonic()
    result = box.run(code, limits=Limits(processes=2, timeout_s=30))
    assert (result.status, result.stdout) == ("ok", "parent\n"), result
    assert time.monotonic() - begun < 20


def test_many_processes_at_most_are_as_good_as_any(box):
    result = box.run(TRY_FORK, limits=Limits(processes=2**31 - 1))
    assert (result.status, result.stdout) == ("ok", "forked\n"), result


# -- the surroundings --------------------------------------------------------------------------------


def test_chance_is_the_same_in_every_run_and_every_sandbox(box):
    code = "import random; print(random.random(), hash('a'), list({'a', 'b', 'c', 'd'}))"
    seen = {box.run(code).stdout for _ in range(4)}
    with sandbox.make("zygote", zygotes=1) as other:
        seen |= {other.run(code).stdout, *(result.stdout for result in other.run_tests(code, ["", ""]))}
    assert len(seen) == 1


def test_the_environment_holds_nothing_of_the_host(box, monkeypatch):
    monkeypatch.setenv("GEM_TEST_SECRET", "hush")
    with sandbox.make("zygote", zygotes=1) as other:
        printed = other.run("import os; print(dict(os.environ))").stdout
    assert "hush" not in printed
    assert "'TZ': 'UTC'" in printed
    assert "virtualenv" not in printed.lower()


def test_the_host_s_files_are_not_there(box):
    for path in ("/etc/passwd", "/proc/self/environ", "/var", "/srv", __file__, sandbox.__file__):
        result = box.run(f"import os; print(os.path.exists({path!r}))")
        assert result.stdout == "False\n", path


def test_the_folder_is_empty_and_one_s_own(box):
    result = box.run("import os; print(os.listdir('.')); open('a', 'w').write('x'); print(os.listdir('.'))")
    assert "'a'" in result.stdout
    assert "'a'" not in box.run("import os; print(os.listdir('.'))").stdout


# -- many at once ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_event_loop_runs_twenty_sleepers_side_by_side():
    async def sleep_all(made):
        code = "import time; time.sleep(0.5); print(input())"
        begun = time.monotonic()
        results = await asyncio.gather(*(made.arun(code, str(number), 30) for number in range(20)))
        return results, time.monotonic() - begun

    with sandbox.make("zygote", concurrency=20) as made:
        results, took_s = asyncio.run(sleep_all(made))
    assert [result.stdout for result in results] == [f"{number}\n" for number in range(20)]
    assert took_s < 0.5 * 20 / 2


def test_an_event_loop_can_judge(box):
    async def judge():
        return await asyncio.gather(*(box.arun_tests("print(input())", ["a", "b"]) for _ in range(4)))

    assert {tuple(result.stdout for result in results) for results in asyncio.run(judge())} == {("a\n", "b\n")}


@pytest.mark.slow
def test_no_more_run_at_once_than_permitted_and_waiting_costs_no_time():
    code = "import time; a = time.monotonic(); time.sleep(0.3); print(a, time.monotonic())"
    with sandbox.make("zygote", concurrency=2, zygotes=1) as made, ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: made.run(code, timeout_s=10), range(8)))
    assert [result.status for result in results] == ["ok"] * 8
    spans = [tuple(map(float, result.stdout.split())) for result in results]
    assert max(sum(a <= begun < b for a, b in spans) for begun, _ in spans) <= 2
    assert max(result.wall_s for result in results) < 0.3 * 4  # the last waited for three times as long


@pytest.mark.parametrize("concurrency", [0, -1])
def test_no_concurrency_is_refused(concurrency):
    with pytest.raises(ConfigError, match="concurrency"):
        sandbox.make("zygote", concurrency=concurrency)


@pytest.mark.slow
def test_sixty_four_threads_get_each_its_own_answer(box):
    def work(number):
        return [box.run("print(input())", f"{number} {turn}", timeout_s=60) for turn in range(10)]

    with ThreadPoolExecutor(64) as pool:
        for number, results in enumerate(pool.map(work, range(64))):
            assert [result.stdout for result in results] == [f"{number} {turn}\n" for turn in range(10)]


# -- profiles ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_scientific_profile_brings_its_packages_and_what_they_need():
    pytest.importorskip("sympy")
    with sandbox.make("zygote", profile="scientific", zygotes=1) as made:
        result = made.run("import sympy; x = sympy.Symbol('x'); print(sympy.factor(x**2 - 1))")
        assert (result.status, result.stdout) == ("ok", "(x - 1)*(x + 1)\n"), result
        assert made.run("import numpy as np; print(np.arange(6).reshape(2, 3) @ np.ones(3))").stdout == "[ 3. 12.]\n"
        assert made.run("import mpmath; print(mpmath.mpf(2))").ok
        for module in ("gem", "pytest", "hypothesis", "pip"):
            assert "ModuleNotFoundError" in made.run(f"import {module}").stderr
        result = made.run("import numpy; numpy.ones(1 << 30)", limits=Limits(memory_mb=128))
        assert result.limit_hit == "memory"


@pytest.mark.slow
def test_numpy_draws_the_same_numbers_in_every_sandbox():
    drawn = set()
    for _ in range(2):
        with sandbox.make("zygote", profile="numpy,numpy.random", zygotes=1) as made:
            drawn.add(made.run("import numpy; print(numpy.random.rand())").stdout)
            drawn |= {result.stdout for result in made.run_tests("import numpy; print(numpy.random.rand())", ["", ""])}
    assert len(drawn) == 1


def test_a_bare_sandbox_has_no_packages(box):
    for module in ("numpy", "gem", "pip", "site_packages"):
        assert "ModuleNotFoundError" in box.run(f"import {module}").stderr


@pytest.mark.parametrize("profile", ["no_such_package", "numpy.no_such_module"])
def test_a_profile_that_cannot_be_loaded_is_said_at_once(profile):
    with pytest.raises(SandboxUnavailable, match="no_such"):
        sandbox.make("zygote", profile=profile, zygotes=1)
