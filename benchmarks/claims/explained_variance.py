"""Does a critic that is read at the last token of the prompt explain returns that one at the first token cannot?

    python benchmarks/claims/explained_variance.py            # 5 seeds on TowerofHanoi-v1-easy: about 40 minutes
    python benchmarks/claims/explained_variance.py --env game:GuessTheNumber-v1-easy
    python benchmarks/claims/explained_variance.py --quick    # 40 seconds; decides nothing

The released PPO of the GEM paper takes the value at position 0 of a causal language model, which sees the same first
token in every state and so gives all states one value (arXiv 2510.01051, `ppo_multiturn.py`). The embedded model is
cloned from the noisy solver and trained by `gem.train.ppo`, once with our critic and once with the same critic read at
the first token. `explained_variance` is the mean over the last fifth of the updates, of values from before the update;
it is 0 for any constant. Success is that of the same updates' episodes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from small_model import cloned, settings_for, trained
from torch import Tensor
from verdicts import Check, Report, finish, options, parsed, settings_of

from gem.agents.tiny import TinyAgent
from gem.train.batch import Batch
from gem.train.config import TrainConfig
from gem.train.critic import Critic
from gem.train.learner import Learner, adamw

BLIND, SEEING = 0.05, 0.3


class FirstTokenCritic(Critic):
    """The released code's: it reads every state's value at the first token of the episode."""

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """As `Critic.forward`, in column 0."""
        first_N_2 = torch.stack([batch.prompt_N_2[:, 0], torch.zeros_like(batch.prompt_N_2[:, 1])], dim=1)
        return super().forward(replace(batch, prompt_N_2=first_N_2, final_B=batch.final_B.clamp(max=0)))


def figures(config: TrainConfig, agent: TinyAgent, first_token: bool) -> dict[str, float]:
    """Train the agent; means over the last fifth of the updates."""
    learner = Learner(config, agent)
    if first_token:
        learner.critic = FirstTokenCritic(agent)
        learner.critic_optimiser = adamw(learner.critic, config.critic_lr)
    lines = list(trained(config, agent, learner))
    last = lines[-max(1, len(lines) // 5) :]
    return {name: float(np.mean([line[name] for line in last])) for name in ("explained_variance", "success", "return")}


def main() -> int:
    """Train with both critics on every seed, compare, decide."""
    parser = options(__doc__, steps=100, quick_steps=4)
    parser.add_argument("--env", default="game:TowerofHanoi-v1-easy", help="what is played (default: %(default)s)")
    chosen = parsed(parser)
    report = Report(
        f"On {chosen.env}, a critic at the last prompt token explains more than {SEEING} of the returns' variance, one "
        "at the first token nothing.",
        settings_of(chosen, env=chosen.env),
    )
    sizes = {"warm_episodes": 200, "warm_epochs": 1, "episodes": 16} if chosen.quick else {}
    settings = {**settings_for(chosen.env), "algo": "ppo", "iterations": chosen.steps, **sizes}
    for seed in range(chosen.seeds):
        config = TrainConfig(env=chosen.env, seed=seed, **settings)
        agent = cloned(config)
        report.add("last prompt token", **figures(config, agent.twin(), first_token=False))
        report.add("first token", **figures(config, agent.twin(), first_token=True))
    explained = {row: values["explained_variance"] for row, values in report.figures.items()}
    report.checks = [
        Check("variance explained, last prompt token", explained["last prompt token"], "above", SEEING),
        Check("variance explained, first token", explained["first token"], "below", BLIND),
    ]
    report.asides = [
        Check("return, last less first", report.paired("return", "last prompt token", "first token"), "above")
    ]
    return finish(report, chosen)


if __name__ == "__main__":
    raise SystemExit(main())
