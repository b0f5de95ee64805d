"""A policy with all that learns beside it: optimisers, a critic, a reference. This is what a checkpoint keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from gem.errors import CheckpointError
from gem.rollout.collect import Collector
from gem.train.algorithms import CRITIC, GROUPED
from gem.train.checkpoint import Checkpoint
from gem.train.config import TrainConfig
from gem.train.critic import Critic
from gem.train.grpo import grpo
from gem.train.improvement import Improvement, Metrics
from gem.train.policy import Policy
from gem.train.ppo import ppo
from gem.train.reinforce import reinforce


class Learner:
    """The algorithm of `config` at work on `policy`; `initial` is the policy before training, for `config.kl`."""

    def __init__(self, config: TrainConfig, policy: Policy, initial: Policy | None = None) -> None:
        self.config, self.policy = config, policy
        self.optimiser = adamw(policy.module, config.lr)
        reference = (initial or policy).twin() if config.kl else None
        self.improvement = Improvement(config, policy, self.optimiser, reference)
        self.critic = self.critic_optimiser = None
        if config.algo in CRITIC:
            self.critic = Critic(policy)
            self.critic_optimiser = adamw(self.critic, config.critic_lr)

    def updates(self, collector: Collector, first: int) -> Iterator[Metrics]:
        """Train from iteration number `first` on; yields the metrics of each."""
        if self.critic is not None and self.critic_optimiser is not None:
            return ppo(self.config, self.improvement, collector, self.critic, self.critic_optimiser, first)
        loop = grpo if self.config.algo in GROUPED else reinforce
        return loop(self.config, self.improvement, collector, first)

    def checkpoint(self, iteration: int, next_index: int, best: float | None) -> Checkpoint:
        """All that a resumed run needs."""
        critic = None
        if self.critic is not None and self.critic_optimiser is not None:
            critic = {"weights": self.critic.state_dict(), "optimiser": self.critic_optimiser.state_dict()}
        return Checkpoint.of(
            self.policy,
            optimiser=self.optimiser,
            critic=critic,
            iteration=iteration,
            next_index=next_index,
            best=best,
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Put back optimisers and critic. Raises `CheckpointError` for those of another run."""
        try:
            if checkpoint.optimiser is not None:
                self.optimiser.load_state_dict(checkpoint.optimiser)
            if checkpoint.critic is not None and self.critic is not None and self.critic_optimiser is not None:
                self.critic.load_state_dict(checkpoint.critic["weights"])
                self.critic_optimiser.load_state_dict(checkpoint.critic["optimiser"])
        except (RuntimeError, ValueError, KeyError) as error:
            raise CheckpointError(f"the checkpoint is of another run: {error}") from error


def adamw(module: Any, lr: float) -> torch.optim.AdamW:
    """AdamW as the GEM paper has it (arXiv 2510.01051, table 3): β (0.9, 0.95), no weight decay."""
    weights = [weight for weight in module.parameters() if weight.requires_grad]
    return torch.optim.AdamW(weights, lr=lr, betas=(0.9, 0.95), weight_decay=0)
