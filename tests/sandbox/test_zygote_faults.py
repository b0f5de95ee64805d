"""What happens to the sandbox when its processes, its host or its machine fail.

Each host that is killed, starved or forked is an interpreter of its own.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from gem import sandbox
from tests.sandbox.hosts import lives, run_host, settles, start_host

pytestmark = pytest.mark.slow

RUNGS = {"full": None, "no namespaces": ("landlock", "seccomp")}
on_two_rungs = pytest.mark.parametrize("rung", RUNGS)
RIGHT_OR_UNAVAILABLE = {("ok", "1\n"), ("unavailable", "")}


@pytest.fixture
def box():
    with sandbox.make("zygote", zygotes=1) as made:
        yield made


def descendants(pid):
    return psutil.Process(pid).children(recursive=True)


# -- zygotes that die or stand still -----------------------------------------------------------------


def victims(made):
    """The guard that was started, and the zygote that it guards (one and the same without namespaces)."""
    (guard,) = made.zygotes
    children = psutil.Process(guard).children() if "namespaces" in made.level.layers else []
    return {"guard": guard, "zygote": children[0].pid if children else guard}


def bereave(made, who="guard"):
    """Kill the zygote, or its guard, and wait until both are gone."""
    pids = victims(made)
    os.kill(pids[who], signal.SIGKILL)
    assert settles(lambda: not any(map(lives, pids.values())))


@on_two_rungs
@pytest.mark.parametrize("who", ["guard", "zygote"])
def test_an_idle_sandbox_that_loses_its_zygote_starts_another(rung, who):
    with sandbox.make("zygote", zygotes=1, layers=RUNGS[rung]) as made:
        for _ in range(2):
            assert made.run("print(1)").stdout == "1\n"
            before = made.zygotes
            bereave(made, who)
            results = [made.run("print(1)", timeout_s=30) for _ in range(3)]
            assert {(result.status, result.stdout) for result in results} == {("ok", "1\n")}, results
            assert made.zygotes != before


@on_two_rungs
@pytest.mark.parametrize("who", ["guard", "zygote"])
def test_a_zygote_that_dies_while_eight_programs_run_costs_those_at_most(rung, who):
    with sandbox.make("zygote", zygotes=1, concurrency=8, layers=RUNGS[rung]) as made, ThreadPoolExecutor(8) as pool:
        old = victims(made)
        runs = [pool.submit(made.run, "import time; time.sleep(4); print(1)", timeout_s=30) for _ in range(8)]
        assert settles(lambda: len(descendants(old["guard"])) >= 8)
        programs = descendants(old["guard"])
        os.kill(old[who], signal.SIGKILL)
        begun = time.monotonic()
        results = [run.result(60) for run in runs]
        assert time.monotonic() - begun < 15
        statuses = [result.status for result in results]
        assert statuses.count("unavailable") + statuses.count("ok") == 8, results
        assert "unavailable" in statuses  # whoever had not begun yet is run by the next zygote
        assert all(result.stderr for result in results if not result.ok)
        assert settles(lambda: not any(lives(process.pid) for process in programs))
        assert made.run("print(1)", timeout_s=30).stdout == "1\n"


def test_a_zygote_that_stands_still_for_a_while_delays_and_no_more(box):
    assert box.run("print(1)").ok
    process = psutil.Process(victims(box)["zygote"])
    process.suspend()
    with ThreadPoolExecutor(6) as pool:
        runs = [pool.submit(box.run, "print(1)", timeout_s=30) for _ in range(6)]
        threading.Event().wait(1.0)
        process.resume()
        assert {(run.result(60).status, run.result().stdout) for run in runs} == {("ok", "1\n")}
    assert box.run("print(1)").ok


def test_a_sandbox_whose_zygote_stands_still_can_be_closed():
    made = sandbox.make("zygote", zygotes=1)
    pids = victims(made)
    psutil.Process(pids["zygote"]).suspend()
    begun = time.monotonic()
    made.close()
    assert time.monotonic() - begun < 10
    assert settles(lambda: not any(map(lives, pids.values())))


def test_a_session_whose_zygote_dies_is_lost_and_says_so(box):
    session = box.session()
    assert session.cell("x = 1").ok
    fork = session.fork()
    bereave(box)
    for lost in (session, fork):
        assert lost.cell("x").status in ("killed", "unavailable")
        assert not lost.alive
        lost.close()
    with box.session() as new:
        assert new.cell("1").stdout == "1\n"


def test_programs_that_are_killed_from_outside_are_killed_and_others_run(box):
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(box.run, "import time; time.sleep(30)", timeout_s=40)
        assert not settles(run.done, 0.5)
        for process in psutil.Process(victims(box)["zygote"]).children():
            process.kill()  # the one that runs and the spares
        assert run.result(30).status == "killed"
    assert settles(lambda: box.run("print(1)", timeout_s=30).stdout == "1\n")
    assert box.run("print(1)", timeout_s=30).stdout == "1\n"


# -- closing and forgetting --------------------------------------------------------------------------


@on_two_rungs
def test_closing_while_programs_run_ends_them_and_raises_nowhere(rung):
    for _ in range(3):
        made = sandbox.make("zygote", zygotes=1, concurrency=8, layers=RUNGS[rung])

        def work(made=made):
            results = []
            while not results or results[-1].status != "unavailable":
                results.append(made.run("print(1)", timeout_s=30))
                results += made.run_tests("print(1)", ["", ""], timeout_s=30)
            return results

        with ThreadPoolExecutor(8) as pool:
            runs = [pool.submit(work) for _ in range(8)]
            threading.Event().wait(0.3)
            begun = time.monotonic()
            made.close()
            results = [result for run in runs for result in run.result(60)]
        assert time.monotonic() - begun < 20
        allowed = {*RIGHT_OR_UNAVAILABLE, ("killed", ""), ("killed", "1\n")}
        assert {(result.status, result.stdout) for result in results} <= allowed
        assert made.run("print(1)").status == "unavailable"
        made.close()


def test_a_sandbox_that_nobody_holds_any_more_ends_with_all_it_had():
    out = run_host(
        """
