"""Is ReBN as good as a critic with GAE and advantage normalisation, and what does the released constant critic do?

    python benchmarks/claims/critic.py            # 5 seeds: about a minute
    python benchmarks/claims/critic.py --quick    # 10 seconds; decides nothing

The paper's PPO reads its value at the first token of the prompt (released code, `ppo_multiturn.py`), where a causal
model can only learn a constant. Here, with policies in tables on GuessTheNumber 1..20 (`interval_game.py`): ReBN, a
critic with one value for each state, and a critic with one value for all. Both critics learn advantage + value, as in
`gem.train.ppo`; advantages are GAE with λ = 0.95, normalised over the batch. An episode that reaches its turn limit
counts as ended. `explained_variance` is that of the values before each of the last 50 updates; `turns_in_training` is
the mean length of all episodes played, so that who learns faster has fewer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from interval_game import Game, exact, play
from softmax_table import Estimate, Floats, Turns, batch_level
from verdicts import Check, Report, finish, options, parsed, settings_of

from gem.train.advantages import gae, normalise, rebn, reward_to_go
from gem.train.diagnostics import explained_variance

GAME = Game(20, 10)
EPISODES, LAST = 64, 50
LAM = 0.95
CRITIC_LR = 0.1
"""Share of the way to the mean target of its turns that a value goes in each update."""
MARGIN = 0.1
"""Turns that ReBN may take more and still be as good."""
BLIND, SEEING = 0.05, 0.3
"""Explained variance that a constant stays below, and that a critic shall exceed."""


@dataclass(slots=True)
class TableCritic:
    """Advantages by GAE, with values that learn from each batch; `knows_state` or has one value for all."""

    knows_state: bool
    gamma: float
    values_S: Floats = field(default_factory=lambda: np.zeros(GAME.size**2))
    explained: list[float] = field(default_factory=list)

    def __call__(self, turns: Turns) -> Floats:
        """The normalised advantages; then the values are fitted."""
        row_N = turns.state_N if self.knows_state else np.zeros_like(turns.state_N)
        values_N = self.values_S[row_N]
        returns_N = reward_to_go(turns.rewards_N, turns.episode_N, self.gamma)
        self.explained.append(explained_variance(values_N, returns_N))
        raw_N = gae(turns.rewards_N, turns.episode_N, values_N, gamma=self.gamma, lam=LAM)
        count_S = np.bincount(row_N, minlength=len(self.values_S))
        self.values_S += CRITIC_LR * np.bincount(row_N, raw_N, len(self.values_S)) / np.maximum(count_S, 1)
        return normalise(raw_N)


def run(estimate: Estimate, steps: int, seed: int) -> dict[str, float]:
    """Train one policy; its figures."""
    policy, rng = GAME.policy(), np.random.default_rng(seed)
    played = 0
    for _ in range(steps):
        turns, _ = play(GAME, policy, EPISODES, rng)
        played += len(turns.rewards_N)
        policy.improve(turns, estimate(turns))
    return {**exact(GAME, policy)._asdict(), "turns_in_training": played / steps / EPISODES}


def main() -> int:
    """Train every row on every seed, compare, decide."""
    chosen = parsed(options(__doc__, steps=1000, quick_steps=60))
    report = Report(
        "ReBN is as good as a critic with GAE and normalisation; a constant critic explains nothing, and shortens "
        "episodes even with γ = 1, where λ discounts in its place.",
        settings_of(chosen, size=GAME.size, turns=GAME.limit, lam=LAM),
    )
    for seed in range(chosen.seeds):
        for gamma in (1.0, 0.9):
            report.add(f"ReBN γ={gamma:g}", **run(batch_level(rebn, gamma), chosen.steps, seed))
            for name, knows_state in (("critic", True), ("constant", False)):
                critic = TableCritic(knows_state, gamma)
                figures = run(critic, chosen.steps, seed)
                report.add(f"{name} γ={gamma:g}", **figures, explained_variance=np.mean(critic.explained[-LAST:]))
    explained = {row: values.get("explained_variance", []) for row, values in report.figures.items()}
    report.checks = [
        Check(
            "turns of critic less ReBN, γ=0.9", report.paired("turns", "critic γ=0.9", "ReBN γ=0.9"), "above", -MARGIN
        ),
        Check("variance explained by critic, γ=0.9", explained["critic γ=0.9"], "above", SEEING),
        Check("variance explained by constant, γ=0.9", explained["constant γ=0.9"], "below", BLIND),
        Check("turns of critic less constant, γ=1", report.paired("turns", "critic γ=1", "constant γ=1"), "above"),
    ]
    return finish(report, chosen)


if __name__ == "__main__":
    raise SystemExit(main())
