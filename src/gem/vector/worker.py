"""What a worker process runs: it builds its envs, then does what messages ask, until its line is closed.

Started by `gem.vector.processes` as a new interpreter, never as a fork of the caller. Ctrl-C is the caller's
affair.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.spawn
import os
import pickle
import select
import signal
import time
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any

from gem.vector.chunk import Chunk, Setup
from gem.vector.last_words import Diary
from gem.vector.patience import CLOSING_S
from gem.vector.seat import Raised
from gem.vector.travel import portable_error

GOODBYE = b""
"""The message that ends a worker."""
NOBODY = -1
"""In place of an env's index, where the answer concerns the worker."""


def pack(message: Any) -> bytes:
    """A message as bytes."""
    return pickle.dumps(message, pickle.HIGHEST_PROTOCOL)


def main(line_fd: int, log_fd: int) -> None:
    """Serve the other end of a socket, writing to `log_fd` what should be known in case of death."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_caller(line_fd)
    line = Connection(line_fd)
    try:
        preparation, packed = pickle.loads(line.recv_bytes())
        setup, chunk = _set_up(preparation, packed)
    except EOFError:
        return
    except Exception as error:  # noqa: BLE001 - raised where the vector is made
        line.send_bytes(pack([(NOBODY, Raised(portable_error(error)))]))
        return
    line.send_bytes(pack([]))
    try:
        _serve(line, chunk, Diary(log_fd, setup.step_timeout_s))
    finally:
        chunk.close()


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


def _end_with_caller(line_fd: int) -> None:
    """End this process when the caller is gone, even while an env hangs."""
    if not hasattr(select, "POLLRDHUP"):
        return
    poll = select.poll()
    poll.register(line_fd, select.POLLRDHUP)

    def wait() -> None:
        poll.poll()
        time.sleep(CLOSING_S)  # what is not closed by then is hanging
        os._exit(1)

    Thread(target=wait, name="gem-vector-caller", daemon=True).start()
