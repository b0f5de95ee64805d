"""Episodes as padded tensors: whole episodes in rows, one flat list of the tokens that the policy chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gem.agents.tiny.model import TinyDecoder
from gem.rollout.trajectory import Episode


@dataclass(frozen=True, slots=True)
class Batch:
    """B episodes of at most T tokens, of which the policy chose M; they hold N turns.

    Packing whole episodes, with a mask instead of one row a turn, feeds each token once.
    """

    ids_B_T: Tensor
    chosen_B_T: Tensor
    """True where the token was sampled by the policy."""
    logprobs_M: Tensor
    """Log-probabilities when sampled, row by row."""
    turn_M: Tensor
    """Number of the turn, 0..N-1, that each chosen token belongs to."""

    @classmethod
    def of(cls, episodes: Sequence[Episode], pad: int) -> Batch:
        """Pack episodes that have tokens; right-padded with `pad`."""
        rows = [episode.tokens() for episode in episodes]
        logprobs = [value for _, chosen, values in rows for own, value in zip(chosen, values, strict=True) if own]
        widest = max(len(ids) for ids, _, _ in rows)
        ids_B_T = np.full((len(rows), widest), pad)
        chosen_B_T = np.zeros((len(rows), widest), dtype=bool)
        for row, (ids, chosen, _) in enumerate(rows):
            ids_B_T[row, : len(ids)] = ids
            chosen_B_T[row, : len(ids)] = chosen
        turns = [turn for episode in episodes for turn in episode.turns]
        turn_M = np.repeat(np.arange(len(turns)), [len(turn.token_ids) for turn in turns])
        return cls(
            torch.from_numpy(ids_B_T), torch.from_numpy(chosen_B_T), torch.tensor(logprobs), torch.from_numpy(turn_M)
        )


def flat_turns(episodes: Sequence[Episode]) -> tuple[np.ndarray, np.ndarray]:
    """`rewards_N` and `episode_N` of all turns, as the estimators of `gem.train.advantages` take them."""
    rewards_N = np.array([reward for episode in episodes for reward in episode.rewards])
    episode_N = np.repeat(np.arange(len(episodes)), [len(episode.turns) for episode in episodes])
    return rewards_N, episode_N


def chosen_logprobs(model: TinyDecoder, batch: Batch, temperature: float = 1.0) -> tuple[Tensor, Tensor]:
    """Log-probability and entropy (natural, nats) of each chosen token under `model`, M each.

    Equal to what the sampler recorded, to 1e-5, as long as the weights are the same.
    """
    x_B_T_D = model(batch.ids_B_T[:, :-1])
    asked = batch.chosen_B_T[:, 1:]  # a token is predicted at the place before it
    logits_M_V = model.logits(x_B_T_D[asked]) / temperature
    logprobs_M_V = torch.log_softmax(logits_M_V, dim=-1)
    entropy_M = -(logprobs_M_V.exp() * logprobs_M_V).sum(dim=-1)
    return logprobs_M_V.gather(1, batch.ids_B_T[:, 1:][asked][:, None])[:, 0], entropy_M
