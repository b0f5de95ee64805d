"""Processes that do one job after another."""

import os
import time

import pytest

from gem.train.benchmark.workers import Job, Workers

pytestmark = pytest.mark.slow  # each worker is a new interpreter


def twice(number):
    return 2 * number, os.getpid()


def fail():
    raise ValueError("no")


def die():
    os._exit(9)


def write_and_wait(note):
    note.touch()
    time.sleep(600)


def once(jobs):
    """Hands out all jobs the first time, and nothing after that."""
    left = [jobs]
    return lambda: left.pop() if left else []


def test_jobs_are_done_by_workers_that_stay():
    with Workers(2) as workers:
        outcomes = list(workers.run(once([Job(number, twice, (number,)) for number in range(6)])))
    assert {outcome.key: outcome.value[0] for outcome in outcomes} == {number: 2 * number for number in range(6)}
    assert len({outcome.value[1] for outcome in outcomes} | {os.getpid()}) <= 3
    assert all(outcome.error is None for outcome in outcomes)


def test_jobs_may_follow_from_what_is_done():
    handed = iter([[Job(1, twice, (1,))], [Job(2, twice, (2,))], []])
    with Workers(1) as workers:
        assert [outcome.key for outcome in workers.run(lambda: next(handed))] == [1, 2]


def test_a_job_that_fails_or_dies_takes_nothing_else_with_it():
    jobs = [Job("fails", fail, ()), Job("dies", die, ()), Job("works", twice, (4,))]
    with Workers(1) as workers:
        outcomes = {outcome.key: outcome for outcome in workers.run(once(jobs))}
    assert outcomes["fails"].error == "ValueError: no"
    assert "exit code 9" in outcomes["dies"].error
    assert outcomes["works"].value[0] == 8


def test_a_worker_that_died_between_two_jobs_is_replaced():
    with Workers(1) as workers:
        (first,) = workers.run(once([Job(1, twice, (1,))]))
        os.kill(first.value[1], 9)
        workers._idle[0][1].join()
        (second,) = workers.run(once([Job(2, twice, (2,))]))
    assert second.value[0] == 4
    assert second.value[1] != first.value[1]


def test_workers_are_gone_when_they_are_left_in_mid_job(tmp_path):
    note = tmp_path / "alive"
    with Workers(1) as workers:
        running = workers.run(once([Job("quick", twice, (1,)), Job("long", write_and_wait, (note,))]))
        quick = next(running)
        running.close()
        workers._begin(Job("long", write_and_wait, (note,)))
        while not note.exists():
            time.sleep(0.01)
    with pytest.raises(ProcessLookupError):
        os.kill(quick.value[1], 0)
