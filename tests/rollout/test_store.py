"""The episode file survives full disks and killed processes."""

import resource

import pytest

from gem.agents import SolverAgent
from gem.errors import StorageError
from gem.registry import make
from gem.rollout import Collector, Episode, EpisodeStore, Turn


@pytest.fixture
def episodes():
    return Collector(lambda: make("game:GuessTheNumber-v1-easy"), SolverAgent(), slots=2, seed=0).episodes(5)


def test_episodes_come_back_as_they_were(tmp_path, episodes):
    store = EpisodeStore(tmp_path / "new" / "episodes.jsonl")
    store.append(episodes[:2])
    store.append(episodes[2:])
    assert list(store) == episodes


def test_any_text_comes_back(tmp_path):
    episode = Episode("id", -(2**70), [Turn("\x00\ud800 ☃", '"\n', 0.5, [1], [2], [-0.25], "length")])
    store = EpisodeStore(tmp_path / "episodes.jsonl")
    store.append([episode])
    assert list(store) == [episode]


def test_a_line_torn_by_a_killed_process_is_passed_over_and_then_cut_off(tmp_path, episodes):
    store = EpisodeStore(tmp_path / "episodes.jsonl")
    store.append(episodes[:3])
    with store.path.open("ab") as file:
        file.write(b'{"env_id": "game:Gue')
    assert list(store) == episodes[:3]
    store.append(episodes[3:])
    assert list(store) == episodes


def test_a_full_disk_raises_and_loses_no_finished_episode(tmp_path, episodes):
    store = EpisodeStore(tmp_path / "episodes.jsonl")
    store.append(episodes[:3])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (store.path.stat().st_size + 100, before[1]))
    try:
        with pytest.raises(StorageError, match="before are whole"):
            store.append(episodes[3:])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(store) == episodes[:3]
    store.append(episodes[3:])
    assert list(store) == episodes
