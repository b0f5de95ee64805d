"""The ids `gymnasium:*`: Gymnasium's ToyText, listed without importing it."""

from __future__ import annotations

from typing import Any

from gem.registry import register

TOYS: dict[str, tuple[str, dict[str, Any]]] = {
    "FrozenLake-v1": ("FrozenLakeEnv", {"max_turns": 100}),
    "FrozenLake8x8-v1": ("FrozenLakeEnv", {"max_turns": 200}),
    "Taxi-v4": ("TaxiEnv", {"max_turns": 200}),
    "CliffWalking-v1": ("CliffWalkingEnv", {"max_turns": 100}),
    "CliffWalkingSlippery-v1": ("CliffWalkingEnv", {"max_turns": 200}),
    "Blackjack-v1": ("BlackjackEnv", {"max_turns": 20}),
}
"""Gymnasium's id → our class, and its turn limit: gymnasium's own where it has one."""


def register_ids() -> None:
    """Register every id under its name in gymnasium."""
    for name, (kind, arguments) in TOYS.items():
        register(f"gymnasium:{name}", f"gem.envs.gymnasium:{kind}", name=name, **arguments)
