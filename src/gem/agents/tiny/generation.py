"""Batched sampling on a key-value cache: each slot keeps its episode's past, so a turn costs its new tokens only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from gem.agents.protocol import Reply
from gem.agents.tiny.model import CacheView, KeyValueCache, TinyDecoder


class Sampler:
    """Completes prompts with `model`. Call `forget` after every change of its weights."""

    def __init__(
        self, model: TinyDecoder, *, end: int, pad: int, max_new_tokens: int, temperature: float = 1.0
    ) -> None:
        self.model, self.end, self.pad = model, end, pad
        self.max_new_tokens, self.temperature = max_new_tokens, temperature
        self._cache = KeyValueCache(model.config, 0)
        self._cached: list[list[int]] = []

    def forget(self) -> None:
        """Drop all cached keys and values: they belong to weights of the past."""
        for tokens in self._cached:
            tokens.clear()

    @torch.inference_mode()
    def complete(
        self, slots: Sequence[int], prompts: Sequence[list[int]], rngs: Sequence[np.random.Generator]
    ) -> list[Reply]:
        """Sample one reply (without text) for each prompt, drawing its noise from its own generator.

        Temperature 0 takes the likeliest token; log-probabilities are then those of temperature 1.
        """
        self._make_room(max(slots) + 1)
        replies = [Reply("", stop="length") for _ in slots]
        rows = [row for row, prompt in enumerate(prompts) if len(prompt) < self.model.config.context]
        new = [self._uncached(slots[row], prompts[row]) for row in rows]
        while rows:
            logits_B_V = self._forward([slots[row] for row in rows], new)
            ids, logprobs = self._draw(logits_B_V, [rngs[row] for row in rows])
            going: list[int] = []
            for row, token, logprob in zip(rows, ids, logprobs, strict=True):
                reply = replies[row]
                reply.token_ids.append(token)
                reply.logprobs.append(logprob)
                if token == self.end:
                    reply.stop = "stop"
                elif len(reply.token_ids) < self.max_new_tokens and len(self._cached[slots[row]]) + 1 < self._context:
                    going.append(row)
            rows, new = going, [[replies[row].token_ids[-1]] for row in going]
        return replies

    @property
    def _context(self) -> int:
        return self.model.config.context

    def _make_room(self, slots: int) -> None:
        if slots > len(self._cached):
            self._cache = KeyValueCache(self.model.config, slots)
            self._cached = [[] for _ in range(slots)]

    def _uncached(self, slot: int, prompt: list[int]) -> list[int]:
        """The end of the prompt that the cache lacks: at least its last token, whose logits are needed."""
        cached = self._cached[slot]
        if len(cached) >= len(prompt) or cached != prompt[: len(cached)]:
            cached.clear()
        return prompt[len(cached) :]

    def _forward(self, slots: list[int], new: list[list[int]]) -> Tensor:
        """Logits after the new tokens of each slot, B x vocabulary; the cache then holds them."""
        widest = max(map(len, new))
        ids = [tokens + [self.pad] * (widest - len(tokens)) for tokens in new]
        positions: list[list[int]] = []
        for slot, tokens in zip(slots, new, strict=True):
            start = len(self._cached[slot])
            padding = [self._context] * (widest - len(tokens))
            positions.append([*range(start, start + len(tokens)), *padding])
            self._cached[slot].extend(tokens)
        length = max(len(self._cached[slot]) for slot in slots)
        view = CacheView(self._cache, torch.tensor(slots), torch.tensor(positions), length)
        x_B_T_D = self.model(torch.tensor(ids), view)
        return self.model.logits(x_B_T_D[range(len(new)), [len(tokens) - 1 for tokens in new]])

    def _draw(self, logits_B_V: Tensor, rngs: list[np.random.Generator]) -> tuple[list[int], list[float]]:
        logprobs_B_V = torch.log_softmax(logits_B_V / (self.temperature or 1.0), dim=-1)
        if self.temperature == 0:
            chosen_B = logprobs_B_V.argmax(dim=-1)
        else:
            cumulative_B_V = logprobs_B_V.double().exp().cumsum(dim=-1)
            noise_B = torch.tensor([rng.random() for rng in rngs], dtype=torch.float64)
            threshold_B = noise_B * cumulative_B_V[:, -1]
            chosen_B = (cumulative_B_V <= threshold_B[:, None]).sum(dim=-1)
        return chosen_B.tolist(), logprobs_B_V.gather(1, chosen_B[:, None])[:, 0].tolist()
