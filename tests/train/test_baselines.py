"""The baselines: which there are, what their runs come to, and that no finished or begun run is lost."""

import argparse
import json
from dataclasses import replace
from math import sqrt

import pytest

import gem
from gem.agents.tiny.embedded import MOST_BYTES, embedded_ids
from gem.cli import bench_baselines
from gem.cli.bench_baselines import Job, missing, run_jobs
from gem.errors import ConfigError, StorageError
from gem.registry import spec
from gem.train import baselines
from gem.train.baseline_results import Result, add_result, read_results
from gem.train.baseline_table import gain_of, table
from gem.train.baselines import BASELINES, CATEGORIES, Baseline, chosen

TOY = Baseline(
    "QA", "tool:Delayed-v1",
    {"iterations": 3, "episodes": 8, "warm_episodes": 60, "warm_epochs": 1, "vocab_size": 300, "width": 16, "layers": 1,
     "heads": 2, "context": 320, "eval_episodes": 20, "checkpoint_every": 1},
)  # fmt: skip
GUESS = Baseline("Games", "game:GuessTheNumber-v1-easy", {})
UNKNOWN = Baseline("Games", "game:NeverMeasured-v1", {}, "a note")
RUN = Result(
    env=GUESS.env, category="Games", algo="rebn", seed=0, config={"lr": 1e-3}, episodes=500, start=0.4,
    start_interval=(0.36, 0.44), end=0.9, end_interval=(0.87, 0.92), start_return=0.4, start_return_interval=(0.3, 0.5),
    end_return=0.9, end_return_interval=(0.8, 1.0), end_turns=3.0, trained_turns=999, seconds=12.5,
    machine={"cores": 2}, commit="abc",
)  # fmt: skip


def cells(text, name):
    (line,) = [line for line in text.splitlines() if name in line]
    return [cell.strip() for cell in line.strip("|").split(" | ")]


def test_there_are_24_environments_in_five_categories_and_all_are_registered():
    ids = [row.env for row in BASELINES]
    assert len(set(ids)) == len(ids) >= 24
    assert {row.category for row in BASELINES} == set(CATEGORIES)
    assert [spec(env_id).id for env_id in ids] == ids
    assert all(gem.reference(env_id).expert is not None for env_id in ids)


@pytest.mark.parametrize("row", BASELINES, ids=lambda row: row.env)
def test_every_row_has_valid_settings_and_starts_from_its_embedded_model_if_there_is_one(row):
    config = row.config("reinforce", seed=2)
    assert (config.env, config.algo, config.seed) == (row.env, "reinforce", 2)
    assert config.policy == ("tiny:embedded" if row.env in embedded_ids() else "tiny")
    assert row.warm_start().policy == "tiny"
    assert row.config("rebn", 0, iterations=5).iterations == 5


def test_one_byte_for_each_weight_of_all_models_leaves_room_for_their_tokenizers():
    def weights(config):
        hidden = 8 * config.width // 3
        layer = 4 * config.width**2 + 3 * hidden * config.width
        return config.vocab_size * config.width + config.layers * layer

    assert sum(weights(row.warm_start()) + 12_000 for row in BASELINES) <= MOST_BYTES


def test_words_choose_by_id_and_category():
    assert [row.env for row in chosen(["math", "easy"])] == ["math:Procedural-v1-easy"]
    assert [row.env for row in chosen(["Code", "bf"])] == ["rg:bf"]
    assert chosen([]) == list(BASELINES)
    with pytest.raises(ConfigError, match="no baseline has 'nowhere'"):
        chosen(["nowhere"])


def test_the_gain_of_seeds_that_differ_has_students_interval():
    runs = [replace(RUN, seed=seed, start=0.4, end=end, episodes=10**6) for seed, end in enumerate((0.5, 0.6, 0.7))]
    mean, low, high = gain_of(runs)
    half = 4.303 * 0.1 / sqrt(3)
    assert (mean, low, high) == pytest.approx((0.2, 0.2 - half, 0.2 + half))
    assert gain_of(runs).verdict == "does not learn"


def test_seeds_that_agree_by_chance_keep_the_interval_of_their_evaluations():
    runs = [replace(RUN, seed=seed, start=0.0, end=0.02, episodes=50) for seed in range(3)]
    start, end = 1 / 52, 2 / 52  # a success and a failure more
    half = 1.96 * sqrt(3 * (start * (1 - start) + end * (1 - end)) / 52) / 3
    assert gain_of(runs) == pytest.approx((0.02, 0.02 - half, 0.02 + half))
    assert gain_of(runs).verdict == "does not learn"


