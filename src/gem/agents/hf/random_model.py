"""Causal models with random weights, of a wished size: for tests, benchmarks and training from scratch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch

from gem._extras import need
from gem.errors import ConfigError

HEAD_WIDTHS = (64, 32, 16)
"""Of attention: the first that divides the model's width into two heads or more."""


class Shape(NamedTuple):
    """What the families name differently."""

    width: int
    layers: int
    parameters: int

    @property
    def heads(self) -> int:
        """Of attention."""
        return self.width // next(each for each in HEAD_WIDTHS if self.width % each == 0 and self.width >= 2 * each)


def random_model(
    tokenizer: Any, architecture: str = "qwen2", *, parameters: int = 20_000_000, context: int = 2048, seed: int = 0
) -> Any:
    """A model of `transformers` with about so many parameters, its input and output embeddings tied.

    Raises `ConfigError` for an unknown architecture, or fewer parameters than the vocabulary needs.
    """
    transformers = need("transformers", extra="hf")
    if architecture not in ARCHITECTURES:
        raise ConfigError(f"architecture is one of {', '.join(ARCHITECTURES)}, not {architecture!r}")
    settings = ARCHITECTURES[architecture](shape_for(parameters, len(tokenizer)), context)
    tokens = {name: getattr(tokenizer, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
    config = transformers.AutoConfig.for_model(
        architecture, vocab_size=len(tokenizer), tie_word_embeddings=True, **tokens, **settings
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return transformers.AutoModelForCausalLM.from_config(config).eval()


def shape_for(parameters: int, vocabulary: int) -> Shape:
    """The shape closest to that number, about one layer for each 16 to 64 of the width.

    A layer has 12 width² weights: 4 for attention, 8 for the perceptron.
    """
    shapes: list[Shape] = []
    for width in (*range(32, 512, 32), *range(512, 4097, 64)):
        wished = (parameters - vocabulary * width) / (12 * width**2)
        layers = round(min(max(wished, 2, width / 64), max(2, width / 16)))
        shapes.append(Shape(width, layers, vocabulary * width + 12 * layers * width**2))
    best = min(shapes, key=lambda shape: abs(shape.parameters - parameters))
    if abs(best.parameters - parameters) > parameters / 5:
        raise ConfigError(
            f"no model has {parameters:,} parameters with a vocabulary of {vocabulary:,}; {best.parameters:,} is close"
        )
    return best


def _qwen2(shape: Shape, context: int) -> dict[str, Any]:
    return {
        "hidden_size": shape.width,
        "intermediate_size": 32 * round(shape.width / 12),  # 8/3 of the width, in round numbers for a GPU
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.heads,
        "max_position_embeddings": context,
    }


def _gpt2(shape: Shape, context: int) -> dict[str, Any]:
    dropouts = dict.fromkeys(("resid_pdrop", "embd_pdrop", "attn_pdrop"), 0.0)
    return {"n_embd": shape.width, "n_layer": shape.layers, "n_head": shape.heads, "n_positions": context, **dropouts}


ARCHITECTURES: dict[str, Callable[[Shape, int], dict[str, Any]]] = {"qwen2": _qwen2, "llama": _qwen2, "gpt2": _gpt2}
