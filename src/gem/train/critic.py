"""A critic that knows the state: its value is read where the policy is about to reply, at the last prompt token.

A causal model that is read at the first token sees that token alone, and can only learn a constant.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from gem.errors import TrainingDiverged
from gem.rollout.trajectory import Episode
from gem.seeding import derive, generator
from gem.train.batch import Batch, prompt_states
from gem.train.config import TrainConfig
from gem.train.improvement import learning_rate
from gem.train.minibatches import minibatches, packed
from gem.train.policy import Policy, device_of


class Critic(nn.Module):
    """A twin of the policy's trunk and a linear head, which begins at zero."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self._twin = [policy.twin()]  # a list, so that its weights are counted once
        self.trunk = self._twin[0].module
        self.head = nn.Linear(_width(policy), 1, device=device_of(policy))
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The value of each turn's state (N), and of each episode's final observation (B; 0 where it has none)."""
        states_N_D, finals_B_D = prompt_states(self._twin[0], batch)
        values_N = self.head(states_N_D.float())[:, 0]
        finals_B = self.head(finals_B_D.float())[:, 0] * (batch.final_B >= 0)
        return values_N, finals_B

    @torch.no_grad()
    def values(self, episodes: Sequence[Episode], microbatch: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Values of all turns in order (N), and of the final observations of episodes that a limit broke off (E)."""
        parts = [self(batch) for batch, _, _ in packed(episodes, microbatch, self._twin[0])]
        values_N, finals_E = (torch.cat(part).cpu().double().numpy() for part in zip(*parts, strict=True))
        return values_N, finals_E

    def fit(
        self,
        config: TrainConfig,
        optimiser: torch.optim.Optimizer,
        episodes: Sequence[Episode],
        targets_N: np.ndarray,
        iteration: int,
    ) -> float:
        """Regress the values to `targets_N`; returns the mean squared error of the last pass.

        Raises `TrainingDiverged` before an error that is not finite reaches the weights.
        """
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(config, config.critic_lr, iteration)
        errors: list[float] = []
        for epoch in range(config.critic_epochs):
            rng = generator(derive(config.seed, "critic", iteration, epoch))
            errors = [
                self._step(config, optimiser, [episodes[index] for index in chosen_E], targets_N[chosen_N])
                for chosen_E, chosen_N in minibatches(episodes, config.minibatches, rng)
            ]
        return float(np.mean(errors))

    def _step(
        self,
        config: TrainConfig,
        optimiser: torch.optim.Optimizer,
        episodes: Sequence[Episode],
        targets_N: np.ndarray,
    ) -> float:
        optimiser.zero_grad()
        total = 0.0
        for batch, _, chosen_N in packed(episodes, config.microbatch, self._twin[0]):
            values_N, _ = self(batch)
            goal_N = torch.from_numpy(targets_N[chosen_N]).float().to(values_N.device)
            error = (values_N - goal_N).square().sum() / len(targets_N)
            if not torch.isfinite(error):
                raise TrainingDiverged(f"the critic's error is {error.item()}; a smaller critic_lr may help")
            error.backward()
            total += error.item()
        torch.nn.utils.clip_grad_norm_(self.parameters(), config.grad_clip)
        optimiser.step()
        return total


@torch.no_grad()
def _width(policy: Policy) -> int:
    """The size of the policy's hidden states."""
    one_token = torch.tensor([[policy.pad]], device=device_of(policy))
    return policy.hidden(one_token, torch.tensor([1], device=one_token.device)).shape[-1]
