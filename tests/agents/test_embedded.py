"""Embedded models: what is kept in their files, and what is refused."""

import json

import numpy as np
import pytest
import torch

import gem.agents.tiny.embedded as store
from gem.agents import RandomAgent
from gem.agents.tiny import ModelConfig, TinyAgent, TinyDecoder
from gem.agents.tiny.embedded import MOST_BYTES, embedded, embedded_ids, load, quantised, save
from gem.agents.tiny.tokenizer import TinyTokenizer
from gem.errors import CheckpointError, ConfigError, StorageError
from gem.registry import make, spec
from gem.rollout import Collector

ID = "game:GuessTheNumber-v1-easy"


@pytest.fixture(scope="module")
def agent():
    torch.set_num_threads(1)
    tokenizer = TinyTokenizer.train(["the number is higher than \\boxed{3}", "lower"], 300)
    model = TinyDecoder(ModelConfig(tokenizer.vocab_size, width=32, layers=1, heads=2, context=64), seed=3)
    return TinyAgent(model, tokenizer, max_new_tokens=5, temperature=0.7)


def test_a_file_keeps_shape_tokenizer_and_manner_of_sampling(agent, tmp_path):
    save(agent, tmp_path / "one.npz")
    assert load(tmp_path / "one.npz").settings() == agent.settings()
    assert [path.name for path in tmp_path.iterdir()] == ["one.npz"]


def test_weights_come_back_within_half_a_step_of_their_row(agent, tmp_path):
    save(agent, tmp_path / "one.npz")
    back = load(tmp_path / "one.npz").weights()
    assert back.keys() == agent.weights().keys()
    for name, weight in agent.weights().items():
        step = weight.abs().amax(dim=-1, keepdim=True) / 127 if weight.ndim == 2 else weight.abs() * 2**-10
        assert ((back[name] - weight).abs() <= 0.56 * step + 1e-9).all(), name  # a float16 scale adds 127 / 2048


def test_a_rounded_model_expects_the_same_next_tokens(agent, tmp_path):
    save(agent, tmp_path / "one.npz")
    rounded, ids = load(tmp_path / "one.npz"), torch.arange(40)[None]
    with torch.no_grad():
        before, after = (
            each.logits(each.hidden(ids, torch.tensor([40]))[0]).log_softmax(-1) for each in (agent, rounded)
        )
    divergence = (before.exp() * (before - after)).sum(-1)
    assert divergence.max() < 1e-3
    assert divergence.max() > 0  # they were rounded


def test_the_same_agent_gives_the_same_bytes(agent, tmp_path):
    save(agent, tmp_path / "one.npz")
    save(agent, tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


@pytest.mark.parametrize(
    ("row", "whole", "scale"),
    [
        ([0.0, 0.0], [0, 0], 0.0),
        ([254.0, -127.0], [127, -64], 2.0),  # halves go to the even number: -63.5 to -64
        ([1.27, 0.01], [127, 1], 0.01),
    ],
)
def test_rounding_by_hand(row, whole, scale):
    numbers, scales = quantised(np.array([row], np.float32))
    assert numbers.tolist() == [whole]
    assert scales == pytest.approx([scale], rel=1e-3)


def test_a_row_of_tiny_weights_becomes_zeros_instead_of_infinities():
    numbers, scales = quantised(np.array([[1e-9, -1e-9]], np.float32))
    assert numbers.tolist() == [[0, 0]]
    assert scales.tolist() == [0]


def test_a_broken_file_is_refused(agent, tmp_path):
    path = tmp_path / "one.npz"
    save(agent, path)
    whole = path.read_bytes()
    for broken in (b"", b"no archive", whole[: len(whole) // 2]):
        path.write_bytes(broken)
        with pytest.raises(CheckpointError, match=r"one\.npz is not a whole embedded model"):
            load(path)


def test_a_file_without_some_weights_is_refused(agent, tmp_path):
    path = tmp_path / "one.npz"
    np.savez(path, settings=np.frombuffer(json.dumps(agent.settings()).encode(), np.uint8))
    with pytest.raises(CheckpointError, match="another model"):
        load(path)


def test_a_file_with_pickled_objects_is_refused(agent, tmp_path):
    path = tmp_path / "one.npz"
    np.savez(path, settings=np.array([{"kind": "tiny"}], dtype=object))
    with pytest.raises(CheckpointError, match="not a whole embedded model"):
        load(path)


def test_a_folder_that_cannot_be_written_is_said(agent, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="could not be written"):
        save(agent, tmp_path / "file" / "one.npz")


def test_an_id_without_a_model_is_told_which_there_are(agent, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    with pytest.raises(ConfigError, match="There are: none"):
        embedded("game:Sudoku-v1-easy")
    save(agent, store.file_of("game:Sudoku-v1-easy"))
    assert embedded_ids() == ["game:Sudoku-v1-easy"]
    assert embedded("game:Sudoku-v1-easy").context == 64
    with pytest.raises(ConfigError, match=r"no tiny model is embedded for 'game:Sudoko-v1-easy'.*game:Sudoku-v1-easy"):
        embedded("game:Sudoko-v1-easy")


def test_what_the_package_carries_is_small_and_named_after_ids():
    assert ID in embedded_ids()
    for env_id in embedded_ids():
        assert spec(env_id).id == env_id
    assert sum(path.stat().st_size for path in store.FOLDER.iterdir()) <= MOST_BYTES


@pytest.mark.slow
def test_an_embedded_model_plays_better_than_random_moves_and_can_be_read():
    def success(player):
        episodes = Collector(lambda: make(ID), player, slots=50, seed=1).episodes(400)
        assert sum(episode.turns[-1].reward < 0 for episode in episodes) <= 20
        return sum(episode.success for episode in episodes) / 400

    assert success(embedded(ID)) > success(RandomAgent()) + 0.03
