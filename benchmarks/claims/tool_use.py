"""Is a tool learned under 0/1 rewards with ReBN, and not, or more slowly, with REINFORCE?

    python benchmarks/claims/tool_use.py            # 5 seeds, a policy in a table: 5 seconds
    python benchmarks/claims/tool_use.py --model    # the embedded model: about 20 minutes
    python benchmarks/claims/tool_use.py --quick    # 5 seconds (--model: 30); decides nothing

Appendix D.1 of the GEM paper (arXiv 2510.01051), in small, on `tool:Hint-v1`: an answer at once is right with
probability 0.3, one after a call of the tool with 0.9. At first the tool is called in one of twenty episodes. The table
has two states: before a call, where it answers or calls, and after, where it believes the rumour or the tool (a test
compares it with the env). REINFORCE is also tried with -1/1, which the paper tried as a remedy. `updates` is how many
it takes until the tool is called in 90 % of all episodes; where that never happens, all of them and one. The paper
found that no tool use is learned at all without ReBN: that stronger form is an aside.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from softmax_table import BatchLevel, Estimate, SoftmaxTable, Turns, batch_level
from verdicts import Check, Report, finish, options, parsed, settings_of

from gem.train.advantages import rebn, reinforce

if TYPE_CHECKING:
    from gem.agents.protocol import Request
    from gem.agents.tiny import TinyAgent
    from gem.train.config import TrainConfig

BASE_RATE, TOOL_RATE = 0.3, 0.9
FIRST_USE, LEARNED, EPISODES = 0.05, 0.9, 64
BEFORE, AFTER = 0, 1
AT_ONCE, CALL = 0, 1
"""Before a call: answer, or call. After it: believe the rumour, or the tool."""
ROWS: dict[str, tuple[BatchLevel, float]] = {
    "ReBN 0/1": (rebn, 0.0),
    "REINFORCE 0/1": (reinforce, 0.0),
    "REINFORCE -1/1": (reinforce, -1.0),
}


def new_policy() -> SoftmaxTable:
    """Rarely calls the tool, and knows nothing of its worth."""
    policy = SoftmaxTable(np.ones((2, 2), dtype=np.bool_))
    policy.logits_S_A[BEFORE, CALL] = math.log(FIRST_USE / (1 - FIRST_USE))
    return policy


def play(policy: SoftmaxTable, rng: np.random.Generator, failure: float = 0.0, episodes: int = EPISODES) -> Turns:
    """Episodes of `tool:Hint-v1` with legal moves."""
    before_B = policy.draw(np.full(episodes, BEFORE), rng)
    after_B = policy.draw(np.full(episodes, AFTER), rng)
    called_B = before_B == CALL
    rate_B = np.where(called_B & (after_B == CALL), TOOL_RATE, BASE_RATE)
    paid_B = np.where(rng.random(episodes) < rate_B, 1.0, failure)
    number = np.arange(episodes)
    episode_N = np.concatenate([number, number[called_B]])
    rewards_N = np.concatenate([np.where(called_B, 0.0, paid_B), paid_B[called_B]])
    state_N = np.repeat([BEFORE, AFTER], [episodes, called_B.sum()])
    action_N = np.concatenate([before_B, after_B[called_B]])
    order = np.argsort(episode_N, kind="stable")
    return Turns(rewards_N[order], episode_N[order], episode_N[order], state_N[order], action_N[order])


def in_a_table(estimate: Estimate, failure: float, steps: int, seed: int) -> Iterable[float]:
    """How often the tool is called after each update."""
    policy, rng = new_policy(), np.random.default_rng(seed)
    for _ in range(steps):
        turns = play(policy, rng, failure)
        policy.improve(turns, estimate(turns))
        yield float(policy.probabilities(np.array([BEFORE]))[0, CALL])


def reluctant_model(config: TrainConfig) -> TinyAgent:
    """The embedded model, cloned from a player that rarely calls the tool and answers with any box that was named."""
    from small_model import cloned

    from gem.agents.scripted import TextAgent

    class Reluctant(TextAgent):
        def reply(self, request: Request) -> str:
            env, rng = request.env.unwrapped, request.rng
            if rng.random() < FIRST_USE and env.new_calls():
                return "\\boxed{ask}"
            named = env.named_boxes()
            return f"\\boxed{{{named[int(rng.integers(len(named)))]}}}"

    return cloned(config, Reluctant())


def in_a_model(config: TrainConfig, agent: TinyAgent) -> Iterable[float]:
    """How often the tool is called in the episodes of each update."""
    from small_model import trained

    for metrics in trained(config, agent):
        yield metrics["turns"] - 1


def with_a_table(chosen: argparse.Namespace, seed: int) -> Iterator[tuple[str, list[float]]]:
    """Every row and its use of the tool."""
    for row, (method, failure) in ROWS.items():
        yield row, list(in_a_table(batch_level(method, 1.0), failure, chosen.steps, seed))


def with_a_model(chosen: argparse.Namespace, seed: int) -> Iterator[tuple[str, list[float]]]:
    """The same for the rows with the env's own rewards; both begin with one model."""
    from gem.train.config import TrainConfig

    config = TrainConfig(
        env="tool:Hint-v1", seed=seed, iterations=chosen.steps, gamma=1.0, warm_episodes=800 if chosen.quick else 3000
    )
    agent = reluctant_model(config)
    for row, (method, failure) in ROWS.items():
        if not failure:
            yield row, list(in_a_model(dataclasses.replace(config, algo=method.__name__), agent.twin()))


def main() -> int:
    """Train every row on every seed, compare, decide."""
    parser = options(__doc__, steps=400, quick_steps=40)
    parser.add_argument("--model", action="store_true", help="train the embedded model, for 150 updates by default")
    chosen = parser.parse_args()
    if chosen.model:
        parser.set_defaults(full=(5, 150), short=(1, 3))
    chosen = parsed(parser)
    report = Report(
        "With 0/1 rewards the tool is learned with ReBN, and not or more slowly with REINFORCE.",
        settings_of(chosen, model=chosen.model),
    )
    for seed in range(chosen.seeds):
        for row, use in (with_a_model if chosen.model else with_a_table)(chosen, seed):
            learned = next((number for number, share in enumerate(use, 1) if share >= LEARNED), chosen.steps + 1)
            report.add(row, use_at_the_end=float(np.mean(use[-10:])), updates=learned)
    report.checks = [
        Check("use of the tool at the end, ReBN", report.figures["ReBN 0/1"]["use_at_the_end"], "above", LEARNED),
        Check("updates of REINFORCE less ReBN", report.paired("updates", "REINFORCE 0/1", "ReBN 0/1"), "above"),
    ]
    report.asides = [
        Check("use of the tool at the end, REINFORCE", report.figures["REINFORCE 0/1"]["use_at_the_end"], "below", 0.5)
    ]
    return finish(report, chosen)


if __name__ == "__main__":
    raise SystemExit(main())
