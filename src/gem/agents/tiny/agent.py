"""The tiny model as an agent."""

from __future__ import annotations

from collections.abc import Sequence

from gem.agents.protocol import Reply, Request
from gem.agents.tiny.generation import Sampler
from gem.agents.tiny.model import TinyDecoder
from gem.agents.tiny.tokenizer import TinyTokenizer


class TinyAgent:
    """Samples replies from a `TinyDecoder`; its renderer is its tokenizer."""

    def __init__(
        self, model: TinyDecoder, tokenizer: TinyTokenizer, *, max_new_tokens: int = 16, temperature: float = 1.0
    ) -> None:
        self.model, self.renderer = model, tokenizer
        self.sampler = Sampler(
            model, end=tokenizer.end, pad=tokenizer.pad, max_new_tokens=max_new_tokens, temperature=temperature
        )

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
