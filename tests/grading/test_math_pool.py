"""The graders as processes: who shares them, what they may do, and that none is left."""

from __future__ import annotations

import asyncio
import os
import select
import socket
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from pathlib import Path

import psutil
import pytest

from gem.errors import ConfigError, GraderUnavailable
from gem.grading.math import MathVerdict, agrade, close_shared, grade, grading, nursery, pool
from gem.grading.math.driving import Done
from tests.vector.fault_envs import until

pytest.importorskip("math_verify")

TOWER = "9^{9^{9^{9}}}"
PATIENCE_S = 20.0
fresh = count(1000)


@pytest.fixture(scope="module", autouse=True)
def graders_of_this_module():
    yield
    close_shared()


def root_of_a_new_square() -> tuple[str, str]:
    """A pair that is correct, and that no memory knows."""
    number = next(fresh)
    return f"\\sqrt{{{number * number}}}", str(number)


def nursery_process() -> psutil.Process:
    assert grade(*root_of_a_new_square(), timeout_s=PATIENCE_S).correct
    assert pool.shared()._nursery is not None
    return psutil.Process(pool.shared()._nursery._process.pid)


def wait_until_gone(processes: list[psutil.Process]) -> None:
    assert psutil.wait_procs(processes, timeout=PATIENCE_S)[1] == []


def test_to_import_and_to_compare_exactly_starts_no_process():
    code = """
        import subprocess, psutil
        from gem.grading.math import exact, grade, need_grader, pool
        subprocess.Popen = None
        need_grader()
        for number in range(1000):
            pool.shared()
            assert grade(str(number), number).correct
        assert psutil.Process().children() == []
    """
    lines = "\n".join(line[8:] for line in code.splitlines())
    assert subprocess.run([sys.executable, "-W", "error", "-c", lines], check=False).returncode == 0


@pytest.mark.slow
def test_sixteen_threads_share_as_many_graders_as_there_are_cores():
    pairs = [root_of_a_new_square() for _ in range(48)]
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(lambda pair: grade(*pair, timeout_s=PATIENCE_S), pairs))
    assert all(one.correct for one in found)
    assert len(nursery_process().children()) <= len(os.sched_getaffinity(0))


@pytest.mark.slow
def test_a_wait_in_the_queue_is_not_part_of_the_time_limit():
    async def crowd() -> list[MathVerdict]:
        slow = [agrade(f"{next(fresh)}^{{{TOWER}}}", "1", timeout_s=0.5) for _ in range(6)]
        quick = [agrade(*root_of_a_new_square(), timeout_s=0.5) for _ in range(4)]
        return await asyncio.gather(*slow, *quick)

    nursery_process()
    found = asyncio.run(crowd())
    assert [one.verdict for one in found[:6]] == ["timeout"] * 6
    assert all(one.correct for one in found[6:])


@pytest.mark.slow
def test_a_cancelled_coroutine_gives_its_grader_and_its_place_back():
    async def give_up() -> None:
        tasks = [asyncio.create_task(agrade(f"{next(fresh)}^{{{TOWER}}}", "1", timeout_s=60)) for _ in range(8)]
        await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        pairs = [root_of_a_new_square() for _ in range(8)]
        assert all(one.correct for one in await asyncio.gather(*(agrade(*pair, timeout_s=10) for pair in pairs)))

    nursery_process()
    asyncio.run(give_up())


@pytest.mark.slow
def test_graders_or_their_nursery_killed_from_outside_are_replaced():
    for child in nursery_process().children():
        child.kill()
    assert grade(*root_of_a_new_square(), timeout_s=PATIENCE_S).correct
    before = nursery_process()
    before.kill()
    assert grade(*root_of_a_new_square(), timeout_s=PATIENCE_S).correct
    until(lambda: nursery_process() != before, what="a new nursery")  # graders of the old one may outlive it a moment


@pytest.mark.slow
def test_a_grader_killed_over_an_answer_is_asked_again():
    parent = nursery_process()

    async def kill_soon() -> MathVerdict:
        grading_now = asyncio.create_task(agrade(f"{next(fresh)}^{{{TOWER}}}", "1", timeout_s=0.5))
        await asyncio.sleep(0.2)
        for child in parent.children():
            child.kill()
        return await grading_now

    assert asyncio.run(kill_soon()).verdict == "timeout"  # the second time without being killed


