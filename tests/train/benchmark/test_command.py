"""`gem-gym bench algorithms`: what it is asked for, and what it answers."""

import argparse
from pathlib import Path

import pytest

from gem.cli import bench_algorithms
from gem.errors import ConfigError
from gem.train.benchmark import runner
from gem.train.benchmark.plan import COMPARED, Plan
from gem.train.benchmark.tasks import full_plan, quick_plan
from tests.train.benchmark.made_up import PLAN, fill


def parsed(*words):
    """The command's own options, and those that all of `bench` share."""
    parser = argparse.ArgumentParser()
    parser.add_argument("words", nargs="*")
    for name, kind in (("--out", Path), ("--jobs", int), ("--seeds", int)):
        parser.add_argument(name, type=kind)
    for name in ("--quick", "--report"):
        parser.add_argument(name, action="store_true")
    bench_algorithms.add_arguments(parser)
    return parser.parse_args(words)


def test_without_options_it_is_the_full_plan():
    assert bench_algorithms.plan_of(parsed()) == full_plan()
    assert bench_algorithms.plan_of(parsed("--quick")) == quick_plan()


def test_options_change_what_they_say():
    plan = bench_algorithms.plan_of(
        parsed("--only", "gcd", "--budget", "70", "--seeds", "6", "--lrs", "0.1,0.2", "--jobs", "2")
    )
    assert [(task.env, task.turns) for task in plan.tasks] == [("rg:gcd", 70)]
    assert (plan.seeds, plan.lrs, plan.algorithms) == ((0, 1, 2, 3, 4, 5), (0.1, 0.2), COMPARED)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "sokobam"], "'sokobam'"),
        (["--lrs", "much"], "numbers such as"),
        (["--jobs", "0"], "--jobs is at least 1"),
        (["--seeds", "0"], "--seeds is at least 1"),
        (["--budget", "-3"], "--budget is at least 1"),
        (["--budget", "3"], "a turn for each"),
        (["--seeds", "1001"], "says nothing"),
        (["--lrs", "0.1,0.1"], "different"),
    ],
)
def test_what_cannot_be_run_is_named(words, message):
    with pytest.raises(ConfigError, match=message):
        bench_algorithms.plan_of(parsed(*words))


def test_there_is_no_report_of_a_folder_without_a_plan(tmp_path):
    with pytest.raises(ConfigError, match="no plan of a benchmark"):
        bench_algorithms.run(parsed("--report", "--out", str(tmp_path)))


@pytest.mark.slow
def test_a_report_can_be_made_again_from_what_is_there(tmp_path, capsys):
    fill(PLAN, tmp_path)
    PLAN.save(tmp_path / "plan.json")
    assert bench_algorithms.run(parsed("--report", "--out", str(tmp_path))) == 0
    assert "report.html" in capsys.readouterr().out
    assert (tmp_path / "report.md").exists()


@pytest.mark.parametrize(
    ("ending", "code", "said"), [("failed", 1, "tries them again"), ("interrupted", 130, "Stopped; 0 of 22")]
)
def test_a_run_that_did_not_end_says_how_to_go_on(tmp_path, capsys, monkeypatch, ending, code, said):
    def run(self, jobs, watcher):
        assert jobs == 1
        if ending == "interrupted":
            raise KeyboardInterrupt
        self.failed[self.plan.starts()[0]] = "no memory"

    monkeypatch.setattr(runner.Runner, "run", run)
    assert bench_algorithms.run(parsed("--quick", "--out", str(tmp_path))) == code
    assert said in capsys.readouterr().out
    assert Plan.load(tmp_path / "plan.json") == quick_plan()
