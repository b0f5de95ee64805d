"""Episodes as padded tensors: whole episodes in rows, one flat list of the tokens that the policy chose.

Packing whole episodes, with a mask instead of one row a turn, feeds each token once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from gem.rollout.trajectory import Episode
from gem.train.policy import Policy


@dataclass(frozen=True, slots=True)
class Batch:
    """B episodes of at most T tokens, of which the policy chose M; they hold N turns."""

    ids_B_T: Tensor
    lengths_B: Tensor
    """Tokens of each row; what stands to their right is padding."""
    chosen_B_T: Tensor
    """True where the token was sampled by the policy."""
    logprobs_M: Tensor
    """Log-probabilities when sampled, row by row."""
    turn_M: Tensor
    """Number of the turn, 0..N-1, that each chosen token belongs to."""
    prompt_N_2: Tensor
    """Row and column of the last token of each turn's prompt: what the policy knew when it began to reply."""
    final_B: Tensor
    """Column of the last token of the final observation, where a limit broke the episode off and it still fits into the
    context; -1 elsewhere."""

    @classmethod
    def of(cls, episodes: Sequence[Episode], pad: int, context: int | None = None) -> Batch:
        """Pack episodes that have tokens; right-padded with `pad`. Rows are no longer than `context`."""
        rows = [_row(episode, context) for episode in episodes]
        widest = max(len(row.ids) for row in rows)
        ids_B_T = np.full((len(rows), widest), pad)
        chosen_B_T = np.zeros((len(rows), widest), dtype=bool)
        for number, row in enumerate(rows):
            ids_B_T[number, : len(row.ids)] = row.ids
            chosen_B_T[number, : len(row.ids)] = row.chosen
        turns = [turn for episode in episodes for turn in episode.turns]
        turn_M = np.repeat(np.arange(len(turns)), [len(turn.token_ids) for turn in turns])
        prompts = [(number, column) for number, row in enumerate(rows) for column in row.prompts]
        return cls(
            torch.from_numpy(ids_B_T),
            torch.tensor([len(row.ids) for row in rows]),
            torch.from_numpy(chosen_B_T),
            torch.tensor([value for row in rows for value in row.logprobs]),
            torch.from_numpy(turn_M),
            torch.tensor(prompts),
            torch.tensor([row.final for row in rows]),
        )

    def share_of(self, episodes: Sequence[Episode], *, by_tokens: bool) -> float:
        """How much of `episodes` is in this batch, by chosen tokens, or by turns that have some."""
        lengths = [len(turn.token_ids) for episode in episodes for turn in episode.turns]
        if by_tokens:
            return len(self.turn_M) / sum(lengths)
        return len(torch.unique(self.turn_M)) / sum(length > 0 for length in lengths)

    def to(self, device: torch.device) -> Batch:
        """The same batch on `device`."""
        return Batch(*(getattr(self, name).to(device) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class _Row:
    ids: list[int]
    chosen: list[bool]
    logprobs: list[float]
    prompts: list[int]
    final: int


def _row(episode: Episode, context: int | None) -> _Row:
    ids, chosen, values = episode.tokens()
    logprobs = [value for own, value in zip(chosen, values, strict=True) if own]
    prompts: list[int] = []
    end = 0
    for turn in episode.turns:
        prompts.append(end + len(turn.prompt_ids) - 1)
        end += len(turn.prompt_ids) + len(turn.token_ids)
    fits = context is None or len(ids) + len(episode.final_ids) <= context
    if not (episode.final_ids and fits):
        return _Row(ids, chosen, logprobs, prompts, -1)
    unchosen = [False] * len(episode.final_ids)
    ids = [*ids, *episode.final_ids]
    return _Row(ids, [*chosen, *unchosen], logprobs, prompts, len(ids) - 1)


class Turns(NamedTuple):
    """All turns of some episodes, flat and in order, as the estimators of `gem.train.advantages` take them."""

    rewards_N: np.ndarray
    episode_N: np.ndarray
    """Number of the turn's episode in the list that was given."""
    group_N: np.ndarray
    """Number of the group of episodes that began in one state."""
    state_N: list[str]
    """Names of the states that turns began in."""


def flat_turns(episodes: Sequence[Episode]) -> Turns:
    """The turns of `episodes`."""
    lengths = [len(episode.turns) for episode in episodes]
    return Turns(
        np.array([reward for episode in episodes for reward in episode.rewards], dtype=np.float64),
        np.repeat(np.arange(len(episodes)), lengths),
        np.repeat(np.array([episode.group for episode in episodes], dtype=np.int64), lengths),
        [turn.state for episode in episodes for turn in episode.turns],
    )


def chosen_logprobs(policy: Policy, batch: Batch, temperature: float = 1.0) -> tuple[Tensor, Tensor]:
    """Log-probability and entropy (natural, nats) of each chosen token under `policy`, M each, in float32.

    Equal to what the sampler recorded, to 1e-5, as long as the weights are the same.
    """
    x_B_T_D = policy.hidden(batch.ids_B_T[:, :-1], (batch.lengths_B - 1).clamp(min=1))
    asked = batch.chosen_B_T[:, 1:]  # a token is predicted at the place before it
    logits_M_V = policy.logits(x_B_T_D[asked]).float() / temperature
    logprobs_M_V = torch.log_softmax(logits_M_V, dim=-1)
    entropy_M = -(logprobs_M_V.exp() * logprobs_M_V).sum(dim=-1)
    return logprobs_M_V.gather(1, batch.ids_B_T[:, 1:][asked][:, None])[:, 0], entropy_M


def prompt_states(policy: Policy, batch: Batch) -> tuple[Tensor, Tensor]:
    """Hidden states where a value can be read: at the end of each turn's prompt (N x width), and at the end of each
    episode's final observation (B x width; zeros where it has none).
    """
    x_B_T_D = policy.hidden(batch.ids_B_T, batch.lengths_B)
    rows_N, columns_N = batch.prompt_N_2.T
    final_B_D = x_B_T_D[torch.arange(len(x_B_T_D)), batch.final_B.clamp(min=0)]
    return x_B_T_D[rows_N, columns_N], final_B_D * (batch.final_B >= 0)[:, None]
