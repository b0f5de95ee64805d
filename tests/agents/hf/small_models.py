"""Causal models of two layers with random weights, and agents around them."""

from dataclasses import asdict, replace

import peft  # noqa: F401 - takes a while: not in a test's time
import torch

from gem.agents.hf import HFAgent, LoraSettings, random_model
from gem.agents.hf.origin import Origin, with_adapters
from tests.agents.hf.templates import CHATML, tokenizer_with

TINY = 40_000
"""Parameters: width 32, two layers."""


def agent_of(architecture="qwen2", template=CHATML, *, lora=None, model=None, spread=20.0, **settings):
    """An agent whose model minds all that it reads; `spread` makes its distributions uneven."""
    torch.set_num_threads(1)
    tokenizer = tokenizer_with(template)
    model = model or random_model(tokenizer, architecture, parameters=TINY, seed=1)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.ndim == 2:
                weight.mul_(10.0)
        model.get_input_embeddings().weight.mul_(spread / 10)
    origin = Origin.of(model, tokenizer)
    if lora is not None:
        origin = replace(origin, lora=asdict(lora))
        model = with_adapters(model, lora)
    return HFAgent(model, tokenizer, origin=origin, **{"max_new_tokens": 6, **settings})


ADAPTERS = LoraSettings(r=4, alpha=8.0)
