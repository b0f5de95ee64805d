"""A model of transformers goes through the same run: imitation, RL, checkpoint, resumption."""

import json
from dataclasses import replace

import pytest
import torch

from gem.agents.hf import random_model
from gem.errors import ConfigError
from gem.train.beginning import begin
from gem.train.checkpoint import Checkpoint
from gem.train.config import TrainConfig
from gem.train.session import train
from gem.train.watch import Watcher
from tests.agents.hf.templates import CHATML, tokenizer_with
from tests.train.small_agents import ID

HF = TrainConfig(
    ID, iterations=2, episodes=4, max_new_tokens=4, warm_episodes=6, warm_epochs=1, warm_batch=3, context=400,
    eval_episodes=4, microbatch=2, checkpoint_every=1, chat_template="plain", max_turns=2, eval_every=2, clip=0.2,
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A saved model, as `from_pretrained` reads it."""
    torch.set_num_threads(1)
    where = tmp_path_factory.mktemp("model")
    words = tokenizer_with(CHATML)
    random_model(words, "qwen2", parameters=200_000, context=512).save_pretrained(where)
    words.save_pretrained(where)
    return where


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings", [{"algo": "rebn"}, {"algo": "ppo", "lora_rank": 2}, {"algo": "grpo", "group_size": 2, "kl": 0.1}]
)
def test_a_model_by_its_path_is_trained_like_the_embedded_one(folder, tmp_path, settings):
    config = replace(HF, policy=f"hf:{folder}", **settings)
    assert train(config, tmp_path / "run")
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["rows"].keys() == {"random", "before", "after", "oracle"}
    first = begin(replace(config, warm_episodes=0), Watcher()).policy.weights()
    trained = Checkpoint.load(tmp_path / "run" / "checkpoint.pt")
    assert any(not torch.equal(weight, first[name]) for name, weight in trained.weights.items())
    again = trained.agent()
    assert all(torch.equal(weight, trained.weights[name]) for name, weight in again.weights().items())
    if "lora_rank" in settings:
        assert all("lora" in name for name in trained.weights)
    assert train(replace(config, iterations=3), tmp_path / "run", resume=True)


def test_a_chat_template_that_cannot_be_read_is_named(folder):
    with pytest.raises(ConfigError, match=r"/nowhere\.jinja cannot be read"):
        begin(replace(HF, policy=f"hf:{folder}", chat_template="/nowhere.jinja", warm_episodes=0), Watcher())
