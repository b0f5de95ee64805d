"""One game written twice, with `await` and without, which does what its action says: break, wait, go on."""

import asyncio
import threading
from dataclasses import dataclass

from gem.aio import AsyncEnv
from gem.core import Env, StepResult


@dataclass(slots=True)
class Talk:
    """An episode so far."""

    turn: int = 0
    last: str = ""


class Words:
    """The game: what was said is said again, with a number that was drawn."""

    length = 4

    def __init__(self, name="echo", length=4):
        super().__init__()
        self.name, self.length = name, length
        self.closed = 0

    def first(self):
        self.state = Talk()
        return f"{self.name}: draw {self.rng.integers(10**6)}", {"event": "begun", "suffix": "Say something."}

    def next(self, action):
        state = self.state
        state.turn, state.last = state.turn + 1, str(action)
        done = state.turn >= self.length
        obs = f"{self.name} heard {action!r}, draws {self.rng.integers(10**6)}"
        return StepResult(obs, 1.0 if done else 0.1, done, False, {"event": f"turn {state.turn}", "success": done})

    def sample_random_action(self, rng=None):
        return str((self.rng if rng is None else rng).integers(100))

    def close(self):
        self.closed += 1


class Echo(Words, Env):
    """Without `await`."""

    def _reset(self):
        return self.first()

    def _step(self, action):
        if action == "raise":
            raise RuntimeError("the world broke")
        return self.next(action)


class AsyncEcho(Words, AsyncEnv):
    """With `await`. "hang" never ends, "cancel" raises `CancelledError`, "exit" wants the program to end."""

    hanging = cancelled = 0
    """How often any of them has begun to wait for ever, and was cancelled."""
    loop = None

    async def _reset(self, hang=False):
        await self.wait()
        if hang:
            await self.forever()
        return self.first()

    async def _step(self, action):
        await self.wait()
        match action:
            case "raise":
                raise RuntimeError("the world broke")
            case "hang":
                await self.forever()
            case "cancel":
                raise asyncio.CancelledError("the server hung up")
            case "exit":
                raise SystemExit(3)
        return self.next(action)

    async def wait(self):
        """Let others run; the loop is always the same, as it must be for an env with a connection."""
        self.loop = self.loop or asyncio.get_running_loop()
        assert asyncio.get_running_loop() is self.loop
        await asyncio.sleep(0)

    async def forever(self):
        AsyncEcho.hanging += 1
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            AsyncEcho.cancelled += 1
            raise


def gem_threads():
    """Names of the living threads of gem's loops, envs, agents and executors; sandboxes keep theirs for longer."""
    kinds = ("gem-event-loop", "gem-env", "gem-agent", "gem-vector")
    return sorted(thread.name for thread in threading.enumerate() if thread.name.startswith(kinds))
