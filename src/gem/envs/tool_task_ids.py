"""The ids `tool:*`: toy tasks for credit assignment."""

from __future__ import annotations

from typing import Any

from gem.registry import register

TASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "tool:Hint-v1": ("HintEnv", {}),
    "tool:TwoStep-v1": ("TwoStepEnv", {}),
    "tool:Decoy-v1": ("DecoyEnv", {"price": 0.05}),
    "tool:Delayed-v1": ("DelayedEnv", {}),
}
"""Id → class and arguments."""


def register_ids() -> None:
    """Register every task."""
    for env_id, (name, arguments) in TASKS.items():
        register(env_id, f"gem.envs.tool_tasks:{name}", **arguments)
