"""What made-up results say, and that the report says it."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from gem.errors import CheckpointError, ConfigError
from gem.eval.stats import Interval
from gem.train.benchmark.analysis import START, Analysis, Row
from gem.train.benchmark.plan import Run, Start
from gem.train.benchmark.report import method, write_report
from gem.train.benchmark.results import Results
from gem.train.benchmark.runner import Runner, chosen_lr
from tests.train.benchmark.made_up import (
    FIRST,
    MULTI,
    ORACLE,
    PLAN,
    RANDOM,
    SINGLE,
    fill,
    point,
    run_result,
    start_result,
)  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return fill(PLAN, tmp_path_factory.mktemp("results"))


def test_the_sweep_chooses_the_rate_that_ends_best(results):
    assert all(chosen_lr(PLAN, results, env, algo) == 3e-3 for env, algo in PLAN.pairs())


def test_no_rate_is_chosen_while_the_sweep_lacks_a_run(results):
    partial = Results(results.folder)
    del partial.done[PLAN.sweep(SINGLE.env, "ppo")[-1]]
    assert chosen_lr(PLAN, partial, SINGLE.env, "ppo") is None
    assert chosen_lr(PLAN, partial, MULTI.env, "ppo") == 3e-3


def test_of_equally_good_rates_the_lowest_is_chosen(tmp_path):
    results = Results(tmp_path)
    for run in PLAN.sweep(SINGLE.env, "ppo"):
        results.add(run_result(PLAN, run, end=0.5))
    assert chosen_lr(PLAN, results, SINGLE.env, "ppo") == 1e-3


def test_seeds_of_the_reported_runs_have_no_say_in_the_choice(results):
    other = Results(results.folder)
    for algo in PLAN.algorithms:
        for run in PLAN.final(SINGLE.env, algo, 1e-2):
            other.done[run] = run_result(PLAN, run, end=1.0)
    assert chosen_lr(PLAN, other, SINGLE.env, "ppo") == 3e-3


def test_a_row_holds_the_means_of_its_seeds(results):
    table = Analysis(PLAN, results).env_tables()[0]
    rows = {row.algo: row for row in table.rows}
    assert rows["ppo"].success.estimate == pytest.approx(0.7)
    assert rows["ppo"].success.low < 0.7 < rows["ppo"].success.high
    assert rows["ppo"].area.estimate == pytest.approx((FIRST + 0.7) / 2)
    assert rows["ppo"].mean_return == pytest.approx(1.4)
    assert (rows["ppo"].lr, rows["ppo"].at_edge) == (3e-3, False)
    assert (table.random, table.start, table.oracle) == pytest.approx((RANDOM, FIRST, ORACLE))
    assert table.curves["ppo"].shape == (5, 3)


def test_differences_are_taken_in_pairs_of_seeds(results):
    """The seeds differ by 0.02 and the algorithms by 0.2 in each: in pairs there is no doubt at all."""
    rows = {row.algo: row for row in Analysis(PLAN, results).env_tables()[0].rows}
    difference = rows["ppo"].difference
    assert [difference.estimate, difference.low, difference.high] == pytest.approx([0.2, 0.2, 0.2])
    assert rows["ppo"].word == "better"
    assert rows["grpo"].word == "not separable"
    assert rows["reinforce"].difference is None
    assert rows["reinforce"].word == ""


@pytest.mark.parametrize(
    ("bounds", "word"),
    [
        ((0.1, 0.2), "better"),
        ((-0.2, -0.1), "worse"),
        ((-0.1, 0.2), "not separable"),
        ((math.nan, math.nan), "too few seeds"),
    ],
)
def test_words_follow_the_interval(bounds, word):
    nothing = Interval(0, 0, 0)
    assert Row("ppo", nothing, nothing, Interval(0, *bounds)).word == word


def test_aggregates_are_scaled_from_random_play_to_the_solver(results):
    for table, env in zip(Analysis(PLAN, results).kind_tables(), (SINGLE.env, MULTI.env), strict=True):
        assert table.envs == [env]
        rows = {row.algo: row for row in table.rows}
        span = ORACLE - RANDOM
        assert rows[START].success.estimate == pytest.approx((FIRST - RANDOM) / span)
        assert rows["ppo"].success.estimate == pytest.approx((0.7 - RANDOM) / span)
        assert rows["ppo"].difference.estimate == pytest.approx(0.2 / span)
        expected = [(height - RANDOM) / span for height in (FIRST, (FIRST + 0.7) / 2, 0.7)]
        np.testing.assert_allclose(table.curves["ppo"], expected)


def test_an_env_that_lacks_runs_is_left_out_and_named(tmp_path):
    analysis = Analysis(PLAN, fill(PLAN, tmp_path, only=[MULTI.env]))
    assert [task.env for task in analysis.tasks] == [MULTI.env]
    assert analysis.missing == [SINGLE.env]
    assert [table.title for table in analysis.kind_tables()] == ["multi-turn"]


def test_an_env_without_a_scale_is_named(results):
    flat = Results(results.folder)
    for seed in PLAN.seeds:
        start = start_result(PLAN, Start(SINGLE.env, seed))
        flat.done[start.key] = replace(start, references={"random": point(0, 1.0), "oracle": point(0, 1.0)})
    with pytest.raises(ConfigError, match="no scale"):
        Analysis(PLAN, flat).kind_tables()


def test_methods_are_described_by_what_they_take():
    assert method("ppo") == {
        "algo": "ppo", "gamma": "turns", "lam": True, "groups": False, "states": False, "critic": True,
    }  # fmt: skip
    assert method("gagpo") == {
        "algo": "gagpo", "gamma": "turns", "lam": True, "groups": True, "states": True, "critic": False,
    }  # fmt: skip
    assert [method(algo)["gamma"] for algo in ("reinforce", "rebn", "gigpo")] == ["turns"] * 3
    assert [method(algo)["gamma"] for algo in ("grpo", "rloo")] == ["whole episodes"] * 2


@pytest.mark.slow
def test_the_report_contains_the_numbers_and_needs_no_other_file(results):
    paths = write_report(PLAN, results, results.folder)
    markdown, page = (path.read_text() for path in paths)
    for text in (markdown, page):
        for number in ("0.700", "0.500", "+0.200", "+0.250", "0.003", "not separable", "better", "whole episodes"):
            assert number in text, number
        assert "2 of 4 comparisons" in re.sub(r"\s+", " ", text)
        assert "Not complete" not in text
    assert page.count("data:image/png;base64,") == 4
    assert "http" not in page
    for name in re.findall(r"\]\((.*\.png)\)", markdown):
        assert (results.folder / name).stat().st_size > 5000
    assert all(line.count("|") in (0, 6, 7, 9) for line in markdown.splitlines())


@pytest.mark.slow
def test_a_report_of_half_the_envs_says_what_is_missing(tmp_path):
    results = fill(PLAN, tmp_path, only=[MULTI.env])
    assert all("Not complete" in path.read_text() for path in write_report(PLAN, results, tmp_path))


def test_there_is_no_report_of_nothing(tmp_path):
    with pytest.raises(ConfigError, match="run the benchmark first"):
        write_report(PLAN, Results(tmp_path), tmp_path)


def test_what_is_done_is_not_done_again(results):
    runner = Runner(PLAN, results.folder)
    assert len(runner.finished()) == PLAN.size()
    assert runner._ready() == []


def test_what_is_missing_waits_for_what_it_needs(tmp_path):
    (tmp_path / "starts").mkdir()
    small = replace(PLAN, tasks=(SINGLE,), algorithms=("reinforce",))
    runner = Runner(small, tmp_path)
    assert {job.key for job in runner._ready()} == set(small.starts()) - {
        Start(SINGLE.env, seed)
        for seed in small.seeds  # only the sweep is known yet
    }
    for start in small.starts():
        runner.results.add(start_result(small, start))
        path = tmp_path / "starts" / f"rg-gcd-{start.seed}.pt"
        path.write_bytes(b"")
    sweep = small.sweep(SINGLE.env, "reinforce")
    assert [job.key for job in runner._ready()] == sweep
    for run in sweep:
        runner.results.add(run_result(small, run))
    assert [job.key for job in runner._ready()] == small.final(SINGLE.env, "reinforce", 3e-3)
    assert runner._ready() == []


def test_a_start_whose_policy_is_gone_is_made_again(results, tmp_path):
    partial = Results(results.folder)
    run = Run(SINGLE.env, "ppo", 3e-3, 0)
    del partial.done[run]
    runner = Runner(PLAN, results.folder)
    runner.results = partial
    assert [job.key for job in runner._ready()] == [Start(SINGLE.env, 0)]


def test_a_folder_of_another_plan_is_refused(results):
    with pytest.raises(ConfigError, match="another plan: iterations of rg:gcd was 100 and is 101"):
        Runner(replace(PLAN, tasks=(replace(SINGLE, turns=101), MULTI)), results.folder)


def test_a_file_that_holds_something_else_is_named(tmp_path):
    (tmp_path / "results.jsonl").write_text("hello\n")
    with pytest.raises(CheckpointError, match="line 1"):
        Runner(PLAN, tmp_path)
