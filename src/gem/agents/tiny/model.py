"""A small decoder-only transformer: rotary positions, RMS norms, gated MLP, tied embeddings.

One `forward` serves training (whole sequences) and generation (new tokens on a key-value cache);
both give the same log-probabilities to 1e-5.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The shape of the model; the default has about 0.2 M parameters."""

    vocab_size: int
    width: int = 64
    layers: int = 3
    heads: int = 4
    context: int = 512
    """Most tokens in one episode."""


class KeyValueCache:
    """Keys and values of past tokens, one row a slot, right-padded.

    Shape of each: layers x slots x heads x (context + 1) x head width. The last position takes
    what padding writes, and no query ever looks there.
    """

    def __init__(self, config: ModelConfig, slots: int) -> None:
        head_width = config.width // config.heads
        shape = (config.layers, slots, config.heads, config.context + 1, head_width)
        self.keys, self.values = torch.zeros(shape), torch.zeros(shape)

    def extend(
        self, layer: int, slots_B: Tensor, positions_B_T: Tensor, keys: Tensor, values: Tensor, length: int
    ) -> tuple[Tensor, Tensor]:
        """Write B x heads x T x width new entries; return the first `length` positions of each slot."""
        self.keys[layer][slots_B[:, None], :, positions_B_T] = keys.transpose(1, 2)
        self.values[layer][slots_B[:, None], :, positions_B_T] = values.transpose(1, 2)
        return self.keys[layer, slots_B, :, :length], self.values[layer, slots_B, :, :length]


@dataclass(frozen=True, slots=True)
class CacheView:
    """Where a forward pass on new tokens reads and writes."""

    cache: KeyValueCache
    slots_B: Tensor
    positions_B_T: Tensor
    """Position of each new token in its sequence; `context` for padding."""
    length: int
    """One more than the highest position in use."""


class Attention(nn.Module):
    """Causal self-attention with rotary positions."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.qkv = nn.Linear(config.width, 3 * config.width, bias=False)
        self.out = nn.Linear(config.width, config.width, bias=False)

    def forward(self, x_B_T_D: Tensor, rotation: tuple[Tensor, Tensor], layer: int, view: CacheView | None) -> Tensor:
        B, T, D = x_B_T_D.shape
        q, k, v = self.qkv(x_B_T_D).view(B, T, 3, self.heads, D // self.heads).permute(2, 0, 3, 1, 4)
        q, k = rotate(q, rotation), rotate(k, rotation)
        if view is None:
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            k, v = view.cache.extend(layer, view.slots_B, view.positions_B_T, k, v, view.length)
            seen_B_T_S = torch.arange(view.length) <= view.positions_B_T[:, :, None]
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=seen_B_T_S[:, None])
        return self.out(mixed.transpose(1, 2).reshape(B, T, D))


class Block(nn.Module):
    """Attention, then a gated MLP, each on a normed residual stream."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        hidden = 8 * config.width // 3
        self.norm1, self.norm2 = nn.RMSNorm(config.width), nn.RMSNorm(config.width)
        self.attention = Attention(config)
        self.up = nn.Linear(config.width, 2 * hidden, bias=False)
        self.down = nn.Linear(hidden, config.width, bias=False)

    def forward(self, x_B_T_D: Tensor, rotation: tuple[Tensor, Tensor], layer: int, view: CacheView | None) -> Tensor:
        x_B_T_D = x_B_T_D + self.attention(self.norm1(x_B_T_D), rotation, layer, view)
        gate, value = self.up(self.norm2(x_B_T_D)).chunk(2, dim=-1)
        return x_B_T_D + self.down(F.silu(gate) * value)


class TinyDecoder(nn.Module):
    """Token ids in, a distribution over the next token out."""

    cos: Tensor
    sin: Tensor

    def __init__(self, config: ModelConfig, *, seed: int = 0) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocab_size, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.RMSNorm(config.width)
        cos, sin = rotary_table(config.context + 1, config.width // config.heads)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self._initialise(seed)

    def _initialise(self, seed: int) -> None:
        random = torch.Generator().manual_seed(seed % 2**63)
        for name, weight in self.named_parameters():
            if weight.ndim < 2:
                continue
            scale = 0.02 if name.startswith("embedding") else weight.shape[1] ** -0.5
            if name.endswith(("out.weight", "down.weight")):
                scale /= (2 * self.config.layers) ** 0.5
            with torch.no_grad():
                weight.normal_(0, scale, generator=random)

    def forward(self, ids_B_T: Tensor, view: CacheView | None = None) -> Tensor:
        """What the model thinks at each token, B x T x width; `logits` says what it expects next.

        Without a view the rows are whole sequences from position 0; right padding needs no mask.
        """
        if view is None:
            T = ids_B_T.shape[1]
            rotation = self.cos[:T], self.sin[:T]
        else:
            rotation = self.cos[view.positions_B_T][:, None], self.sin[view.positions_B_T][:, None]
        x_B_T_D = self.embedding(ids_B_T)
        for layer, block in enumerate(self.blocks):
            x_B_T_D = block(x_B_T_D, rotation, layer, view)
        return self.norm(x_B_T_D)

    def logits(self, x_N_D: Tensor) -> Tensor:
        """Logits over the next token, N x vocabulary, at chosen places: most need none."""
        return F.linear(x_N_D, self.embedding.weight)


def rotary_table(length: int, head_width: int, base: float = 10_000.0) -> tuple[Tensor, Tensor]:
    """Cosines and sines of rotary position embeddings (arXiv 2104.09864), length x head_width/2 each."""
    frequency = base ** (-torch.arange(0, head_width, 2) / head_width)
    angle = torch.arange(length)[:, None] * frequency
    return angle.cos(), angle.sin()


def rotate(x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """Turn the two halves of the last dimension by the angle of their position."""
    cos, sin = rotation
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)
