"""A causal model in two halves: hidden states, and the logits that are made of them.

Training reads logits at the few places where a token was sampled; the others would cost most of its memory.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn


def causal_model(module: Any) -> Any:
    """The model of `transformers`, without what `peft` has put around it."""
    return module.get_base_model() if hasattr(module, "get_base_model") else module


class States:
    """Reads hidden states and logits of a causal model.

    Whether its logits are the output embedding of the last hidden state (scaled and capped as the configuration says)
    is tried once. Where they are not, the logits of all places stand for the hidden states: right, but as wide as the
    vocabulary (`split` is False then). With `mixed`, weights in float32 are multiplied in bfloat16.
    """

    def __init__(self, module: nn.Module, *, mixed: bool = False) -> None:
        self.module, self.mixed = module, mixed
        self.split = True
        self.split = self._halves_make_a_whole()

    @property
    def device(self) -> torch.device:
        """Where the model's input goes."""
        return causal_model(self.module).get_input_embeddings().weight.device

    def read(self, ids_B_T: Tensor, mask_B_T: Tensor, **cached: Any) -> tuple[Tensor, Any]:
        """Last hidden state at each token, B x T x width, and the cache if asked for with `use_cache=True`.

        `mask_B_T` is 1 for tokens and 0 for padding on either side; with `past_key_values` it covers the past too.
        """
        whole = causal_model(self.module)
        half = whole.base_model if self.split else whole
        positions_B_T = (mask_B_T.cumsum(dim=1) - 1).clamp(min=0)[:, -ids_B_T.shape[1] :]
        if "position_ids" in inspect.signature(half.forward).parameters:
            cached["position_ids"] = positions_B_T
        with torch.autocast(ids_B_T.device.type, torch.bfloat16, enabled=self.mixed):
            output = half(input_ids=ids_B_T, attention_mask=mask_B_T, **{"use_cache": False, **cached})
        return (output.last_hidden_state if self.split else output.logits), output.get("past_key_values")

    def logits(self, x_M_D: Tensor) -> Tensor:
        """Logits over the next token, M x vocabulary, in float32."""
        if not self.split:
            return x_M_D.float()
        whole = causal_model(self.module)
        with torch.autocast(x_M_D.device.type, torch.bfloat16, enabled=self.mixed):
            logits_M_V = whole.get_output_embeddings()(x_M_D)
        return scaled(logits_M_V.float(), whole.config)

    @torch.no_grad()
    def _halves_make_a_whole(self) -> bool:
        whole = causal_model(self.module)
        if whole.get_output_embeddings() is None or whole.base_model is whole:
            return False
        ids_B_T = torch.arange(min(8, whole.config.get_text_config().vocab_size), device=self.device)[None]
        mask_B_T = torch.ones_like(ids_B_T)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.mixed):
            expected = whole(input_ids=ids_B_T, attention_mask=mask_B_T, use_cache=False).logits.float()
        found = self.logits(self.read(ids_B_T, mask_B_T)[0])
        return found.shape == expected.shape and torch.allclose(found, expected, rtol=1e-3, atol=1e-4)


def scaled(logits_M_V: Tensor, config: Any) -> Tensor:
    """What some families do to logits, by the names in their configurations: Cohere, Granite, Gemma 2."""
    settings: Mapping[str, Any] = config.get_text_config().to_dict()
    logits_M_V = logits_M_V * (settings.get("logit_scale") or 1.0) / (settings.get("logits_scaling") or 1.0)
    cap = settings.get("final_logit_softcapping")
    return logits_M_V if cap is None else (logits_M_V / cap).tanh() * cap
