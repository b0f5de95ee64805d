"""Playing a game to its end with its own solver."""

from __future__ import annotations

from typing import Any


def finish(env: Any) -> tuple[float, dict[str, Any]]:
    """The return of the rest of the episode under the solver, and the last info."""
    gained = 0.0
    while True:
        _, reward, terminated, truncated, info = env.step(env.solve())
        gained += reward
        if terminated or truncated:
            return gained, info
