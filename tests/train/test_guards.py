"""Runs that cannot go on say why, and leave a checkpoint that can."""

from dataclasses import replace

import pytest
import torch

from gem.agents.tiny import TinyAgent
from gem.errors import OutOfMemory
from gem.train.checkpoint import Checkpoint
from gem.train.guards import memory_guard
from gem.train.session import train
from tests.train.small_agents import SMALL


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB.\nmore"),
        MemoryError(),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"),
    ],
)
def test_exhausted_memory_is_named_with_what_to_do(error):
    with pytest.raises(OutOfMemory, match=r"memory is exhausted \(.+\); a smaller --microbatch"), memory_guard():
        raise error


def test_other_errors_pass():
    with pytest.raises(RuntimeError, match="shapes"), memory_guard():
        raise RuntimeError("shapes do not match")


def test_the_machines_own_refusal_is_recognised():
    with pytest.raises(OutOfMemory), memory_guard():
        torch.empty(1 << 60)


@pytest.mark.slow
def test_a_run_out_of_memory_goes_on_from_its_last_checkpoint(tmp_path, monkeypatch):
    config = replace(SMALL, checkpoint_every=1, microbatch=4)
    calls = []
    hidden = TinyAgent.hidden

    def greedy(self, ids_B_T, lengths_B):
        calls.append(1)
        if len(calls) > 8:
            raise torch.OutOfMemoryError("too much")
        return hidden(self, ids_B_T, lengths_B)

    monkeypatch.setattr(TinyAgent, "hidden", greedy)
    with pytest.raises(OutOfMemory):
        train(config, tmp_path)
    reached = Checkpoint.load(tmp_path / "checkpoint.pt").iteration
    assert 0 < reached < 4
    monkeypatch.setattr(TinyAgent, "hidden", hidden)
    assert train(config, tmp_path, resume=True)
