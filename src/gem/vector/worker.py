"""What a worker process runs: it builds its envs, then does what messages ask, until its line is closed.

Started by `gem.vector.processes` as a new interpreter, never as a fork of the caller. Ctrl-C is the caller's
affair.
"""

from __future__ import annotations

import fcntl
import multiprocessing
import multiprocessing.spawn
import os
import pickle
import signal
import traceback
from multiprocessing.connection import Connection
from typing import Any

from gem.vector.chunk import NOBODY, Chunk, Setup
from gem.vector.last_words import Diary
from gem.vector.seat import Raised
from gem.vector.travel import pack, portable_error

GOODBYE = b""
"""The message that ends a worker."""


def main(line_fd: int, log_fd: int, lifeline_fd: int) -> int:
    """Serve the other end of a socket; returns the exit status. What ended it too early is written to `log_fd`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_caller(lifeline_fd)
    line = Connection(line_fd)
    try:
        preparation, packed = pickle.loads(line.recv_bytes())
        setup, chunk = _set_up(preparation, packed)
    except EOFError:
        return 0
    except Exception as error:  # noqa: BLE001 - raised where the vector is made
        line.send_bytes(pack([(NOBODY, Raised(portable_error(error)))]))
        return 1
    line.send_bytes(pack([]))
    try:
        _serve(line, chunk, Diary(log_fd, setup.step_timeout_s))
    except BaseException:  # noqa: BLE001 - an env that ends the program, or a message that cannot be read
        os.write(log_fd, traceback.format_exc().encode(errors="replace"))
        return 1
    finally:
        chunk.close()
    return 0


def _set_up(preparation: dict[str, Any], packed: bytes) -> tuple[Setup, Chunk]:
    """Import the caller's script if its classes are needed, and build the envs."""
    process: Any = multiprocessing.current_process()
    process._inheriting = True  # as in any spawned process: no script starts further processes while it is imported
    try:
        multiprocessing.spawn.prepare(preparation)
        setup: Setup = pickle.loads(packed)
    finally:
        del process._inheriting
    return setup, Chunk(setup)


def _serve(line: Connection, chunk: Chunk, diary: Diary) -> None:
    while (packed := _next(line)) != GOODBYE:
        jobs = pickle.loads(packed)
        answers = chunk.perform(jobs, diary.busy_with)
        diary.idle()
        line.send_bytes(chunk.packed(jobs, answers, pack))


def _next(line: Connection) -> bytes:
    try:
        return line.recv_bytes()
    except (EOFError, OSError):  # the caller is gone
        return GOODBYE


def _end_with_caller(lifeline_fd: int) -> None:
    """Have the kernel end this process when the caller is gone, and nobody holds the other end of this pipe any more.

    Without a thread, which code that keeps the interpreter's lock would hold up. A caller that ends in an
    orderly way closes the envs first.
    """
    fcntl.fcntl(lifeline_fd, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline_fd, fcntl.F_SETFL, fcntl.fcntl(lifeline_fd, fcntl.F_GETFL) | os.O_ASYNC)  # then SIGIO comes