@pytest.mark.parametrize(("end", "verdict"), [(0.9, "learns"), (0.1, "gets worse"), (0.41, "does not learn")])
def test_one_seed_is_judged_by_its_evaluations_alone(end, verdict):
    gain = gain_of([replace(RUN, end=end)])
    assert gain.verdict == verdict
    assert gain.high - gain.low > 0.05


def test_many_seeds_use_the_last_known_quantile():
    runs = [replace(RUN, seed=seed, start=0.0, end=0.1 * (seed % 2), episodes=10**6) for seed in range(12)]
    half = 2.262 * sqrt(12 * 0.05**2 / 11) / sqrt(12)
    assert gain_of(runs).high - gain_of(runs).mean == pytest.approx(half)


def test_the_table_says_start_end_spread_and_gain():
    runs = [replace(RUN, seed=seed, end=end, episodes=10**6) for seed, end in enumerate((0.8, 0.9, 1.0))]
    runs += [replace(RUN, algo="reinforce", seed=0, end=0.4)]
    text = table(runs, [GUESS])
    known = gem.reference(GUESS.env)
    name, random, reinforce, gain_reinforce, rebn, gain_rebn, expert, note = cells(text, "GuessTheNumber")
    assert text.startswith("| environment | random | REINFORCE | gain | ReBN | gain | expert | note |\n")
    assert (name, random, expert, note) == (
        "`game:GuessTheNumber-v1-easy`", f"{known.random.success:.3f}", f"{known.expert.success:.3f}", "",
    )  # fmt: skip
    assert reinforce == "0.400 → 0.400"
    assert gain_reinforce == "does not learn: +0.000 (-0.061 to +0.061)"
    assert rebn == "0.400 → 0.900 ± 0.100"
    assert gain_rebn == "learns: +0.500 (+0.252 to +0.748)"


def test_an_environment_without_runs_or_reference_stays_in_the_table():
    text = table([RUN], [GUESS, UNKNOWN])
    assert cells(text, "NeverMeasured") == ["`game:NeverMeasured-v1`", "–", "–", "–", "–", "a note"]


def test_a_category_is_the_mean_of_its_environments_and_counts_who_learns():
    other = "game:TicTacToe-v1-easy"
    runs = [RUN, replace(RUN, seed=1, end=1.0, episodes=10**6), replace(RUN, env=other, start=0.0, end=0.0)]
    rows = [GUESS, Baseline("Games", other, {}), UNKNOWN]
    name, random, rebn, learn, expert, note = cells(table(runs, rows), "**Games**")
    expected = (gem.reference(GUESS.env).random.success + gem.reference(other).random.success) / 2
    assert (name, random, expert, note) == ("**Games** (3)", f"{expected:.3f}", "1.000", "")
    assert rebn == "0.200 → 0.475"  # (0.4 + 0) / 2 → (0.95 + 0) / 2
    assert learn == "0 of 2 learn"  # two seeds 0.1 apart have an interval of 12.7 times their error


def test_a_table_of_nothing_still_names_every_environment():
    text = table([])
    assert all(f"`{row.env}`" in text for row in BASELINES)
    assert text.startswith("| environment | random | expert | note |")


def test_results_come_back_and_the_later_of_two_counts(tmp_path):
    path = tmp_path / "results.jsonl"
    assert read_results(path) == {}
    add_result(path, RUN)
    add_result(path, replace(RUN, seed=1))
    add_result(path, replace(RUN, end=0.5))
    assert read_results(path) == {RUN.key: replace(RUN, end=0.5), (GUESS.env, "rebn", 1): replace(RUN, seed=1)}


def test_a_torn_last_line_is_passed_over_and_not_built_upon(tmp_path):
    path = tmp_path / "results.jsonl"
    add_result(path, RUN)
    with path.open("a") as file:
        file.write('{"env": "game:')
    assert list(read_results(path)) == [RUN.key]
    add_result(path, replace(RUN, seed=1))
    assert len(read_results(path)) == 2


def test_results_that_cannot_be_written_are_said(tmp_path):
    with pytest.raises(StorageError, match=r"results\.jsonl"):
        add_result(tmp_path / "nowhere" / "results.jsonl", RUN)


def test_only_runs_without_a_result_of_the_same_settings_are_missing(tmp_path):
    jobs = list(missing([TOY, GUESS], ["reinforce", "rebn"], range(2), tmp_path))
    assert [(job.config.seed, job.config.env, job.config.algo) for job in jobs][:3] == [
        (0, TOY.env, "reinforce"), (0, TOY.env, "rebn"), (0, GUESS.env, "reinforce"),
    ]  # fmt: skip
    assert len({job.directory for job in jobs}) == len(jobs) == 8
    of_same = replace(RUN, env=TOY.env, config=json.loads(saved(jobs[1], tmp_path)))
    add_result(tmp_path / "results.jsonl", of_same)
    assert len(list(missing([TOY, GUESS], ["reinforce", "rebn"], range(2), tmp_path))) == 7
    assert len(list(missing([TOY, GUESS], ["reinforce", "rebn"], range(2), tmp_path, lr=0.5))) == 8


