"""Real runs of a small plan: equal turns, equal starts, the same again after an interruption."""

from dataclasses import replace

import pytest

from gem.errors import TrainingDiverged
from gem.train.benchmark.one_run import checkpoint_of, make_start, train
from gem.train.benchmark.plan import Plan, Run, Start, Task
from gem.train.benchmark.report import write_report
from gem.train.benchmark.results import Results
from gem.train.benchmark.runner import Runner
from gem.train.learner import Learner
from gem.train.watch import Watcher

pytestmark = pytest.mark.slow
ENV = "game:GuessTheNumber-v1-easy"
TINY = {
    "width": 16, "layers": 1, "heads": 2, "context": 192, "vocab_size": 400, "warm_episodes": 100, "warm_epochs": 2,
    "episodes": 8, "warm_batch": 4,
}  # fmt: skip
PLAN = Plan(
    (Task(ENV, True, "short", 60, 0.9, TINY),),
    algorithms=("reinforce", "ppo", "gagpo"),
    lrs=(1e-3,),
    sweep_seeds=(9,),
    seeds=(0, 1),
    points=2,
    eval_episodes=10,
)
START = Start(ENV, 0)


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmark")
    return folder, make_start(START, PLAN.start_config(START), folder)


def test_a_start_is_measured_beside_random_play_and_the_solver(begun):
    folder, start = begun
    assert checkpoint_of(folder, START).exists()
    assert start.references["oracle"].success == 1
    assert start.references["random"].success < 1
    assert start.points[0].turns == 0


@pytest.mark.parametrize("algo", ["reinforce", "ppo", "gagpo"])
def test_every_algorithm_spends_the_same_turns_from_the_same_start(begun, algo):
    folder, start = begun
    run = Run(ENV, algo, 1e-3, 0)
    config = PLAN.config(run)
    marks = PLAN.marks(ENV, "final")
    result = train(run, config, marks, folder, start.points[0])
    most = config.episodes * 10  # of one iteration: the env ends episodes after less than ten turns
    assert 60 <= result.turns < 60 + most
    assert result.points[0] == start.points[0]
    assert [point.turns for point in result.points] == sorted({point.turns for point in result.points})
    assert result.points[-1].turns == result.turns
    assert result.iterations >= 1
    assert result.config["lr_decay"] == 0
    again = train(run, config, marks, folder, start.points[0])
    assert again.points == result.points


def test_a_run_that_diverges_ends_level_and_says_why(begun, monkeypatch):
    def updates(self, collector, first):
        raise TrainingDiverged("the loss is nan")
        yield

    monkeypatch.setattr(Learner, "updates", updates)
    folder, start = begun
    run = Run(ENV, "reinforce", 1e-3, 0)
    result = train(run, PLAN.config(run), PLAN.marks(ENV, "final"), folder, start.points[0])
    assert result.diverged == "the loss is nan"
    assert result.points[-1] == replace(start.points[0], turns=60)


def test_a_benchmark_goes_on_where_it_was_cut_off_and_ends_the_same(tmp_path):
    plan = replace(PLAN, algorithms=("reinforce", "grpo"))
    whole = Runner(plan, tmp_path)
    whole.run(1, Watcher())
    assert not whole.failed
    assert len(whole.finished()) == plan.size() == 9
    lines = (tmp_path / "results.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "results.jsonl").write_text("".join(lines[:5]) + lines[5][:100])
    rest = Runner(plan, tmp_path)
    assert len(rest.finished()) == 5
    rest.run(1, Watcher())
    again = Results(tmp_path).done
    assert {key: result.points for key, result in again.items()} == {
        key: result.points for key, result in whole.results.done.items()
    }
    assert all(path.stat().st_size > 1000 for path in write_report(plan, rest.results, tmp_path))
