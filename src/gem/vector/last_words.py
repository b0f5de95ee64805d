"""What a worker writes down while it lives, so that its end can be explained: which env it is busy with, and, when
it crashes or a step takes too long, the stack. `faulthandler` writes that and ends the process, whatever it is doing.
"""

from __future__ import annotations

import faulthandler
import os

from gem.errors import StepTimeout, WorkerDied
from gem.vector.link import LinkLost

IDLE = -1
INDEX_BYTES = 8
"""The log begins with the number of the env that is being stepped, or `IDLE`; the rest is `faulthandler`'s."""


class Diary:
    """The worker's side: keeps the log that is open as `fd`."""

    def __init__(self, fd: int, step_timeout_s: float | None) -> None:
        self._fd, self._step_timeout_s = fd, step_timeout_s
        self._write(IDLE)
        os.lseek(fd, 0, os.SEEK_END)
        faulthandler.enable(fd)

    def busy_with(self, index: int, is_limited: bool) -> None:
        """Env `index` is next, perhaps with a limit of time; what has begun before is over."""
        self._write(index)
        if self._step_timeout_s is None:
            return
        faulthandler.cancel_dump_traceback_later()
        if is_limited:
            faulthandler.dump_traceback_later(self._step_timeout_s, exit=True, file=self._fd)

    def idle(self) -> None:
        """All is done for now."""
        faulthandler.cancel_dump_traceback_later()
        self._write(IDLE)

    def _write(self, index: int) -> None:
        os.pwrite(self._fd, int(index).to_bytes(INDEX_BYTES, "little", signed=True), 0)


def account(log: bytes, how: str, step_timeout_s: float | None) -> LinkLost:
    """What the log says of the end of its worker; `how` is what others say of it."""
    index = int.from_bytes(log[:INDEX_BYTES], "little", signed=True) if log else IDLE
    guilty = None if index == IDLE else index
    stack = _of_main_thread(log[INDEX_BYTES:].decode(errors="replace").strip())
    if stack.startswith("Timeout"):
        return LinkLost(StepTimeout(f"took longer than {step_timeout_s} s\n{stack}"), guilty)
    return LinkLost(WorkerDied(f"{how}\n{stack}".rstrip()), guilty)


def _of_main_thread(stacks: str) -> str:
    """Without the stacks of threads that Python code has started: envs run in the main one."""
    headline, _, rest = stacks.partition("\n")
    kept = [stack for stack in rest.split("\n\n") if "threading.py" not in stack and "Extension modules" not in stack]
    return "\n".join([headline, *(stack.strip() for stack in kept)]).strip()