def saved(job, folder):
    job.config.save(folder / "one.json")
    return (folder / "one.json").read_text()


def test_a_begun_run_goes_on_unless_its_settings_have_changed(tmp_path):
    config = TOY.config("rebn", 0)
    job = Job(config, "QA", tmp_path / "run")
    assert job.words() == [
        "train",
        "--config",
        str(tmp_path / "run/job.json"),
        "--out",
        str(tmp_path / "run"),
        "--force",
    ]
    (tmp_path / "run/checkpoint.pt").write_text("")
    config.save(tmp_path / "run/config.json")
    assert job.words() == ["train", "--resume", str(tmp_path / "run")]
    assert Job(replace(config, lr=0.5), "QA", tmp_path / "run").words()[1] == "--config"


def arguments(*words):
    parser = argparse.ArgumentParser()
    parser.add_argument("words", nargs="*")
    parser.add_argument("--out")
    parser.add_argument("--jobs", type=int)
    bench_baselines.add_arguments(parser)
    return parser.parse_intermixed_args(words)


@pytest.mark.parametrize("words", [["--algos", "rebn,reebn"], ["--seeds", "0"], ["--jobs", "0"]])
def test_what_cannot_be_run_is_refused(words):
    with pytest.raises(ConfigError):
        bench_baselines.run(arguments(*words))


def test_a_report_runs_nothing_and_writes_the_table(tmp_path, capsys):
    args = arguments("Math", "gcd", "--report")
    args.out = tmp_path / "new"
    assert bench_baselines.run(args) == 0
    assert "`rg:gcd`" in capsys.readouterr().out
    assert (tmp_path / "new/report.md").read_text() == table([], chosen(["gcd"]))
    assert [path.name for path in args.out.iterdir()] == ["report.md"]


@pytest.mark.slow
def test_a_run_that_was_interrupted_ends_as_one_that_was_not(tmp_path, monkeypatch):
    """Both in processes of their own; the second is stopped once an iteration is behind it."""
    (whole,) = missing([TOY], ["rebn"], [0], tmp_path / "whole", iterations=40)
    assert run_jobs([whole], 2, tmp_path / "whole/results.jsonl") == 0
    (torn,) = missing([TOY], ["rebn"], [0], tmp_path / "torn", iterations=40)
    look = bench_baselines._ended

    def ended_or_interrupted(children):
        if (torn.directory / "metrics.jsonl").exists() and (torn.directory / "metrics.jsonl").read_text():
            raise KeyboardInterrupt
        return look(children)

    with monkeypatch.context() as patch:
        patch.setattr(bench_baselines, "_ended", ended_or_interrupted)
        with pytest.raises(KeyboardInterrupt):
            run_jobs([torn], 2, tmp_path / "torn/results.jsonl")
    assert torn.words()[1] == "--resume"
    assert not (torn.directory / "summary.json").exists()
    assert (
        run_jobs(
            list(missing([TOY], ["rebn"], [0], tmp_path / "torn", iterations=40)),
            2,
            torn.directory.parent / "results.jsonl",
        )
        == 0
    )
    (one,), (other,) = (
        read_results(path / "results.jsonl").values() for path in (tmp_path / "whole", tmp_path / "torn")
    )
    timeless = {"seconds": 0.0, "machine": {}}
    assert replace(one, **timeless) == replace(other, **timeless)
    assert one.trained_turns >= 40 * 8
    assert one.start_return_interval[0] <= one.start_return <= one.start_return_interval[1]
    assert not list(missing([TOY], ["rebn"], [0], tmp_path / "torn", iterations=40))


@pytest.mark.slow
def test_a_run_that_fails_is_said_and_the_others_are_in_the_table(tmp_path, monkeypatch, capsys):
    lost = Baseline("QA", "qa:Nowhere-v1", {})
    monkeypatch.setattr(baselines, "BASELINES", (lost, TOY))
    args = arguments("--algos", "rebn", "--seeds", "1", "--jobs", "1")
    args.out = tmp_path
    assert bench_baselines.run(args) == 1
    assert list(read_results(tmp_path / "results.jsonl")) == [(TOY.env, "rebn", 0)]
    assert "qa:Nowhere-v1" in (tmp_path / "qa-Nowhere-v1-rebn-0/log.txt").read_text()
    said = capsys.readouterr().out
    assert "2 runs to go" in said
    assert "qa:Nowhere-v1 rebn seed 0: FAILED" in said
    assert cells((tmp_path / "report.md").read_text(), "tool:Delayed-v1")[2].count("→") == 1
