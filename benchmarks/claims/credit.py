"""How well does each estimator assign credit, and do those that look at single turns do it better than GRPO?

    python benchmarks/claims/credit.py                                   # 5 seeds: about 10 minutes
    python benchmarks/claims/credit.py --env game:TowerofHanoi-v1-easy   # about 20 minutes
    python benchmarks/claims/credit.py --quick                           # 20 seconds; decides nothing

The embedded model is cloned from the noisy solver and plays groups of 8 episodes that begin in one state. What each of
their turns was really worth is found by playing on from the moment before it, 64 times (`gem.rollout.turn_values`).
Each estimator then says what it thinks of the same turns: `pearson` is its correlation with the truth, `error` what it
leaves unexplained at its best scale (`gem.train.credit_error`). γ is 0.9 for all, and for the truth. `ceiling` is the
correlation that a perfect estimator could reach, given the truth's own errors; the truth knows what the env hides.
"critic" is GAE with a critic fitted beforehand to 30 batches of other episodes of the same policy; --steps is groups.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from small_model import cloned, played, settings_for
from verdicts import Check, Report, finish, options, parsed, settings_of

from gem.agents.tiny import TinyAgent
from gem.rollout.anchors import ANCHORS
from gem.rollout.trajectory import Episode
from gem.seeding import derive
from gem.train.advantages import Floats, gae, reward_to_go
from gem.train.algorithms import BATCHED, GROUPED
from gem.train.batch import flat_turns
from gem.train.config import TrainConfig
from gem.train.credit_error import ceiling, measured
from gem.train.critic import Critic
from gem.train.grpo import advantages
from gem.train.learner import adamw

GROUP, GAMMA = 8, 0.9
BETTER = ("rebn", "gtpo", "gigpo", "gagpo", "critic")
"""Estimators that tell the turns of an episode apart, and are claimed to beat GRPO, which does not."""
WORSE = "grpo"


def fitted_critic(config: TrainConfig, agent: TinyAgent, batches: int) -> Critic:
    """A critic that has seen other episodes of the same policy."""
    critic = Critic(agent)
    optimiser = adamw(critic, config.critic_lr)
    for number in range(batches):
        episodes = played(config.env, agent, config.episodes, derive(config.seed, "critic", number))
        turns = flat_turns(episodes)
        targets_N = reward_to_go(turns.rewards_N, turns.episode_N, config.discount)
        critic.fit(config, optimiser, episodes, targets_N, iteration=number)
    return critic


def by_critic(critic: Critic, config: TrainConfig, episodes: Sequence[Episode]) -> Floats:
    """Turn-level GAE."""
    turns = flat_turns(episodes)
    values_N, finals_E = critic.values(episodes)
    return gae(turns.rewards_N, turns.episode_N, values_N, finals_E, gamma=config.discount, lam=config.lam)


def main() -> int:
    """Measure every estimator on every seed, compare, decide."""
    parser = options(__doc__, steps=16, quick_steps=2)
    parser.add_argument("--env", default="game:GuessTheNumber-v1-easy", help="what is played")
    parser.add_argument("--anchor", default="state", choices=sorted(ANCHORS), help="what counts as the same state")
    chosen = parsed(parser)
    ways, batches = (8, 3) if chosen.quick else (64, 30)
    report = Report(
        f"On {chosen.env}, estimators that tell turns apart assign credit better than GRPO.",
        settings_of(chosen, env=chosen.env, anchor=chosen.anchor, continuations=ways, group_size=GROUP),
    )
    for seed in range(chosen.seeds):
        sizes = {"warm_episodes": 800} if chosen.quick else {}
        settings = {**settings_for(chosen.env), **sizes, "iterations": batches}
        config = TrainConfig(env=chosen.env, gamma=GAMMA, seed=seed, **settings)
        agent = cloned(config)
        estimators: dict[str, Callable[[Sequence[Episode]], Floats]] = {
            algo: partial(advantages, TrainConfig(env=chosen.env, algo=algo, gamma=GAMMA))
            for algo in (*BATCHED, *GROUPED)
        }
        estimators["critic"] = partial(by_critic, fitted_critic(config, agent, batches), config)
        errors, truth = measured(
            chosen.env,
            agent,
            estimators,
            gamma=config.discount,
            groups=chosen.steps,
            group_size=GROUP,
            continuations=ways,
            seed=seed,
            anchor=ANCHORS[chosen.anchor],
        )
        for name, error in errors.items():
            report.add(name, pearson=error.pearson, spearman=error.spearman, error=error.error)
        report.add("ceiling", pearson=ceiling(truth.advantages_N, truth.advantage_errors_N))
    report.checks = [
        Check(f"pearson of {name} less {WORSE}", report.paired("pearson", name, WORSE), "above") for name in BETTER
    ]
    return finish(report, chosen)


if __name__ == "__main__":
    raise SystemExit(main())
