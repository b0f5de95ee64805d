"""Running a text as Python runs a main program: its own `__main__`, its streams, its end. Judges nothing."""

from __future__ import annotations

import ast
import atexit
import gc
import io
import linecache
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from types import CodeType, ModuleType, TracebackType
from typing import Any

FILE = "main.py"
INTERRUPTED = 130
"""A cell that was interrupted, after which its session goes on."""
BROKEN_OUTPUT = 120
"""What Python exits with when its last output cannot be written."""
HARNESS = (__name__, "gem.sandbox.box.notebook")

_first_hook = sys.excepthook


def fresh_streams() -> None:
    """New text streams over descriptors 0, 1 and 2, with nothing left in their buffers."""
    stdin = io.TextIOWrapper(open(0, "rb", closefd=False), encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
    stdout = io.TextIOWrapper(open(1, "wb", closefd=False), encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
    stderr = io.TextIOWrapper(
        open(2, "wb", closefd=False),  # noqa: SIM115
        encoding="utf-8",
        errors="backslashreplace",
        line_buffering=True,
    )
    sys.stdin = sys.__stdin__ = stdin
    sys.stdout = sys.__stdout__ = stdout
    sys.stderr = sys.__stderr__ = stderr


def drop_streams() -> None:
    """Let go of the text streams, while what is left in them can still only reach their own files."""
    sys.stdin = sys.__stdin__ = sys.stdout = sys.__stdout__ = sys.stderr = sys.__stderr__ = None


def fresh_main(source: bytes, folder: str) -> dict[str, Any]:
    """The globals of a new main program, whose lines tracebacks can show."""
    main = ModuleType("__main__")
    main.__dict__.update(
        __file__=os.path.join(folder, FILE),
        __builtins__=sys.modules["builtins"],
        __annotations__={},
        __cached__=None,
    )
    sys.modules["__main__"] = main
    sys.argv = [FILE]
    show_lines(FILE, source)
    return main.__dict__


def show_lines(name: str, source: bytes) -> None:
    """Let tracebacks and `inspect` find the lines of a program that stands in no file."""
    lines = source.decode("utf-8", "replace").splitlines(keepends=True)
    linecache.cache[name] = (len(source), None, lines, name)


def run(source: bytes, folder: str) -> tuple[int, BaseException | None]:
    """Compile and run a whole program; its exit code, and what ended it."""
    main = fresh_main(source, folder)
    return ended(lambda: execute(compiled(source), main), main)


@lru_cache(maxsize=1)
def compiled(source: bytes) -> CodeType:
    """The program's code, made once for all tests. Raises what `compile` raises."""
    return compile(source, FILE, "exec", dont_inherit=True)


def execute(code: CodeType, namespace: dict[str, Any]) -> None:
    """Where a program runs."""
    exec(code, namespace)


def ended(work: Callable[[], None], main: dict[str, Any]) -> tuple[int, BaseException | None]:
    """Do the work as Python does a main program: threads joined, `atexit` served, globals released, streams flushed."""
    code, error = _guarded(work)
    late, late_error = _guarded(lambda: _wind_up(main))
    if code == 0 and late:
        code, error = late, late_error
    return _flushed(code), error


def cell_ended(work: Callable[[], None]) -> tuple[int, BaseException | None]:
    """Do one cell's work: its streams are flushed, while threads and `atexit` wait for the session's end."""
    code, error = _guarded(work)
    return _flushed(INTERRUPTED if code == -signal.SIGINT else code), error


def hears_of_the_end() -> bool:
    """Whether something wants to hear of the interpreter's end before threads are joined, such as pools of threads.

    It can be told only once in a process.
    """
    return bool(threading._threading_atexits)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]


def flush() -> None:
    """Write out what the streams hold, as far as that is possible."""
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        with suppress(Exception):  # whatever the program has put in place of the stream
            stream.flush()  # pyright: ignore[reportOptionalMemberAccess]


def report(error: BaseException) -> None:
    """Print an uncaught exception as Python does, without the frames of this harness."""
    trace = _own_frames(error.__traceback__)
    if sys.excepthook is not _first_hook:
        sys.excepthook(type(error), error, trace)
    else:
        traceback.print_exception(type(error), error, trace)


def _guarded(work: Callable[[], None]) -> tuple[int, BaseException | None]:
    try:
        work()
    except SystemExit as stop:
        return _exit_code(stop), None
    except BaseException as error:  # noqa: BLE001 - it is what the program ended with
        try:
            report(error)
        except BaseException as second:  # noqa: BLE001 - its own excepthook, or no memory to print
            return 1, second
        return -signal.SIGINT if isinstance(error, KeyboardInterrupt) else 1, error
    return 0, None


def _exit_code(stop: SystemExit) -> int:
    if stop.code is None:
        return 0
    if isinstance(stop.code, int):
        return stop.code & 0xFF
    sys.stderr.write(f"{stop.code}\n")
    return 1


def _wind_up(main: dict[str, Any]) -> None:
    if hears_of_the_end():
        threading._shutdown()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage] - there is no other way to have them run
    if sys.exc_info() == (None, None, None):
        main.clear()  # what the program still holds is closed and finalised, as at an interpreter's end
        gc.collect(2 if gc.get_count()[2] else 1)  # nothing is older unless there was a collection of the second kind


def _flushed(code: int) -> int:
    try:
        sys.stdout.flush()
    except Exception:  # noqa: BLE001 - closed by the program, or past its size limit
        flush()
        return code if sys.stdout is None or getattr(sys.stdout, "closed", False) else code or BROKEN_OUTPUT
    flush()
    return code


def _own_frames(trace: TracebackType | None) -> TracebackType | None:
    """The traceback from the first frame of the program on."""
    while trace is not None and trace.tb_frame.f_globals.get("__name__") in HARNESS:
        trace = trace.tb_next
    parsing = trace is not None and trace.tb_frame.f_code is ast.parse.__code__
    return None if parsing else trace
