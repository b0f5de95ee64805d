"""An env that asks the rows of a data set: what gem.data promises to envs, seen from one."""

from dataclasses import dataclass, replace

import pytest

from gem import Env, data
from gem.core import termination
from gem.data import files
from gem.snapshot import Snapshot


@dataclass
class State:
    cursor: data.Cursor
    idx: int


class Quiz(Env):
    def __init__(self, dataset, split=None, seed=0, eval=False):
        self.dataset = data.rows_of(dataset, split)
        self.start = data.Cursor(len(self.dataset), seed, shuffle=not eval)

    def reset(self, seed=None, **options):
        if seed is not None:
            self.state = State(replace(self.start, seed=seed), 0)
        return super().reset(seed, **options)

    def _reset(self, idx=None):
        cursor = self.state.cursor if "state" in vars(self) else self.start
        if idx is None:
            idx, cursor = cursor.index, cursor.next()
        self.state = State(cursor, idx)
        (question,) = self.dataset.read(idx, "q")
        return question, {"idx": idx, "epoch": cursor.epoch}

    def _step(self, action):
        return termination("", float(action == self.dataset[self.state.idx]["q"]))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text("".join(f'{{"q": "question {n}"}}\n' for n in range(7)))
    return path


def asked(env, count):
    return [env.reset()[0] for _ in range(count)]


def test_all_envs_of_a_process_share_the_rows(path):
    envs = [Quiz(path, seed=seed) for seed in range(256)]
    assert len({id(env.dataset.source) for env in envs}) == 1


def test_envs_made_one_by_one_do_not_read_the_rows_each_time(path, monkeypatch):
    begun = id(Quiz(path).dataset.source)
    monkeypatch.setitem(files.KINDS, ".jsonl", None)  # whoever opens the file anew fails
    assert all(id(Quiz(path).dataset.source) == begun for _ in range(5))


def test_an_epoch_asks_all(path):
    env = Quiz(path, seed=5)
    epochs = [asked(env, 7) for _ in range(2)]
    assert len(set(epochs[0])) == len(set(epochs[1])) == 7
    assert epochs[0] != epochs[1]


def test_a_seed_gives_the_same_questions_again(path):
    env, other = Quiz(path, seed=1), Quiz(path, seed=2)
    asked(env, 3)
    assert [env.reset(seed=9)[0], *asked(env, 9)] == [other.reset(seed=9)[0], *asked(other, 9)]


def test_an_evaluation_goes_in_order_and_an_index_moves_nothing(path):
    env = Quiz(path, eval=True)
    assert asked(env, 2) == ["question 0", "question 1"]
    assert env.reset(idx=5)[0] == "question 5"
    assert asked(env, 1) == ["question 2"]


def test_a_snapshot_holds_the_place_and_no_rows(path):
    env = Quiz(path, seed=3)
    asked(env, 4)
    text = env.snapshot().to_json()
    assert len(text) < 600
    later = asked(env, 10)
    env.restore(Snapshot.from_json(text))
    assert asked(env, 10) == later


def test_a_fork_goes_on_by_itself(path):
    env = Quiz(path, seed=3)
    asked(env, 2)
    twin = env.fork()
    assert asked(twin, 9) == asked(env, 9)
    assert twin.dataset is env.dataset


def test_a_spawned_env_has_its_own_order_of_the_same_rows(path):
    env = Quiz(path, seed=3)
    other = env.spawn(seed=4)
    assert other.dataset.source is env.dataset.source
    assert asked(other, 7) != asked(env, 7)
