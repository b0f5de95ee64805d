"""What training asks of a policy: an agent whose weights can change.

`TinyAgent` (gem.agents.tiny) and `HFAgent` (gem.agents.hf) are policies; whoever implements this can be trained by
every algorithm here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, Self

from torch import Tensor, nn

from gem.agents.protocol import Renderer, Reply, Request


class Policy(Protocol):
    """An agent that samples tokens from a model."""

    @property
    def module(self) -> nn.Module:
        """The model: its parameters that require a gradient are trained."""
        ...

    @property
    def temperature(self) -> float:
        """Of sampling; 0 takes the likeliest token."""
        ...

    @property
    def renderer(self) -> Renderer:
        """How prompts become tokens, which are only ever appended."""
        ...

    @property
    def pad(self) -> int:
        """A token that fills rows up; what stands there has no influence."""
        ...

    @property
    def context(self) -> int:
        """Most tokens of one episode."""
        ...

    def act(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply for each request, in order, with the log-probabilities of its tokens."""
        ...

    def spell(self, text: str) -> list[int]:
        """The tokens of a reply with this text, its end token included: for imitation."""
        ...

    def forget(self) -> None:
        """The weights have changed: whatever was remembered of their past is void."""
        ...

    def hidden(self, ids_B_T: Tensor, lengths_B: Tensor) -> Tensor:
        """The last hidden state at each token, B x T x width, of right-padded rows."""
        ...

    def logits(self, x_M_D: Tensor) -> Tensor:
        """Logits over the next token, M x vocabulary, from hidden states, before any temperature."""
        ...

    def twin(self) -> Self:
        """A copy with weights of its own: the trunk of a critic, or a reference that stays as it is."""
        ...

    def settings(self) -> dict[str, Any]:
        """Plain values from which, with the weights, the policy can be made again."""
        ...

    def weights(self) -> dict[str, Tensor]:
        """The weights that training changes, by name."""
        ...

    def load_weights(self, weights: dict[str, Tensor]) -> None:
        """Put back what `weights` gave. Raises `CheckpointError` for those of another model."""
        ...


def device_of(policy: Policy) -> Any:
    """Where the policy's weights lie."""
    return next(policy.module.parameters()).device