import gc
for layers in (FULL, LOWER):
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        made = sandbox.make("zygote", zygotes=2, layers=layers)
        made.run("1")
        del made
        gc.collect()
    assert settles(lambda: not offspring()), offspring()
    assert settles(lambda: len(os.listdir("/proc/self/fd")) <= before), (before, os.listdir("/proc/self/fd"))
print("done")
"""
    )
    assert out == "done\n"


def test_making_and_closing_grows_nothing():
    out = run_host(
        """
sandbox.make("zygote").close()
before = len(os.listdir("/proc/self/fd")), threading.active_count()
for turn in range(8):
    with sandbox.make("zygote", layers=LOWER if turn % 2 else FULL):
        pass
assert settles(lambda: not offspring())
assert settles(lambda: len(os.listdir("/proc/self/fd")) <= before[0]), os.listdir("/proc/self/fd")
assert settles(lambda: threading.active_count() <= before[1])
print("done")
"""
    )
    assert out == "done\n"


# -- forks of the host -------------------------------------------------------------------------------


def test_a_fork_of_the_host_has_its_own_shared_sandbox_and_the_parent_keeps_its():
    out = run_host(
        """
assert sandbox.shared().run("print(1)").stdout == "1\\n"
before = set(offspring())
for way_out in (lambda: sys.exit(0), lambda: os._exit(0)):
    pid = os.fork()
    if pid == 0:
        good = [sandbox.shared().run("print(2)").stdout for _ in range(3)] == ["2\\n"] * 3
        sandbox.shared().close() if not good else None
        way_out() if good else os._exit(3)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    begun = time.monotonic()
    assert [sandbox.shared().run("print(1)").stdout for _ in range(6)] == ["1\\n"] * 6
    assert time.monotonic() - begun < 20
guards = {pid for pid in before if psutil.pid_exists(pid) and psutil.Process(pid).ppid() == os.getpid()}
assert guards, "the parent's zygotes were ended by the child's exit"
print("done")
"""
    )
    assert out.endswith("done\n")


def test_a_fork_of_the_host_that_uses_its_parent_s_sandbox_does_no_harm():
    out = run_host(
        """
made = sandbox.make("zygote", zygotes=1)
session = made.session()
session.cell("x = 1")
guards = made.zygotes
pid = os.fork()
if pid == 0:
    begun = time.monotonic()
    results = [made.run("print(2)") for _ in range(6)]
    good = all((r.status, r.stdout) in {("ok", "2\\n"), ("unavailable", "")} for r in results)
    good = good and time.monotonic() - begun < 25
    made.close()
    session.close()
    sys.exit(0 if good else 3)