@pytest.mark.slow
def test_a_forked_child_of_this_process_has_graders_of_its_own():
    parent = nursery_process()
    told, tells = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            own = nursery_process()
            os.write(tells, b"y" if own.pid != parent.pid else b"n")
            close_shared()
        finally:
            os._exit(0)
    os.close(tells)
    with os.fdopen(told, "rb") as answer:
        assert select.select([answer], [], [], 60)[0]
        assert answer.read() == b"y"
    os.waitpid(child, 0)
    assert nursery_process() == parent


@pytest.mark.slow
@pytest.mark.parametrize("end", ["pass", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_nothing_outlives_the_host_however_it_ends(end):
    code = f"""
import os, signal, sys, threading
from gem.grading.math import grade, pool
assert grade(r"\\sqrt{{81}}", 9, timeout_s=30).correct
threading.Thread(target=grade, args=("{TOWER}", 1, 60), daemon=True).start()
print(pool.shared()._nursery._process.pid, flush=True)
sys.stdin.readline()
{end}
"""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as host:
        assert host.stdout is not None
        parent = psutil.Process(int(host.stdout.readline()))
        family = [parent, *parent.children(recursive=True)]
        _, errors = host.communicate("go\n", timeout=PATIENCE_S)
    assert not errors
    wait_until_gone(family)


@pytest.mark.slow
def test_a_closed_pool_leaves_nothing_and_the_next_answer_starts_anew():
    parent = nursery_process()
    family = [parent, *parent.children(recursive=True)]
    close_shared()
    wait_until_gone(family)
    assert nursery_process() != parent


@pytest.mark.slow
def test_a_grader_sees_no_secret_of_ours_and_cannot_leave_its_process():
    parent = nursery_process()
    (child, *_) = parent.children()
    assert set(parent.environ()) <= {*nursery.ENVIRONMENT, *nursery.KEPT}
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{child.pid}/status").read_text().splitlines() if ":\t" in line
    )
    assert status["NoNewPrivs"].strip() == "1"
    assert status["Seccomp"].strip() == "2"
    assert child.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)
    assert child.rlimit(psutil.RLIMIT_AS)[1] < 2 << 30
    assert os.getsid(child.pid) == parent.pid != os.getsid(0)  # an interrupt at our terminal is none there


def test_a_nursery_that_cannot_start_is_told_once_and_tried_again(monkeypatch):
    broken = pool.GraderPool(2)
    with monkeypatch.context() as patched:
        patched.setattr(nursery.sys, "executable", "/no/such/python")
        with pytest.raises(GraderUnavailable, match="no/such/python"):
            grading.drive(broken.talk(pool.PROBE, 1.0))
    with monkeypatch.context() as patched:
        patched.setattr(nursery.sys, "path", [path for path in sys.path if "site-packages" not in path])
        with pytest.raises(GraderUnavailable, match="math_verify"):
            grading.drive(broken.talk(pool.PROBE, 1.0))
    assert broken._graders == set()
    broken.close()


def test_a_closed_pool_takes_no_answers():
    closed = pool.GraderPool(2)
    closed.close()
    with pytest.raises(GraderUnavailable, match="closed"):
        grading.drive(closed.talk(b"", 1.0))


@pytest.mark.parametrize("named", ["0", "-1", "many", "1.5"])
def test_the_number_of_graders_can_be_named(monkeypatch, named):
    monkeypatch.setenv(pool.VARIABLE, "3")
    assert pool._most() == 3
    monkeypatch.setenv(pool.VARIABLE, named)
    with pytest.raises(ConfigError, match=pool.VARIABLE):
        pool._most()


