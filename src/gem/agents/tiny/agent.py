"""The tiny model as an agent."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from torch import Tensor

from gem.agents.protocol import Reply, Request
from gem.agents.tiny.generation import Sampler
from gem.agents.tiny.model import ModelConfig, TinyDecoder
from gem.agents.tiny.tokenizer import TinyTokenizer
from gem.errors import CheckpointError


class TinyAgent:
    """Samples replies from a `TinyDecoder`; its renderer is its tokenizer. A policy, see `gem.train.policy`."""

    def __init__(
        self, model: TinyDecoder, tokenizer: TinyTokenizer, *, max_new_tokens: int = 16, temperature: float = 1.0
    ) -> None:
        self.module, self.renderer = model, tokenizer
        self.sampler = Sampler(
            model, end=tokenizer.end, pad=tokenizer.pad, max_new_tokens=max_new_tokens, temperature=temperature
        )

    @property
    def temperature(self) -> float:
        """Of sampling; 0 takes the likeliest token."""
        return self.sampler.temperature

    @temperature.setter
    def temperature(self, temperature: float) -> None:
        self.sampler.temperature = temperature

    @property
    def pad(self) -> int:
        """A token that fills rows up."""
        return self.renderer.pad

    @property
    def context(self) -> int:
        """Most tokens of one episode."""
        return self.module.config.context

    def act(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply for each request, in order; a prompt that fills the context gets an empty one."""
        replies = self.sampler.complete(
            [request.slot for request in requests],
            [request.prompt_ids for request in requests],
            [request.rng for request in requests],
        )
        for reply in replies:
            reply.text = self.renderer.decode(reply.token_ids)
        return replies

    def forget(self) -> None:
        """Drop all cached keys and values: they belong to weights of the past."""
        self.sampler.forget()

    def spell(self, text: str) -> list[int]:
        """The tokens of a reply with this text, the end token included."""
        return [*self.renderer.encode(text), self.renderer.end]

    def hidden(self, ids_B_T: Tensor, lengths_B: Tensor) -> Tensor:
        """The last hidden state at each token, B x T x width; causal attention needs no mask for right padding."""
        del lengths_B
        return self.module(ids_B_T)

    def logits(self, x_M_D: Tensor) -> Tensor:
        """Logits over the next token, M x vocabulary."""
        return self.module.logits(x_M_D)

    def twin(self) -> TinyAgent:
        """A copy with weights of its own."""
        return TinyAgent(
            copy.deepcopy(self.module),
            self.renderer,
            max_new_tokens=self.sampler.max_new_tokens,
            temperature=self.temperature,
        )

    def weights(self) -> dict[str, Tensor]:
        """Every weight, by name."""
        return self.module.state_dict()

    def load_weights(self, weights: dict[str, Tensor]) -> None:
        """Put back what `weights` gave. Raises `CheckpointError` for those of another model."""
        try:
            self.module.load_state_dict(weights)
        except RuntimeError as error:
            raise CheckpointError(f"these are the weights of another model: {error}") from error
        self.forget()

    def settings(self) -> dict[str, Any]:
        """Shape, tokenizer and manner of sampling."""
        return {
            "kind": "tiny",
            "model": asdict(self.module.config),
            "tokenizer": self.renderer.to_json(),
            "max_new_tokens": self.sampler.max_new_tokens,
            "temperature": self.temperature,
        }

    @classmethod
    def from_settings(cls, settings: dict[str, Any]) -> TinyAgent:
        """The agent of `settings()`, with untrained weights."""
        return cls(
            TinyDecoder(ModelConfig(**settings["model"])),
            TinyTokenizer.from_json(settings["tokenizer"]),
            max_new_tokens=settings["max_new_tokens"],
            temperature=settings["temperature"],
        )
