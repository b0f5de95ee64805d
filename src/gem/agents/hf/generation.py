"""Batched sampling from a causal model: prompts padded on the left, new tokens on a key-value cache.

Not `model.generate`: that draws from a global generator, and tells rounded log-probabilities of its own. Here each
reply draws from its episode's generator, so it does not depend on who else is in the batch (up to the rounding of
batched arithmetic, which in bfloat16 can tip a near tie).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import torch
from torch import Tensor

from gem.agents.hf.states import States
from gem.agents.protocol import Reply


class Sampler:
    """Completes prompts with the model behind `states`; `max_batch` at a time, those of like length together."""

    def __init__(
        self,
        states: States,
        *,
        ends: Collection[int],
        pad: int,
        context: int,
        max_new_tokens: int,
        max_batch: int | None = None,
    ) -> None:
        self.states, self.ends, self.pad, self.context = states, ends, pad, context
        self.max_new_tokens, self.max_batch = max_new_tokens, max_batch

    def forget(self) -> None:
        """Nothing is kept between calls."""

    @torch.inference_mode()
    def complete(
        self, prompts: Sequence[list[int]], rngs: Sequence[np.random.Generator], temperature: float
    ) -> list[Reply]:
        """One reply, without text, for each prompt; an empty one where the prompt fills the context.

        Temperature 0 takes the likeliest token; log-probabilities are then those of temperature 1.
        """
        self.states.module.eval()
        replies = [Reply("", stop="length") for _ in prompts]
        rows = [row for row, prompt in enumerate(prompts) if len(prompt) < self.context]
        rows.sort(key=lambda row: len(prompts[row]))
        size = self.max_batch or max(1, len(rows))
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            self._extend(
                [replies[row] for row in part],
                [prompts[row] for row in part],
                [rngs[row] for row in part],
                temperature,
            )
        return replies

    def _extend(
        self,
        replies: list[Reply],
        prompts: list[list[int]],
        rngs: list[np.random.Generator],
        temperature: float,
    ) -> None:
        """Write tokens to the replies until each has ended; those that have leave the batch."""
        ids_B_T, mask_B_T = left_padded(prompts, self.pad, self.states.device)
        budgets = [min(self.max_new_tokens, self.context - len(prompt)) for prompt in prompts]
        cache = None
        rows = list(range(len(replies)))
        while rows:
            x_B_T_D, cache = self.states.read(ids_B_T, mask_B_T, use_cache=True, past_key_values=cache)
            logits_B_V = self.states.logits(x_B_T_D[:, -1])
            tokens, logprobs = draw(logits_B_V, [rngs[row] for row in rows], temperature)
            going: list[int] = []
            for place, row in enumerate(rows):
                reply = replies[row]
                reply.token_ids.append(tokens[place])
                reply.logprobs.append(logprobs[place])
                if tokens[place] in self.ends:
                    reply.stop = "stop"
                elif len(reply.token_ids) < budgets[row]:
                    going.append(place)
            if going and len(going) < len(rows):
                kept = torch.tensor(going, device=mask_B_T.device)
                cache.batch_select_indices(kept)
                mask_B_T = mask_B_T[kept]
            rows = [rows[place] for place in going]
            ids_B_T = torch.tensor([[tokens[place]] for place in going], device=mask_B_T.device)
            mask_B_T = torch.nn.functional.pad(mask_B_T, (0, 1), value=1)


def left_padded(prompts: Sequence[list[int]], pad: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Ids and mask, B x T each: every prompt ends in the last column."""
    widest = max(map(len, prompts))
    ids = [[pad] * (widest - len(prompt)) + prompt for prompt in prompts]
    mask = [[0] * (widest - len(prompt)) + [1] * len(prompt) for prompt in prompts]
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)


def draw(logits_B_V: Tensor, rngs: Sequence[np.random.Generator], temperature: float) -> tuple[list[int], list[float]]:
    """A token for each row by inversion of its distribution, and the token's log-probability."""
    logprobs_B_V = torch.log_softmax(logits_B_V / (temperature or 1.0), dim=-1)
    if temperature == 0:
        chosen_B = logprobs_B_V.argmax(dim=-1)
    else:
        cumulative_B_V = logprobs_B_V.double().exp().cumsum(dim=-1)
        noise_B = torch.tensor([rng.random() for rng in rngs], dtype=torch.float64, device=logits_B_V.device)
        threshold_B_1 = (noise_B * cumulative_B_V[:, -1])[:, None]
        chosen_B = (cumulative_B_V <= threshold_B_1).sum(dim=-1).clamp(max=logits_B_V.shape[-1] - 1)
    return chosen_B.tolist(), logprobs_B_V.gather(1, chosen_B[:, None])[:, 0].tolist()
