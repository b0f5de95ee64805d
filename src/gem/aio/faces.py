"""Bridges between `AsyncEnv` and `Env`: each gives an env the face of the other kind."""

from __future__ import annotations

from collections.abc import Coroutine
from functools import partial
from typing import Any, Self, TypeVar

from gem.aio.async_env import AsyncEnv
from gem.aio.background import background
from gem.aio.runner import Runner
from gem.core import Env, Info, StepResult, Wrapper

Result = TypeVar("Result")


def to_sync(env: Env[Any, Any]) -> Env[Any, Any]:
    """An ordinary env in front of an `AsyncEnv`, for wrappers, vectors and all other sync code; others are returned.

    Where gem's asynchronous parts call that code (`to_async`, the asynchronous executor, `AsyncCollector`), a
    step suspends it. Elsewhere a step blocks its thread while the env runs on gem's own event loop, until `close`.
    """
    if isinstance(env, AsyncFace):
        return env.env
    return SyncFace(env) if isinstance(env, AsyncEnv) else env


def to_async(env: Env[Any, Any]) -> AsyncEnv[Any, Any]:
    """An `AsyncEnv` in front of an ordinary env, which runs as its `step_cost` asks for; others are returned.

    An env that blocks or computes gets a thread, until `close`. Wrappers around `to_sync(env)` need none.
    """
    if isinstance(env, SyncFace):
        return env.env
    return env if isinstance(env, AsyncEnv) else AsyncFace(env)


class SyncFace(Wrapper[Any, Any]):
    """See `to_sync`. All memory is the env's."""

    env: AsyncEnv[Any, Any]

    def __init__(self, env: AsyncEnv[Any, Any]) -> None:
        from gem.aio.suspension import await_here, can_suspend

        super().__init__(env)
        self._await_here, self._can_suspend = await_here, can_suspend

    def reset(self, seed: int | None = None, **options: Any) -> tuple[Any, Info]:
        """Start an episode."""
        return self._wait(self.env.reset(seed=seed, **options))

    def step(self, action: Any) -> StepResult[Any]:
        """Advance the env by one action."""
        return self._wait(self.env.step(action))

    def fork(self) -> Self:
        """A face of a twin of the env."""
        return type(self)(self.env.fork())

    def close(self) -> None:
        """Close the env."""
        try:
            self._wait(self.env.aclose())
        finally:
            background.release(self)

    def _wait(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return self._await_here(coroutine) if self._can_suspend() else background.run(self, coroutine)

    def _remembered(self) -> set[str]:
        return set()


class AsyncFace(Wrapper[Any, Any], AsyncEnv[Any, Any]):  # pyright: ignore[reportIncompatibleVariableOverride]
    """See `to_async`. All memory is the env's."""

    step_cost = "awaits"  # pyright: ignore[reportAssignmentType, reportIncompatibleMethodOverride]

    def __init__(self, env: Env[Any, Any]) -> None:
        super().__init__(env)
        self._runner = Runner(env)

    async def reset(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, seed: int | None = None, **options: Any
    ) -> tuple[Any, Info]:
        """Start an episode."""
        return await self._runner.run(partial(self.env.reset, seed=seed, **options))

    async def step(self, action: Any) -> StepResult[Any]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Advance the env by one action."""
        return await self._runner.run(self.env.step, action)

    def fork(self) -> Self:
        """A face of a twin of the env."""
        return type(self)(self.env.fork())

    async def aclose(self) -> None:
        """Close the env, and end its thread if it has one."""
        await self._runner.run(self.env.close)
        self._runner.close()

    def close(self) -> None:
        """Close the env from sync code."""
        self.env.close()
        self._runner.close()

    def _remembered(self) -> set[str]:
        return set()
