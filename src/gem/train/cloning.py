"""Behaviour cloning: a warm start from the episodes of a noisy solver.

The policy learns to write readable moves, and plays about as well as its noisy teacher. Only the
tokens of actions are imitated.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import torch

from gem.errors import ConfigError
from gem.rollout.trajectory import Episode
from gem.seeding import derive, generator
from gem.train.batch import Batch, chosen_logprobs
from gem.train.config import TrainConfig
from gem.train.policy import Policy, device_of

RAMP_STEPS = 20
"""Optimiser steps until the full learning rate."""


def transcripts(episodes: Sequence[Episode]) -> list[str]:
    """Every text in the episodes, for training a tokenizer."""
    return [text for episode in episodes for turn in episode.turns for text in (turn.observation, turn.action)]


def tokenize(episodes: Sequence[Episode], policy: Policy) -> None:
    """Give text episodes the tokens that the policy would have seen and said."""
    renderer = policy.renderer
    for episode in episodes:
        past: list[int] = []
        for turn in episode.turns:
            seen = turn.observation
            turn.prompt_ids = renderer.observe(seen, {}, past) if past else renderer.begin(seen, {})
            turn.token_ids = policy.spell(turn.action)
            past += [*turn.prompt_ids, *turn.token_ids]


def clone(policy: Policy, episodes: Sequence[Episode], config: TrainConfig) -> Iterator[dict[str, float]]:
    """Fit the actions in `episodes`; yields the loss (nats per token) after each optimiser step.

    Raises `ConfigError` if every episode is longer than the context.
    """
    tokenize(episodes, policy)
    kept = [episode for episode in episodes if len(episode.tokens()[0]) <= policy.context]
    if not kept:
        raise ConfigError(f"no demonstration fits into the context of {policy.context} tokens")
    weights = [weight for weight in policy.module.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=config.warm_lr, betas=(0.9, 0.95), weight_decay=0)
    steps_an_epoch = math.ceil(len(kept) / config.warm_batch)
    steps = config.warm_epochs * steps_an_epoch
    orders = [
        generator(derive(config.seed, "cloning", epoch)).permutation(len(kept)) for epoch in range(config.warm_epochs)
    ]
    for step in range(steps):
        epoch, place = divmod(step, steps_an_epoch)
        chosen = orders[epoch][place * config.warm_batch : (place + 1) * config.warm_batch]
        for group in optimiser.param_groups:
            group["lr"] = config.warm_lr * min(1.0, (step + 1) / RAMP_STEPS) * (1 - step / steps)
        batch = Batch.of([kept[index] for index in chosen], policy.pad).to(device_of(policy))
        logprobs_M, _ = chosen_logprobs(policy, batch)
        loss = -logprobs_M.mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, config.grad_clip)
        optimiser.step()
        yield {"step": step + 1, "steps": steps, "loss": loss.item()}
    policy.forget()
