"""Checkpoints on a disk that is full, or was."""

import resource

import pytest
import torch

from gem.agents.tiny import ModelConfig, TinyAgent, TinyDecoder
from gem.agents.tiny.tokenizer import TinyTokenizer
from gem.errors import CheckpointError, StorageError
from gem.train.checkpoint import Checkpoint
from gem.train.metrics import MetricsLog, read_metrics


@pytest.fixture(scope="module")
def agent():
    tokenizer = TinyTokenizer.train(["some words, some more words"], 300)
    return TinyAgent(TinyDecoder(ModelConfig(tokenizer.vocab_size, width=16, layers=1, heads=2)), tokenizer)


@pytest.fixture
def disk_with_room():
    """A function that leaves files room for so many bytes; afterwards there is room again."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_an_agent_comes_back_as_it_was(agent, tmp_path):
    Checkpoint.of(agent, iteration=3, next_index=7).save(tmp_path / "checkpoint.pt")
    found = Checkpoint.load(tmp_path / "checkpoint.pt")
    assert (found.iteration, found.next_index) == (3, 7)
    again = found.agent()
    assert again.module.config == agent.module.config
    assert again.renderer.encode("more words") == agent.renderer.encode("more words")
    for name, weight in agent.module.state_dict().items():
        assert torch.equal(weight, again.module.state_dict()[name])


def test_a_full_disk_leaves_the_old_checkpoint_whole(agent, tmp_path, disk_with_room):
    path = tmp_path / "checkpoint.pt"
    Checkpoint.of(agent, iteration=1).save(path)
    disk_with_room(path.stat().st_size // 2)
    with pytest.raises(StorageError, match=r"checkpoint\.pt"):
        Checkpoint.of(agent, iteration=2).save(path)
    assert Checkpoint.load(path).iteration == 1
    assert [file.name for file in tmp_path.iterdir()] == ["checkpoint.pt"]


def test_a_full_disk_leaves_the_metrics_before_whole(tmp_path, disk_with_room):
    log = MetricsLog(tmp_path)
    log.write({"iteration": 1, "success": 0.5})
    disk_with_room(log.path.stat().st_size + 5)
    with pytest.raises(StorageError, match=r"metrics\.jsonl"):
        log.write({"iteration": 2, "success": 0.5})
    assert read_metrics(log.path) == [{"iteration": 1, "success": 0.5}]


def test_a_full_disk_at_resumption_loses_no_metrics(tmp_path, disk_with_room):
    lines = [{"iteration": number, "success": 0.5} for number in range(1, 40)]
    log = MetricsLog(tmp_path)
    for line in lines:
        log.write(line)
    disk_with_room(100)
    with pytest.raises(StorageError, match=r"metrics\.jsonl"):
        MetricsLog(tmp_path, first=38)
    assert read_metrics(log.path) == lines


def test_a_checkpoint_of_another_version_is_refused(agent, tmp_path):
    checkpoint = Checkpoint.of(agent)
    checkpoint.version = 99
    checkpoint.save(tmp_path / "checkpoint.pt")
    with pytest.raises(CheckpointError, match="version 99"):
        Checkpoint.load(tmp_path / "checkpoint.pt")


def test_a_file_that_runs_code_when_unpickled_is_refused(tmp_path):
    class Evil:
        def __reduce__(self):
            return (exec, ("raise SystemExit('code ran')",))

    torch.save({"model": Evil()}, tmp_path / "checkpoint.pt")
    with pytest.raises(CheckpointError, match="not a whole checkpoint"):
        Checkpoint.load(tmp_path / "checkpoint.pt")
