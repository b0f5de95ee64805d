"""The names that settings take. Light: the command line reads it before torch is there."""

from __future__ import annotations

BATCHED = ("reinforce", "rebn")
"""Algorithms that compare a turn with the whole batch, or with nothing."""
GROUPED = ("grpo", "dr_grpo", "rloo", "reinforce_pp_baseline", "gtpo", "gigpo", "hgpo", "gagpo")
"""Algorithms that compare episodes which began in one state."""
WHOLE_EPISODES = ("grpo", "dr_grpo", "rloo", "reinforce_pp_baseline")
"""Those of them that give all turns of an episode one advantage."""
CRITIC = ("ppo",)
ALGORITHMS = (*BATCHED, *GROUPED, *CRITIC)

LOSS_NAMES = ("policy_gradient", "ppo", "gspo", "cispo")
AGGREGATION_NAMES = ("token_mean", "sequence_mean", "constant")
ANCHOR_NAMES = ("state", "observation")
FILTER_NAMES = ("none", "dynamic", "variance")
KL_NAMES = ("k2", "k3")
"""As a loss, k1 would be none: its gradient is zero in expectation."""
