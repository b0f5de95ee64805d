"""Scoring each of some replies under each of their prompts, to see whether a policy still reads what it is told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from gem.rollout.trajectory import Episode, Turn
from gem.train.batch import chosen_logprobs
from gem.train.collapse import PromptDependence, prompt_dependence
from gem.train.minibatches import packed
from gem.train.policy import Policy

MOST = 16
"""Prompts that are compared; the number of scored pairs is its square."""


def reply_dependence(
    policy: Policy, episodes: Sequence[Episode], most: int = MOST, microbatch: int | None = None
) -> PromptDependence:
    """How much the last replies of `most` episodes say about their prompts (`gem.train.collapse`).

    Prompts are all that came before a reply; of equal ones the first is taken. Pairs that don't fit into the context
    are left out with their prompt.
    """
    asked: dict[tuple[int, ...], list[int]] = {}
    for episode in episodes:
        ids, _, _ = episode.tokens()
        reply = episode.turns[-1].token_ids if episode.turns else []
        prompt = tuple(ids[: len(ids) - len(reply)])
        if reply and len(asked) < most:
            asked.setdefault(prompt, reply)
    longest = max((len(reply) for reply in asked.values()), default=0)
    pairs = {prompt: reply for prompt, reply in asked.items() if len(prompt) + longest <= policy.context}
    if not pairs:
        return PromptDependence(0.0, 0.0, 0.0, 0.0, 1.0)
    rows = [
        Episode(None, None, [Turn("", "", 0.0, list(prompt), reply, [0.0] * len(reply))])
        for reply in pairs.values()
        for prompt in pairs
    ]
    scores = _scores(policy, rows, microbatch or len(pairs))
    return prompt_dependence(np.reshape(scores, (len(pairs), len(pairs))))


@torch.no_grad()
def _scores(policy: Policy, rows: Sequence[Episode], microbatch: int) -> list[float]:
    """The log-probability of each row's reply."""
    scores: list[float] = []
    for batch, part, _ in packed(rows, microbatch, policy):
        logprobs_M, _ = chosen_logprobs(policy, batch)
        sums = torch.zeros(len(part), device=logprobs_M.device).index_add(0, batch.turn_M, logprobs_M)
        scores += sums.tolist()
    return scores
