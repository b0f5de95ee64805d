"""Sandboxes whose box is a child process with a driver in it: what plain, bwrap and container boxes share.

A subclass says how a box is started; one box runs one program or one session, and is then thrown away.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
import time
from abc import abstractmethod
from concurrent.futures import ThreadPoolExecutor

from gem.errors import SandboxUnavailable
from gem.sandbox.box.seccomp import AUDIT_ARCH, filter_program
from gem.sandbox.children.child import Child, compile_driver
from gem.sandbox.children.driver_inside import ANY_PID
from gem.sandbox.children.piped_session import PipedSession
from gem.sandbox.children.report import ChildLost, ChildSilent, Message, bounds, result_of
from gem.sandbox.limits import Limits
from gem.sandbox.profile import Profile
from gem.sandbox.protocol import Sandbox, Session
from gem.sandbox.result import Result, unavailable

GRACE_S = 1.0
"""How long after its time a program's end is awaited from the driver, before the host kills the whole box."""


class PipedSandbox(Sandbox):
    """A box is a process; `_start` starts one."""

    starting_s = 30.0
    """How long a box may take until its program begins."""

    def __init__(self, *, limits: Limits | None, profile: Profile, concurrency: int, packages: str) -> None:
        super().__init__(limits=limits, profile=profile, concurrency=concurrency)
        self._setting = {"path": packages, "imports": ",".join(profile.imports)}
        self._places = threading.BoundedSemaphore(concurrency)
        self._lock = threading.Lock()
        self._boxes: set[Child] = set()
        self._owner = os.getpid()
        _open.add(self)
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="gem-sandbox-starter")
        """A box that dies with its parent dies with the thread that started it: so this one starts them all."""

    @abstractmethod
    def _start(self, limits: Limits) -> Child:
        """A new box. Raises `OSError` if there can be none now."""

    def _seccomp(self, limits: Limits) -> bytes:
        """The filter of system calls that the driver puts on the program's process; none if empty."""
        del limits
        return b""

    def try_out(self) -> None:
        """Run a program whose answer is known. Raises `SandboxUnavailable`, and closes, if it does not come."""
        result = self._run(b"print(6 * 7)", b"", Limits(timeout_s=self.starting_s))
        if result.stdout != "42\n":
            self.close()
            raise SandboxUnavailable(f"{type(self).__name__} cannot run programs here: {result.stderr or result}")

    def _run(self, code: bytes, stdin: bytes, limits: Limits) -> Result:
        with self._places:
            try:
                box = self._box(limits)
            except OSError as error:
                return unavailable(f"no box could be started: {error}")
            try:
                return self._exchange(box, code, stdin, limits)
            finally:
                self._drop(box)

    def _exchange(self, box: Child, code: bytes, stdin: bytes, limits: Limits) -> Result:
        begun = False
        largest = limits.output_kb * 1024 + 1
        deadline = time.monotonic() + self.starting_s
        try:
            box.send(deadline, [code, stdin, self._seccomp(limits)], kind="program", **bounds(limits), **self._setting)
            message = box.receive(deadline, largest)
            if message.event != "started":
                return unavailable(failure(message))
            begun = True
            deadline = time.monotonic() + limits.timeout_s + GRACE_S
            return result_of(box.receive(deadline, largest), limits)
        except ChildSilent:
            why = f"the box did not start within {self.starting_s:.0f} s"
            return Result(status="timeout", limit_hit="time", wall_s=limits.timeout_s) if begun else unavailable(why)
        except ChildLost as error:  # a program that has begun can bring down its driver
            return Result(status="killed", stderr=str(error)) if begun else unavailable(str(error))

    def session(self, limits: Limits | None = None) -> Session:
        """Start an interpreter that keeps its state, in a box of its own; it takes no place of `concurrency`."""
        limits = limits or self.limits
        try:
            box = self._box(limits)
        except OSError as error:
            raise SandboxUnavailable(f"no box could be started: {error}") from error
        deadline = time.monotonic() + self.starting_s
        try:
            box.send(deadline, [self._seccomp(limits)], kind="session", **bounds(limits), **self._setting)
            message = box.receive(deadline, limits.output_kb * 1024 + 1)
            why = "" if message.event == "started" else failure(message)
        except (ChildLost, ChildSilent) as error:
            why = str(error) or f"no answer within {self.starting_s:.0f} s"
        if why:
            self._drop(box)
            raise SandboxUnavailable(f"no session could be started: {why}")
        return PipedSession(box, limits, on_close=self._drop)

    def close(self) -> None:
        _open.discard(self)
        super().close()
        with self._lock:
            boxes, self._boxes = self._boxes, set()
        for box in boxes:
            box.close()
        self._starter.shutdown()

    def _box(self, limits: Limits) -> Child:
        try:
            box = self._starter.submit(self._start, limits).result()
        except RuntimeError as error:  # it has been shut down, or no thread can be had
            raise OSError(f"{error}") from None
        with self._lock:
            self._boxes.add(box)
        return box

    def _drop(self, box: Child) -> None:
        with self._lock:
            self._boxes.discard(box)
        box.close()


def failure(message: Message) -> str:
    """Why a box ended before its program began: the last thing that was written in it."""
    return (
        b"\n".join(message.parts).decode("utf-8", "replace").strip()[-2000:]
        or "the program's process ended at its start"
    )


def filter_for(limits: Limits) -> bytes:
    """The zygote's filter, with a mark for the number of a process not yet born; empty on a machine unknown to it."""
    if os.uname().machine not in AUDIT_ARCH:
        return b""
    return filter_program(ANY_PID, processes=limits.processes > 0)


def driver_folder() -> str:
    """A new temporary folder with the compiled driver in it. Raises `SandboxUnavailable` if there is no room."""
    try:
        folder = tempfile.mkdtemp(prefix="gem-driver-")
        compile_driver(folder)
    except OSError as error:
        raise SandboxUnavailable(f"no temporary folder for a sandbox: {error}") from error
    return folder


def remove_folder(folder: str) -> None:
    """Remove it with all that is in it, also what a program has forbidden to be removed."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if os.path.isdir(folder):  # folders in it lie deeper than Python's own recursion goes, or permit nothing
        for command in (["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
            with contextlib.suppress(OSError):
                subprocess.run([*command, folder], stdin=subprocess.DEVNULL, capture_output=True, check=False)


def _close_all() -> None:
    """What nobody has closed: a forked child's are its parent's business."""
    for sandbox in list(_open):
        if sandbox._owner == os.getpid():  # pyright: ignore[reportPrivateUsage]
            sandbox.close()


_open: set[PipedSandbox] = set()
atexit.register(_close_all)
