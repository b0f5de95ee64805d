"""Does it matter to ReBN, and to REINFORCE, whether failure is paid 0 or -1?

    python benchmarks/claims/invariance.py            # 5 seeds: about a minute
    python benchmarks/claims/invariance.py --quick    # 10 seconds; decides nothing

Appendix D.1 of the GEM paper (arXiv 2510.01051) compares rewards 0/1 with -1/1. Both are tried here from the same
policy with the same chances, and the figure is how far apart the two learning curves of success ever get.

One turn: a bandit, in each of 8 situations one of 8 arms pays with probability 0.9, the others with 0.1. Several turns:
GuessTheNumber 1..20 in 5 turns (`interval_game.py`), where only the last turn is paid for. With γ = 1 all turns of an
episode have its reward as their return, so ReBN should not care. With γ < 1 a late -1 is better than an early one.
"""

from __future__ import annotations

import numpy as np
from interval_game import Game, exact, play
from softmax_table import BatchLevel, Estimate, Floats, SoftmaxTable, batch_level, single_turns
from verdicts import Check, Report, finish, options, parsed, settings_of

from gem.train.advantages import rebn, reinforce

SITUATIONS = ARMS = 8
RIGHT, WRONG = 0.9, 0.1
EPISODES, CURVE_POINTS = 64, 20
SAME, DIFFERENT = 1e-6, 0.01
"""Largest distance of two curves that counts as rounding, and least that counts as another curve."""
METHODS: dict[str, tuple[BatchLevel, float]] = {
    "ReBN γ=1": (rebn, 1.0),
    "ReBN γ=0.9": (rebn, 0.9),
    "REINFORCE γ=1": (reinforce, 1.0),
}


def bandit_curve(estimate: Estimate, failure: float, steps: int, seed: int) -> Floats:
    """Chance of success after each update."""
    policy = SoftmaxTable(np.ones((SITUATIONS, ARMS), dtype=np.bool_))
    rng = np.random.default_rng(seed)
    situations = np.arange(SITUATIONS)
    right_S = rng.integers(ARMS, size=SITUATIONS)
    curve: list[float] = []
    for _ in range(steps):
        state_N = rng.integers(SITUATIONS, size=EPISODES)
        action_N = policy.draw(state_N, rng)
        chance_N = np.where(action_N == right_S[state_N], RIGHT, WRONG)
        turns = single_turns(np.where(rng.random(EPISODES) < chance_N, 1.0, failure), state_N, action_N)
        policy.improve(turns, estimate(turns))
        knows = policy.probabilities(situations)[situations, right_S].mean()
        curve.append(WRONG + (RIGHT - WRONG) * float(knows))
    return np.array(curve)


def game_curve(estimate: Estimate, failure: float, steps: int, seed: int) -> Floats:
    """Chance of success at some twenty points of the training."""
    game = Game(20, 5, partial_credit=False, loss=failure)
    policy, rng = game.policy(), np.random.default_rng(seed)
    curve: list[float] = []
    for step in range(steps):
        turns, _ = play(game, policy, EPISODES, rng)
        policy.improve(turns, estimate(turns))
        if (step + 1) % max(1, steps // CURVE_POINTS) == 0:
            curve.append(exact(game, policy).success)
    return np.array(curve)


def main() -> int:
    """Train with both rewards, compare curves, decide."""
    chosen = parsed(options(__doc__, steps=400, quick_steps=40))
    report = Report(
        "ReBN is invariant to 0/1 and -1/1 rewards, in one turn and, with γ = 1, in several; REINFORCE is not.",
        settings_of(chosen),
    )
    for seed in range(chosen.seeds):
        for place, learn in (("one turn", bandit_curve), ("several turns", game_curve)):
            for name, (method, gamma) in METHODS.items():
                zero, minus = (learn(batch_level(method, gamma), pay, chosen.steps, seed) for pay in (0.0, -1.0))
                report.add(
                    f"{place}, {name}",
                    mean_success_0_1=zero.mean(),
                    mean_success_minus1_1=minus.mean(),
                    largest_distance=np.abs(zero - minus).max(),
                )
    claimed = {
        "one turn, ReBN γ=1": "below",
        "one turn, REINFORCE γ=1": "above",
        "several turns, ReBN γ=1": "below",
        "several turns, REINFORCE γ=1": "above",
    }
    report.checks = [
        Check(
            f"{row}: distance of curves",
            report.figures[row]["largest_distance"],
            side,
            SAME if side == "below" else DIFFERENT,
        )
        for row, side in claimed.items()
    ]
    return finish(report, chosen)


if __name__ == "__main__":
    raise SystemExit(main())