results = [made.run("print(1)").stdout for _ in range(10)]
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
results += [made.run("print(1)").stdout for _ in range(5)]
assert results == ["1\\n"] * 15, results
assert made.zygotes == guards
assert session.cell("x").stdout == "1\\n"
session.close()
made.close()
print("done")
""",
    )
    assert out.endswith("done\n")


@on_two_rungs
@pytest.mark.parametrize("end", ["os._exit(0)", "os.kill(os.getpid(), 9)", "sys.exit(0)", "raise SystemExit(0)"])
def test_a_host_that_ends_in_any_way_leaves_nothing_behind(rung, end, tmp_path):
    code = f"""
made = sandbox.make("zygote", layers={RUNGS[rung]!r})
session = made.session()
session.cell("open('a', 'w').close()")
thread = threading.Thread(target=made.run, args=("import time\\nopen('a', 'w').close()\\ntime.sleep(60)",), daemon=True)
thread.start()
time.sleep(0.3)
print(*offspring(), flush=True)
sys.stdin.readline()
{end}
"""
    host = start_host(code, TMPDIR=str(tmp_path))
    pids = [int(word) for word in host.stdout.readline().split()]
    assert len(pids) >= 3
    host.stdin.write("\n")
    host.stdin.flush()
    host.wait(60)
    for stream in (host.stdin, host.stdout, host.stderr):
        stream.close()
    assert settles(lambda: not any(map(lives, pids)), 20), [pid for pid in pids if lives(pid)]
    assert settles(lambda: not list(tmp_path.iterdir()), 10), list(tmp_path.iterdir())
    assert "gem-box" not in Path("/proc/self/mountinfo").read_text()


# -- Ctrl-C ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "work",
    [
        'made.run("import time; time.sleep(60)", timeout_s=60)',
        'session.cell("import time; time.sleep(60)", timeout_s=60)',
        'made.run_tests("import time; time.sleep(60)", ["", ""], timeout_s=60)',
        "[made.run('1') for _ in range(100000)]",
    ],
)
def test_an_interrupt_reaches_the_caller_and_leaves_nothing_running(work):
    out = run_host(
        f"""
made = sandbox.make("zygote", zygotes=1)
assert settles(lambda: made.run("1").ok)
for _ in range(3):
    session = made.session()
    session.cell("1")
    before = len(offspring())
    timer = threading.Timer(0.4, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    begun = time.monotonic()
    try:
        {work}
    except KeyboardInterrupt:
        pass
    else:
        raise AssertionError("no KeyboardInterrupt came")
    assert time.monotonic() - begun < 20
    assert made.run("print(1)", timeout_s=30).stdout == "1\\n"
    session.close()
    with made.session() as other:
        assert other.cell("1").stdout == "1\\n"
    assert settles(lambda: len(offspring()) <= before + 1), (before, len(offspring()))
made.close()
assert settles(lambda: not offspring())
print("done")
"""
    )
    assert out == "done\n"


# -- a small soak ------------------------------------------------------------------------------------


def test_three_hundred_programs_grow_nothing():
    out = run_host(
        """
from concurrent.futures import ThreadPoolExecutor
code = "print(input()); open('f', 'w').write('x' * 1000)"
made = sandbox.make("zygote")
def work(number):
    if number % 10 == 3:
        return made.run("while True: pass", timeout_s=0.05).status == "timeout"
    if number % 10 == 5:
        return made.run("import os; os.kill(os.getpid(), 9)").status == "killed"
    if number % 10 == 7:
        return [r.stdout for r in made.run_tests("print(input())", ["a", "b"])] == ["a\\n", "b\\n"]
    return made.run(code, str(number), timeout_s=30).stdout == f"{number}\\n"
with ThreadPoolExecutor(8) as pool:
    assert all(pool.map(work, range(60)))
    me = psutil.Process()
    settled = lambda: (me.num_fds(), me.num_threads(), len(offspring()))
    settles(lambda: len(offspring()) <= 8)
    before, rss = settled(), me.memory_info().rss
    zygotes = {pid: psutil.Process(pid).memory_info().rss for pid in made.zygotes}
    assert all(pool.map(work, range(300)))
    assert settles(lambda: all(now <= then + 3 for now, then in zip(settled(), before))), (before, settled())
    assert me.memory_info().rss - rss < 16 << 20
    assert set(zygotes) == set(made.zygotes)
made.close()
assert settles(lambda: not offspring())
print("done")
"""
    )
    assert out == "done\n"
