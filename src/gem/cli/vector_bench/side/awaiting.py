"""The kind `awaiting` for gyms that can await: ours, where it is an `AsyncEnv`."""

from __future__ import annotations

import asyncio
from typing import Any

from gem.aio import AsyncEnv

from .work import TURNS, Work


class AwaitingEnv(Work, AsyncEnv[Any, Any]):
    """Awaits the latencies that other envs sleep through."""

    async def reset(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, seed: int | None = None, **options: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Start an episode."""
        return Work.reset(self, seed, **options)

    async def step(self, action: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Await the latency of one turn."""
        await asyncio.sleep(next(self.latencies))
        self.turn += 1
        return self.answer(action), 1.0, False, self.turn >= TURNS, {}
