"""Envs that do what their action says: break, hang, wait, or take their process along. All of them can be pickled."""

from __future__ import annotations

import asyncio
import ctypes
import os
import re
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from gem.aio import AsyncEnv, to_sync
from gem.core import Env, StepResult, Wrapper
from gem.seeding import generator

LIMIT_S = 30.0
"""A wait that takes longer is a failure of the test."""


def _raise():
    raise RuntimeError("the world broke")


def _exit():
    os._exit(3)


def _kill():
    os.kill(os.getpid(), signal.SIGKILL)


def _segfault():
    ctypes.string_at(0)


def _spin():
    while True:
        pass


def _sleep():
    time.sleep(3600)


def _regex():
    re.match(r"(a+)+$", "a" * 64 + "b")  # in C, with the lock of the interpreter held


DEEDS = {
    "raise": _raise, "exit": _exit, "kill": _kill, "segfault": _segfault,
    "spin": _spin, "sleep": _sleep, "regex": _regex,
}  # fmt: skip
"""What an env can be told to do. The last three don't come to an end."""


def do(deed, folder=None):
    """Do it, if it is a deed. `"wait NAME"` says `NAME.begun` and waits for `NAME`, two files of the folder."""
    if not isinstance(deed, str):
        return
    if deed in DEEDS:
        DEEDS[deed]()
    elif deed.startswith("wait "):
        name = deed.removeprefix("wait ")
        Path(folder, f"{name}.begun").touch()
        until(Path(folder, name).exists)


def until(true, limit_s=LIMIT_S, what="it"):
    """Look again and again until `true()` is so; returns what it returned."""
    deadline = time.monotonic() + limit_s
    while not (found := true()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {limit_s} s")
        time.sleep(0.002)
    return found


def kill_and_wait(pid):
    """Kill a process and see it go: it is gone, or waits for its parent to ask how it ended."""
    os.kill(pid, signal.SIGKILL)
    until(lambda: not alive(pid), what=f"the end of process {pid}")


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@dataclass(slots=True)
class Play:
    """An episode so far."""

    turn: int = 0


class Obedient(Env):
    """Shows a number that it draws, says what its turn was, and does its action if that is a deed.

    `deeds`: what it does at its first, second, … reset.
    """

    def __init__(self, name="env", length=4, deeds=(), folder=None):
        super().__init__()
        self.name, self.length, self.deeds, self.folder = name, length, list(deeds), folder
        self.episode = 0

    def _reset(self, deed=None):
        self.episode += 1
        planned = self.deeds[self.episode - 1] if self.episode <= len(self.deeds) else None
        do(deed or planned, self.folder)
        self.state = Play()
        return self._text(), {"episode": self.episode}

    def _step(self, action):
        do(action, self.folder)
        self.state.turn += 1
        done = self.state.turn >= self.length
        return StepResult(self._text(), 1.0, done, False, self._info(action, done))

    def _info(self, action, done):
        return {"action": str(action), **({"correct": True} if done else {})}

    def _text(self):
        return f"{self.name} turn {self.state.turn} draws {self.rng.integers(10**9)}"

    def pid(self):
        """Of the process where it lives."""
        return os.getpid()

    def thread(self):
        """The thread that asks."""
        return threading.get_ident()

    def linger(self, seconds):
        """A method that takes so long."""
        time.sleep(seconds)
        return "done"

    def broken(self):
        """A method that raises."""
        raise KeyError("no such thing")

    def sample_random_action(self, rng=None):
        return "play"


class Patient(AsyncEnv):
    """Awaits a moment in each step, then tells what `Obedient` tells."""

    def __init__(self, name="env", length=4, folder=None):
        super().__init__()
        self.name, self.length, self.folder = name, length, folder

    async def _reset(self):
        await asyncio.sleep(0)
        self.state = Play()
        return self._text(), {}

    async def _step(self, action):
        await self._do(str(action))
        self.state.turn += 1
        done = self.state.turn >= self.length
        return StepResult(self._text(), 1.0, done, False, {"action": str(action)})

    async def _do(self, deed):
        """`"hang"` awaits what never comes; `"wait NAME"` awaits a file; else a millisecond at most."""
        if deed == "hang":
            try:
                await asyncio.Event().wait()
            finally:
                Path(self.folder, "given up").touch()
        elif deed == "cancel":
            raise asyncio.CancelledError("by itself")
        elif deed.startswith("wait "):
            while not Path(self.folder, deed.removeprefix("wait ")).exists():
                await asyncio.sleep(0.002)
        else:
            await asyncio.sleep(self.rng.random() / 1000)

    def _text(self):
        return f"{self.name} turn {self.state.turn} draws {self.rng.integers(10**9)}"

    def sample_random_action(self, rng=None):
        return "play"


class Unborn(Obedient):
    """An env that cannot be made."""

    def __init__(self, *args, **kwargs):
        raise RuntimeError("no such world")


class Recorded(Obedient):
    """Leaves a file when it is made and another when it is closed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        Path(self.folder, f"{self.name}.made").touch()

    def close(self):
        Path(self.folder, f"{self.name}.closed").touch()


class Secretive(Obedient):
    """Answers "secret" with what cannot be pickled, in its info."""

    def _info(self, action, done):
        info = super()._info(action, done)
        return {**info, "lock": threading.Lock()} if action == "secret" else info


class Locked(Obedient):
    """An env made with a lock, which cannot be pickled."""

    def __init__(self, lock=None, **kwargs):
        super().__init__(**kwargs)
        self.lock = lock


class LockedWrapper(Wrapper):
    """A wrapper of which one instance holds a lock: it can't be pickled."""


def made(kind, seed, arguments):
    """An env of that kind with a generator of its own."""
    env = kind(**arguments)
    env.rng = generator(seed)
    return to_sync(env) if isinstance(env, AsyncEnv) else env


def wrapped(wrap, make):
    """What `make()` makes, with that around it."""
    return wrap(make())
