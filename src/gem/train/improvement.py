"""What every algorithm does with advantages: a few proximal steps on the tokens that the policy chose."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from gem.errors import TrainingDiverged
from gem.rollout.trajectory import Episode
from gem.seeding import derive, generator
from gem.train.aggregation import AGGREGATIONS
from gem.train.batch import Batch, chosen_logprobs
from gem.train.config import TrainConfig
from gem.train.importance import staleness, truncated_weights
from gem.train.losses import KLS, LOSSES, kl_to_sampler
from gem.train.losses.ratio import token_ratio
from gem.train.minibatches import minibatches, packed
from gem.train.policy import Policy

Metrics = dict[str, float]
OUTSIDE = 0.2
"""A token whose ratio is farther than this from 1 counts as `moved`, whatever the loss clips."""


class Improvement:
    """Turns advantages into new weights, as `config` says.

    With `config.kl` the policy is held near `reference`.
    """

    def __init__(
        self,
        config: TrainConfig,
        policy: Policy,
        optimiser: torch.optim.Optimizer,
        reference: Policy | None = None,
    ) -> None:
        self.config, self.policy, self.optimiser, self.reference = config, policy, optimiser, reference

    def improve(self, episodes: Sequence[Episode], advantages_N: np.ndarray, iteration: int) -> Metrics:
        """Update the policy with one advantage per turn; returns the means of the steps' metrics.

        Raises `TrainingDiverged` before a loss or gradient that is not finite reaches the weights.
        """
        config = self.config
        lr = learning_rate(config, config.lr, iteration)
        for group in self.optimiser.param_groups:
            group["lr"] = lr
        old_E = self._old_logprobs(episodes) if config.importance_cap else None
        steps: list[Metrics] = []
        for epoch in range(config.epochs):
            rng = generator(derive(config.seed, "minibatches", iteration, epoch))
            for chosen_E, chosen_N in minibatches(episodes, config.minibatches, rng):
                part = [episodes[index] for index in chosen_E]
                old = None if old_E is None else [old_E[index] for index in chosen_E]
                steps.append(self._step(part, advantages_N[chosen_N], old))
        self.policy.forget()
        return {**{name: float(np.mean([step[name] for step in steps])) for name in steps[0]}, "lr": lr}

    def _step(self, episodes: list[Episode], advantages_N: np.ndarray, old_E: list[Tensor] | None) -> Metrics:
        """One optimiser step on one minibatch, in as many parts as memory asks for."""
        self.optimiser.zero_grad()
        parts: list[tuple[float, Metrics]] = []
        for batch, chosen_E, chosen_N in packed(episodes, self.config.microbatch, self.policy):
            share = batch.share_of(episodes, by_tokens=self.config.aggregation == "token_mean")
            advantages_M = torch.from_numpy(advantages_N[chosen_N]).float().to(batch.ids_B_T.device)[batch.turn_M]
            old_M = None if old_E is None else torch.cat([old_E[index] for index in chosen_E])
            loss, metrics = self.loss(batch, advantages_M, old_M)
            if not torch.isfinite(loss):
                raise TrainingDiverged(f"the loss is {loss.item()}; a smaller lr may help")
            (loss * share).backward()
            parts.append((share, metrics))
        grad_norm = torch.nn.utils.clip_grad_norm_(self.policy.module.parameters(), self.config.grad_clip)
        if not torch.isfinite(grad_norm):
            raise TrainingDiverged(f"the gradient's norm is {grad_norm.item()}; a smaller lr may help")
        self.optimiser.step()
        means = {name: sum(share * metrics[name] for share, metrics in parts) for name in parts[0][1]}
        return {**means, "grad_norm": grad_norm.item()}

    def loss(self, batch: Batch, advantages_M: Tensor, old_logprobs_M: Tensor | None = None) -> tuple[Tensor, Metrics]:
        """The loss of a batch, and what there is to know about it.

        `old_logprobs_M` are the policy's before the update, if they may differ from those that the sampler recorded:
        then ratios are relative to them, and truncated importance weights account for the difference.
        """
        config = self.config
        old_M = batch.logprobs_M if old_logprobs_M is None else old_logprobs_M
        logprobs_M, entropy_M = chosen_logprobs(self.policy, batch, config.temperature or 1.0)
        loss_M = LOSSES[config.loss](logprobs_M, old_M, advantages_M, batch.turn_M, config.clip, config.clip_high)
        metrics: Metrics = {}
        if old_logprobs_M is not None:
            weights_M = truncated_weights(old_M, batch.logprobs_M, config.importance_cap)
            loss_M = loss_M * weights_M
            metrics["effective_share"] = staleness(old_M, batch.logprobs_M).effective_share
        if config.entropy_bonus:
            loss_M = loss_M - config.entropy_bonus * entropy_M
        if self.reference is not None:
            with torch.no_grad():
                reference_M, _ = chosen_logprobs(self.reference, batch, config.temperature or 1.0)
            divergence_M = KLS[config.kl_form](logprobs_M, reference_M)
            loss_M = loss_M + config.kl * divergence_M
            metrics["kl_to_reference"] = divergence_M.mean().item()
        loss = AGGREGATIONS[config.aggregation](loss_M, batch.turn_M, config.constant)
        with torch.no_grad():
            ratio_M = token_ratio(logprobs_M, old_M)
            return loss, {
                "loss": loss.item(),
                "entropy": entropy_M.mean().item(),
                "kl": kl_to_sampler(logprobs_M, batch.logprobs_M).mean().item(),
                "moved": ((ratio_M - 1).abs() > OUTSIDE).float().mean().item(),
                **metrics,
            }

    @torch.no_grad()
    def _old_logprobs(self, episodes: Sequence[Episode]) -> list[Tensor]:
        """The log-probabilities of each episode's chosen tokens before the update, as training computes them."""
        old: list[Tensor] = []
        for batch, _, _ in packed(episodes, self.config.microbatch, self.policy):
            logprobs_M, _ = chosen_logprobs(self.policy, batch, self.config.temperature or 1.0)
            old += logprobs_M.split(batch.chosen_B_T.sum(dim=1).tolist())
        return old


def learning_rate(config: TrainConfig, peak: float, iteration: int) -> float:
    """Rising linearly over the first iterations, while Adam's moments are still guesses; then falling linearly."""
    rise = min(1.0, (iteration + 1) / max(1, config.lr_warmup))
    return peak * rise * (1 - config.lr_decay * iteration / config.iterations)
