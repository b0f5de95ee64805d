"""A causal language model of `transformers` as an agent whose weights can be trained."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from gem.agents.hf.chat_renderer import ChatRenderer
from gem.agents.hf.generation import Sampler
from gem.agents.hf.origin import Origin
from gem.agents.hf.states import States, causal_model
from gem.agents.protocol import Reply, Request
from gem.errors import CheckpointError, ConfigError


class Completing(Protocol):
    """Whatever samples for the agent: its own `Sampler`, or an engine beside it (`gem.agents.hf.vllm`)."""

    def complete(
        self, prompts: Sequence[list[int]], rngs: Sequence[np.random.Generator], temperature: float
    ) -> list[Reply]:
        """One reply, without text, for each prompt."""
        ...

    def forget(self) -> None:
        """The weights have changed."""
        ...


class HFAgent:
    """Samples replies from a causal model; its renderer writes the chat template. A policy, see `gem.train.policy`.

    `model` may be wrapped by `peft`. `context` is the most tokens of an episode (default: the model's positions),
    `max_batch` the most prompts that are read at once (default: all). `gradient_checkpointing` computes activations
    again instead of keeping them; `mixed` multiplies float32 weights in bfloat16. `chat_template` and `system` are
    `ChatRenderer`'s. Dropout is turned off for good: with it, a token's probability in training would not be the one it
    was sampled with.

    Raises `ConfigError` for values out of range.
    """

    def __init__(
        self,
        model: nn.Module,
        tokenizer: Any,
        *,
        max_new_tokens: int = 256,
        temperature: float = 1.0,
        chat_template: str | None = None,
        system: str | None = None,
        context: int | None = None,
        max_batch: int | None = None,
        gradient_checkpointing: bool = False,
        mixed: bool = False,
        origin: Origin | None = None,
    ) -> None:
        if max_new_tokens < 1 or temperature < 0 or (max_batch is not None and max_batch < 1):
            raise ConfigError(
                "max_new_tokens and max_batch are at least 1, temperature at least 0; "
                f"not {max_new_tokens}, {max_batch}, {temperature}"
            )
        self.module, self.temperature = model, temperature
        self.renderer = ChatRenderer(
            tokenizer, chat_template=chat_template, system=system, ends=end_tokens(causal_model(model))
        )
        self.context = context_of(causal_model(model), context)
        self.pad = next(each for each in (tokenizer.pad_token_id, tokenizer.eos_token_id, 0) if each is not None)
        self.gradient_checkpointing = gradient_checkpointing
        self.origin = origin or Origin.of(model, tokenizer)
        without_dropout(model).eval()
        if gradient_checkpointing:
            checkpoint_layers(causal_model(model))
        self.states = States(model, mixed=mixed)
        self.max_new_tokens, self.max_batch = max_new_tokens, max_batch
        self.sampler: Completing = Sampler(
            self.states,
            ends=self.renderer.ends,
            pad=self.pad,
            context=self.context,
            max_new_tokens=max_new_tokens,
            max_batch=max_batch,
        )

    def act(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply for each request, in order; a prompt that fills the context gets an empty one."""
        replies = self.sampler.complete(
            [request.prompt_ids for request in requests], [request.rng for request in requests], self.temperature
        )
        for reply in replies:
            reply.text = self.renderer.decode(reply.token_ids)
        return replies

    def forget(self) -> None:
        """The weights have changed: an engine that has its own takes them over before it samples again."""
        self.sampler.forget()

    def spell(self, text: str) -> list[int]:
        """The tokens of a reply with this text, the end token included."""
        return [*self.renderer.encode(text), self.renderer.end]

    def hidden(self, ids_B_T: Tensor, lengths_B: Tensor) -> Tensor:
        """The last hidden state at each token of right-padded rows, B x T x width; see `States` for the width."""
        self.module.train(self.gradient_checkpointing and torch.is_grad_enabled())  # transformers checkpoints only then
        device = self.states.device
        mask_B_T = torch.arange(ids_B_T.shape[1], device=device) < lengths_B.to(device)[:, None]
        return self.states.read(ids_B_T.to(device), mask_B_T.long())[0]

    def logits(self, x_M_D: Tensor) -> Tensor:
        """Logits over the next token, M x vocabulary, in float32."""
        return self.states.logits(x_M_D)

    def twin(self) -> HFAgent:
        """A copy with weights of its own; it samples by itself, even where this one has an engine."""
        settings = {name: value for name, value in self.settings().items() if name not in ("kind", "origin")}
        return HFAgent(copy.deepcopy(self.module), self.renderer.tokenizer, origin=self.origin, **settings)

    def settings(self) -> dict[str, Any]:
        """Plain values: where the model comes from, how it is read and sampled from."""
        return {
            "kind": "hf",
            "origin": self.origin.to_dict(),
            "max_new_tokens": self.max_new_tokens,
            "temperature": self.temperature,
            "chat_template": self.renderer.chat_template,
            "system": self.renderer.system,
            "context": self.context,
            "max_batch": self.max_batch,
            "gradient_checkpointing": self.gradient_checkpointing,
            "mixed": self.states.mixed,
        }

    @classmethod
    def from_settings(cls, settings: dict[str, Any], device: str = "auto") -> HFAgent:
        """The agent of `settings()`, before training: its `weights()` are still to be loaded.

        Raises `ConfigError` if the model it began with can no longer be had.
        """
        origin = Origin(**settings["origin"])
        model, tokenizer = origin.open(device)
        rest = {name: value for name, value in settings.items() if name not in ("kind", "origin")}
        return cls(model, tokenizer, origin=origin, **rest)

    def weights(self) -> dict[str, Tensor]:
        """All that `settings()` cannot bring back: the weights that are trained, of a model without a name all."""
        return {name: weight.detach().cpu().clone() for name, weight in self._own_weights().items()}

    def load_weights(self, weights: dict[str, Tensor]) -> None:
        """Take over what `weights()` returned. Raises `CheckpointError`, before anything is changed, if they are of
        another model.
        """
        own = self._own_weights()
        for name in own.keys() | weights.keys():
            shapes = [tuple(each[name].shape) if name in each else None for each in (own, weights)]
            if shapes[0] != shapes[1]:
                raise CheckpointError(f"weight {name!r} has the shape {shapes[0]} here, {shapes[1]} in the checkpoint")
        with torch.no_grad():
            for name, weight in own.items():
                weight.copy_(weights[name])
        self.forget()

    def _own_weights(self) -> dict[str, nn.Parameter]:
        named = self.module.named_parameters()
        return {name: weight for name, weight in named if weight.requires_grad or self.origin.name is None}


def end_tokens(model: Any) -> set[int]:
    """The tokens at which the model's own generation settings end."""
    ends: set[int] = set()
    for settings in (getattr(model, "generation_config", None), model.config):
        found: Any = getattr(settings, "eos_token_id", None)
        ends.update(found if isinstance(found, list | tuple) else [found] if found is not None else [])
    return ends


def context_of(model: Any, wished: int | None) -> int:
    """Most tokens of an episode. Raises `ConfigError` if the model has fewer positions, or does not say how many."""
    positions: int | None = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    context = positions if wished is None else wished
    if context is None:
        raise ConfigError(
            "the model does not say how many positions it has: give the most tokens of an episode, context="
        )
    if context < 1 or (positions is not None and context > positions):
        raise ConfigError(f"context is between 1 and the model's {positions} positions, not {context}")
    return context


def checkpoint_layers(model: Any) -> None:
    """Keep no activations inside layers. Raises `ConfigError` for a model that cannot do without them."""
    enable = getattr(model, "activation_checkpointing_enable", None)  # what transformers calls it since version 5
    if enable is None:
        enable = model.gradient_checkpointing_enable
    try:
        enable({"use_reentrant": False})
    except ValueError as error:
        raise ConfigError(f"gradient_checkpointing: {error}") from error


def without_dropout(model: nn.Module) -> nn.Module:
    """The same model; layers keep the rate of dropout in attributes of many names, all with this word in them."""
    for part in model.modules():
        for name, value in vars(part).items():
            if isinstance(value, float) and ("dropout" in name or (name == "p" and isinstance(part, nn.Dropout))):
                setattr(part, name, 0.0)
    return model
