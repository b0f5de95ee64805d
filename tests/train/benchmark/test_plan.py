"""What is run: complete, in pairs, equal for all."""

from dataclasses import asdict, replace

import pytest

from gem.errors import ConfigError
from gem.registry import make
from gem.train.benchmark.plan import BASELINE, COMPARED, Plan, Run, Start
from gem.train.benchmark.tasks import TASKS, full_plan, narrowed, quick_plan
from tests.train.benchmark.made_up import MULTI, PLAN, SINGLE


def test_every_algorithm_gets_the_same_sweep_and_the_same_seeds_on_every_env():
    for env, algo in PLAN.pairs():
        sweep = PLAN.sweep(env, algo)
        assert {(run.lr, run.seed) for run in sweep} == {(lr, seed) for lr in PLAN.lrs for seed in PLAN.sweep_seeds}
        assert len(sweep) == len(PLAN.lrs) * len(PLAN.sweep_seeds)
        assert [run.seed for run in PLAN.final(env, algo, 1e-3)] == list(PLAN.seeds)
    assert len(PLAN.pairs()) == len(set(PLAN.pairs())) == 6


def test_every_run_has_a_start_that_all_algorithms_share():
    starts = PLAN.starts()
    assert len(starts) == len(set(starts)) == 14
    for env, algo in PLAN.pairs():
        for run in (*PLAN.sweep(env, algo), *PLAN.final(env, algo, 1e-3)):
            assert Start(run.env, run.seed) in starts


def test_the_size_of_a_plan_counts_everything():
    assert PLAN.size() == 14 + 6 * (3 * 2 + 5)


def test_runs_of_one_seed_differ_in_the_algorithm_alone():
    for task in PLAN.tasks:
        configs = [asdict(PLAN.config(Run(task.env, algo, 1e-3, 0))) for algo in PLAN.algorithms]
        for config in configs[1:]:
            assert {name for name in config if config[name] != configs[0][name]} == {"algo"}


def test_the_learning_rate_does_not_depend_on_how_many_iterations_an_algorithm_makes():
    assert all(PLAN.config(run).lr_decay == 0 for run in PLAN.sweep(SINGLE.env, "ppo"))


def test_turns_end_a_run_and_never_its_iterations():
    config = PLAN.config(Run(MULTI.env, "grpo", 1e-3, 0))
    assert config.iterations >= MULTI.turns


def test_a_start_knows_nothing_of_algorithms_rates_and_budgets():
    start = Start(MULTI.env, 0)
    longer = replace(PLAN, tasks=(SINGLE, replace(MULTI, turns=999)), lrs=(1.0,), algorithms=("gigpo",))
    assert PLAN.start_config(start) == longer.start_config(start)


def test_final_runs_are_evaluated_along_the_way_and_sweeps_at_their_end():
    assert PLAN.marks(MULTI.env, "final") == [100, 200]
    assert PLAN.marks(MULTI.env, "sweep") == [200]
    assert PLAN.purpose(Run(MULTI.env, "ppo", 1e-3, 10)) == "sweep"
    assert PLAN.purpose(Run(MULTI.env, "ppo", 1e-3, 0)) == "final"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"algorithms": ("reinforce", "grop")}, "no algorithm 'grop'"),
        ({"algorithms": ()}, "algorithms"),
        ({"seeds": (1, 1)}, "different"),
        ({"tasks": (SINGLE, SINGLE)}, "different"),
        ({"seeds": (0, 10)}, "says nothing"),
        ({"points": 0}, "at least one evaluation"),
        ({"tasks": (replace(SINGLE, turns=1),)}, "a turn for each"),
    ],
)
def test_a_plan_that_would_not_be_fair_is_refused(changes, message):
    with pytest.raises(ConfigError, match=message):
        replace(PLAN, **changes)


def test_a_plan_is_read_as_it_was_written(tmp_path):
    PLAN.save(tmp_path / "plan.json")
    assert Plan.load(tmp_path / "plan.json") == PLAN


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"tasks": [{"env": 1}]}'])
def test_what_is_no_plan_is_named(tmp_path, text):
    (tmp_path / "plan.json").write_text(text)
    with pytest.raises(ConfigError, match="no plan"):
        Plan.load(tmp_path / "plan.json")
    with pytest.raises(ConfigError, match="no plan"):
        Plan.load(tmp_path / "nothing.json")


def test_the_full_plan_is_what_was_promised():
    plan = full_plan()
    assert set(plan.algorithms) == set(COMPARED)
    assert sum(not task.multi_turn for task in plan.tasks) >= 3
    assert sum(task.multi_turn for task in plan.tasks) >= 5
    assert any(task.env.startswith("tool:") for task in plan.tasks)
    assert len(plan.seeds) >= 5
    assert BASELINE in plan.algorithms


@pytest.mark.slow
def test_every_env_of_the_full_plan_can_be_made_and_trained_on():
    plan = full_plan()
    for task in TASKS:
        with make(task.env) as env:
            assert hasattr(env, "solve")
        for algo in plan.algorithms:
            assert plan.config(Run(task.env, algo, 1e-3, 0)).gamma == task.gamma


def test_words_choose_envs_and_algorithms():
    plan = full_plan()
    assert [task.env for task in narrowed(plan, ["GCD"]).tasks] == ["rg:gcd"]
    assert narrowed(plan, ["GCD"]).algorithms == plan.algorithms
    assert narrowed(plan, ["grpo", "rebn"]).algorithms == ("rebn", "grpo")
    assert narrowed(plan, ["grpo"]).tasks == plan.tasks
    assert narrowed(quick_plan(), []) == quick_plan()
    with pytest.raises(ConfigError, match="'sokobam'"):
        narrowed(plan, ["sokobam"])
