"""The record of an episode. A turn is written once, where it happens; nobody re-tokenises or re-sums it later."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

End = Literal["terminated", "truncated", "context", "turns", "error"]


@dataclass(slots=True)
class Turn:
    """One observation, the reply to it, and what the env paid for it."""

    observation: str
    action: str
    reward: float
    prompt_ids: list[int] = field(default_factory=list[int])
    """The tokens that this turn appended before the reply."""
    token_ids: list[int] = field(default_factory=list[int])
    """The tokens of the reply, as sampled."""
    logprobs: list[float] = field(default_factory=list[float])
    """Natural log-probability of each reply token under the policy that sampled it."""
    stop: str = "stop"
    """Why the reply ended: `"stop"` at its end token, `"length"` at the token limit."""
    state: str = ""
    """Names the state that the turn began in, where the collector was given an `anchor`."""


@dataclass(slots=True)
class Episode:
    """One episode from reset to its end."""

    env_id: str | None
    seed: int | None
    turns: list[Turn] = field(default_factory=list[Turn])
    end: End = "truncated"
    """How it ended: by the rules, by a limit of the env, by the model's context, by the caller's
    turn limit, or because the env failed."""
    success: bool = False
    """What `info["success"]` said; for an env that does not say, whether the last reward was at least 1."""
    final_observation: str = ""
    error: str | None = None
    """What the world did wrong, if it did; such an episode says nothing about the agent."""
    index: int = 0
    """Its place in the order in which episodes were started."""
    group: int = 0
    """Episodes of one group began in the same state."""
    final_ids: list[int] = field(default_factory=list[int])
    """The tokens of the final observation, if a limit broke the episode off: there its value can be estimated."""

    @property
    def rewards(self) -> list[float]:
        """The reward of each turn."""
        return [turn.reward for turn in self.turns]

    @property
    def total_reward(self) -> float:
        """The undiscounted return."""
        return sum(self.rewards)

    def tokens(self) -> tuple[list[int], list[bool], list[float]]:
        """All tokens in order; which of them the policy chose; their log-probabilities (0 where unknown)."""
        ids: list[int] = []
        chosen: list[bool] = []
        logprobs: list[float] = []
        for turn in self.turns:
            ids += [*turn.prompt_ids, *turn.token_ids]
            chosen += [False] * len(turn.prompt_ids) + [True] * len(turn.token_ids)
            logprobs += [0.0] * len(turn.prompt_ids) + (turn.logprobs or [0.0] * len(turn.token_ids))
        return ids, chosen, logprobs

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Episode:
        """Read what `to_dict` wrote."""
        turns = [Turn(**turn) for turn in fields["turns"]]
        return cls(**{name: value for name, value in fields.items() if name != "turns"}, turns=turns)