@pytest.fixture
def scripted(monkeypatch):
    """A pool whose graders are no processes, and give these replies one after the other."""

    def make(*replies: str) -> pool.GraderPool:
        told = iter(replies)

        def ask(self: nursery.Grader, request: bytes, timeout_s: float):
            yield from ()
            return next(told)

        def new(self: pool.GraderPool) -> nursery.Grader:
            ours, theirs = socket.socketpair()
            theirs.close()
            grader = nursery.Grader(next(fresh), ours)
            self._graders.add(grader)
            return grader

        monkeypatch.setattr(nursery.Grader, "ask", ask)
        monkeypatch.setattr(pool.GraderPool, "_new", new)
        made.append(pool.GraderPool(2))
        return made[-1]

    made: list[pool.GraderPool] = []
    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize(
    ("replies", "reply"),
    [
        (["correct"], "correct"),
        (["timeout"], "timeout"),
        (["died", "wrong"], "wrong"),
        (["never began", "never began", "correct"], "correct"),
        (["died", "died", "correct"], "died"),  # the last is that of the probe
    ],
)
def test_a_pair_is_tried_again_where_the_grader_was_to_blame(scripted, replies, reply):
    assert grading.drive(scripted(*replies).talk(b"pair", 1.0)) == reply


@pytest.mark.parametrize(
    "replies", [["never began"] * 3, ["died"] * 4, ["died", "died", "wrong"], ["died", "died", "timeout"]]
)
def test_graders_that_fail_over_everything_are_told_from_an_answer_that_breaks_them(scripted, replies):
    with pytest.raises(GraderUnavailable):
        grading.drive(scripted(*replies).talk(b"pair", 1.0))


def test_an_answer_that_breaks_graders_is_unparsable(scripted, monkeypatch):
    broken = scripted("died", "died", "correct")
    monkeypatch.setattr(pool, "shared", lambda: broken)
    assert grade(*root_of_a_new_square()) == MathVerdict("unparsable", "math-verify")


def test_whoever_is_dropped_from_the_queue_leaves_the_grader_to_the_next(scripted):
    crowded = scripted("correct", "correct", "correct")
    first, second = (crowded._borrow() for _ in range(2))
    held = [grading.drive(first), grading.drive(second)]
    waiting, next_one = crowded._borrow(), crowded._borrow()
    for talk in (waiting, next_one):
        next(talk)
    waiting.close()
    held[0].is_fit = True
    crowded._give_back(held[0])
    with pytest.raises(StopIteration) as end:
        next_one.send(True)
    assert end.value.value is held[0]


@pytest.fixture
def crowded(scripted, monkeypatch):
    """A pool of two graders that never answer."""

    def ask(self: nursery.Grader, request: bytes, timeout_s: float):
        yield Done(Future())

    made = scripted()
    monkeypatch.setattr(nursery.Grader, "ask", ask)
    return made


def test_a_talk_that_ends_while_its_own_thread_has_the_lock_leaves_its_grader_to_the_next(crowded):
    talks = [crowded.talk(b"pair", 1.0) for _ in range(2)]
    waiting = crowded._borrow()
    for talk in (*talks, waiting):
        next(talk)
    with crowded._changing():
        for talk in talks:
            talk.close()  # as a garbage collection does, at any moment
    with pytest.raises(StopIteration) as end:
        waiting.send(True)
    assert {end.value.value, *crowded._idle} == crowded._graders


def test_a_wait_that_ends_in_the_moment_it_is_over_leaves_its_grader_to_the_next(crowded):
    held = [grading.drive(crowded._borrow()) for _ in range(2)]
    waiting = crowded._borrow()
    next(waiting)
    turn = crowded._queue.popleft()
    assert turn.set_running_or_notify_cancel()
    waiting.close()
    turn.set_result(held[0])
    assert crowded._idle == [held[0]]


def test_in_a_fork_the_lock_is_free_whoever_held_it(crowded):
    talk = crowded.talk(b"pair", 1.0)
    next(talk)
    crowded._lock.acquire()
    crowded.disown()
    talk.close()
    assert crowded._lock.acquire(blocking=False)
    crowded._lock.release()


def test_all_tries_of_a_pair_share_its_time_limit(scripted, monkeypatch):
    limits = []

    def ask(self: nursery.Grader, request: bytes, timeout_s: float):
        yield from ()
        limits.append(timeout_s)
        self.worked_s = 0.75
        return "died" if len(limits) == 1 else "wrong"

    pool_of_two = scripted()
    monkeypatch.setattr(nursery.Grader, "ask", ask)
    assert grading.drive(pool_of_two.talk(b"pair", 1.0)) == "wrong"
    assert limits == [1.0, 0.25]
