"""`gem-gym bench tools`: the table of what players of the toy tasks earn, and its verdict."""

import pytest

import gem
from gem.cli import bench_tools, main
from gem.cli.bench_tools import HINT, Played, Row
from gem.envs.tool_task_ids import TASKS
from gem.envs.tool_tasks import HintEnv


def test_every_player_of_every_task_is_shown_with_its_promise(capsys):
    assert main(["bench", "tools", "--episodes", "60"]) == 0
    said = capsys.readouterr().out
    for env_id in TASKS:
        players = [strategy.name for strategy in gem.make(env_id).strategies()]
        for player in ("random", *players):
            assert any(line.startswith(env_id) and player in line for line in said.splitlines())
    assert "every promise holds" in said


def test_the_same_seed_gives_the_same_table(capsys):
    tables = []
    for seed in ("3", "3", "4"):
        assert main(["bench", "tools", "--episodes", "20", "--seed", seed]) == 0
        tables.append(capsys.readouterr().out)
    assert tables[0] == tables[1] != tables[2]


def test_a_broken_promise_is_named_and_the_answer_is_no(capsys, monkeypatch):
    promised = HintEnv.strategies

    def untrue(self):
        return tuple(strategy._replace(success=0.6, turns=7) for strategy in promised(self))

    monkeypatch.setattr(HintEnv, "strategies", untrue)
    assert main(["bench", "tools", "--episodes", "100"]) == 1
    said = capsys.readouterr().out
    assert "BROKEN: success, return, turns" in said
    assert "6 promises BROKEN" in said


@pytest.mark.parametrize(
    ("played", "broken"),
    [
        (Played(0.9, [1.0] * 90 + [0.0] * 10, 2.0), []),
        (Played(0.5, [1.0] * 50 + [0.0] * 50, 2.0), ["success"]),
        (Played(0.9, [1.0] * 90 + [0.0] * 10, 2.01), ["turns"]),
        (Played(0.9, [0.5] * 90 + [0.0] * 10, 2.0), ["return"]),
    ],
)
def test_a_promise_is_broken_by_what_chance_would_not_do(played, broken):
    assert Row(HINT, "expert", played, HintEnv().strategies()[-1]).broken == broken


def test_random_moves_promise_nothing():
    assert Row(HINT, "random", Played(0.0, [0.0, 0.0], 1.0), None).broken == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--episodes", "1"], "at least 2"),
        (["more"], "takes no 'more'"),
        (["--train", "game:Sudoku-v0"], "--train takes one of tool:Hint-v1"),
    ],
)
def test_mistakes_are_one_line(words, said, capsys):
    assert main(["bench", "tools", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_the_tiny_model_is_trained_and_its_curve_shown(capsys, monkeypatch):
    pytest.importorskip("torch")
    small = {"warm_episodes": 60, "width": 32, "layers": 1, "heads": 2, "vocab_size": 400, "eval_episodes": 40}
    monkeypatch.setattr(bench_tools, "TRAINING", {**small, "episodes": 8})
    assert main(["bench", "tools", "--train", "--iterations", "2"]) == 0
    said = capsys.readouterr().out
    assert "success: random" in said
    assert "oracle" in said
