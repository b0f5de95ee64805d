"""The sandboxes that a whole process shares: envs and tools ask here, so that a thousand of them start one.

    result = sandbox.shared().run("print(1)")

They end with the process. A forked child starts its own.
"""

from __future__ import annotations

import atexit
import os
from threading import Lock

from gem.sandbox.backends import make
from gem.sandbox.profile import Profile, profile_of
from gem.sandbox.protocol import Sandbox

_sandboxes: dict[tuple[int, Profile], Sandbox] = {}
_lock = Lock()


def shared(profile: str | Profile = "auto") -> Sandbox:
    """This process's sandbox of a profile, started at the first call. Raises `SandboxUnavailable` as `make` does."""
    key = os.getpid(), profile_of(profile)
    with _lock:
        if key not in _sandboxes:
            _sandboxes[key] = make("auto", profile=key[1])
        return _sandboxes[key]


def close_shared() -> None:
    """End them; the next `shared()` starts anew."""
    with _lock:
        for sandbox in _sandboxes.values():
            sandbox.close()  # in a fork, one of the parent's only lets go of its descriptors
        _sandboxes.clear()


def _fresh_lock() -> None:
    global _lock  # noqa: PLW0603 - another thread may have held it at the moment of the fork
    _lock = Lock()


atexit.register(close_shared)
os.register_at_fork(after_in_child=_fresh_lock)
