"""The executor for envs that compute: a process for each core, each with some of the envs.

The processes are new interpreters, so that threads and CUDA contexts of the caller are no concern of theirs. A
script needs no `if __name__ == "__main__"` unless classes or functions that it defines itself must be
known in the workers and `cloudpickle` (extra `vector`) is not installed. POSIX only.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing.spawn
import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from importlib import import_module
from multiprocessing.connection import Connection, wait
from typing import Any

from gem.errors import WorkerDied
from gem.vector.chunk import Setup
from gem.vector.far import FarVectorEnv
from gem.vector.last_words import account
from gem.vector.link import LinkLost, end_all
from gem.vector.patience import CLOSING_S, Deadline
from gem.vector.travel import pack
from gem.vector.worker import GOODBYE

BOOT = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from gem.vector.worker import main
sys.exit(main(*map(int, sys.argv[2:])))
"""
LOG_BYTES = 1 << 20


class ProcessVectorEnv(FarVectorEnv):
    """Steps its envs in `workers` processes (default: one for each core), which live as long as the vector.

    A step that outlasts `step_timeout_s` costs its whole process, whatever it is busy with, and so the
    episodes of the envs beside it.
    """

    def _open(self) -> None:
        super()._open()
        self._finalizer = weakref.finalize(self, end_all, self._links)

    def _start(self, worker: int, setup: Setup) -> WorkerLink:
        del worker
        preparation: Any = multiprocessing.spawn.get_preparation_data("gem-vector")
        try:
            packed = pack(setup)
        except Exception:  # noqa: BLE001 - whatever it is, it is said below
            packed = None
        if packed is not None and b"__main__" not in packed:
            return WorkerLink(setup, packed, {})
        try:  # by value, what comes from the caller's own script
            dumps = import_module("cloudpickle").dumps
        except ImportError:
            script = {name: preparation[name] for name in _SCRIPT if name in preparation}
            return WorkerLink(setup, packed or self._packed_setup(setup, pack), script)
        return WorkerLink(setup, self._packed_setup(setup, dumps), {})

    def _answered(self, workers: Sequence[int], timeout_s: float | None) -> Sequence[int]:
        lines: dict[Any, int] = {}
        for worker in workers:
            link = self._links[worker]
            assert isinstance(link, WorkerLink)
            lines[link.line] = worker
        return [lines[line] for line in wait(list(lines), timeout_s)]

    def _shut(self) -> None:
        self._finalizer()


class WorkerLink:
    """A worker process, the line to it, and the log that it would leave."""

    def __init__(self, setup: Setup, packed_setup: bytes, script: Mapping[str, Any]) -> None:
        self.step_timeout_s = setup.step_timeout_s
        self._owner = os.getpid()
        self._closing = Deadline(CLOSING_S)
        with contextlib.ExitStack() as theirs, contextlib.ExitStack() as ours:
            line, their_line = socket.socketpair()
            theirs.enter_context(their_line)
            self.log = ours.enter_context(tempfile.TemporaryFile())
            their_lifeline, lifeline = os.pipe()
            theirs.callback(os.close, their_lifeline)
            ours.callback(os.close, lifeline)
            self.line = ours.enter_context(Connection(line.detach()))
            fds = (their_line.fileno(), self.log.fileno(), their_lifeline)
            self.process = subprocess.Popen(
                [sys.executable, "-c", BOOT, json.dumps(sys.path), *map(str, fds)],
                stdin=subprocess.DEVNULL,
                pass_fds=fds,
                process_group=0,
            )
            self._open = ours.pop_all()
            """What is to be closed when the worker has ended."""
        self.post(pack((script, packed_setup)))

    def post(self, packed: bytes) -> None:
        """Send a message."""
        try:
            self.line.send_bytes(packed)
        except OSError:
            raise self._lost() from None

    def fetch(self) -> list[tuple[int, Any]]:
        """The answer to the last message."""
        try:
            packed = self.line.recv_bytes()
        except (EOFError, OSError):
            raise self._lost() from None
        return pickle.loads(packed)

    def part(self) -> None:
        """Ask the worker to end; a fork of the caller leaves it alone."""
        if os.getpid() != self._owner:
            return
        self._closing = Deadline(CLOSING_S)
        with contextlib.suppress(OSError):
            self.line.send_bytes(GOODBYE)

    def end(self) -> None:
        """Wait until it has ended; after some seconds it is killed. What its envs have started goes with it."""
        if os.getpid() == self._owner:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self._closing.remaining_s())
            self._kill()
        self._open.close()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _lost(self) -> LinkLost:
        """What became of the worker, whose line is dead."""
        try:
            status = self.process.wait(CLOSING_S)
        except subprocess.TimeoutExpired:
            self._kill()
            return LinkLost(WorkerDied("its worker process has closed its line"))
        how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"exited with status {status}"
        return account(os.pread(self.log.fileno(), LOG_BYTES, 0), f"its worker process {how}", self.step_timeout_s)


_SCRIPT = ("sys_argv", "orig_dir", "init_main_from_name", "init_main_from_path")
"""What `multiprocessing` would tell a spawned process about the caller's script."""
