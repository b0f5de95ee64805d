"""What the program's own process does inside a box: it puts on the limits and becomes `main.py`, or a session.

Part of the driver's text (`driver.py`), which forks it; like that it runs without gem, under any Python from 3.9.
"""

from __future__ import annotations

import mmap
import os
import resource
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Sequence
    from types import CodeType, ModuleType
    from typing import Any
else:
    import _signal as signal  # what `signal` adds to it are enums, a third of the time of a start

FILE_NAME = "main.py"
FLUSH = signal.SIGRTMAX
"""Asks a program that is out of time to write what its buffers hold; programs have no use for this signal."""
BROKEN = 125
"""The exit code of a process that never got so far as to run the program."""
ANY_PID = 0x7FA5_C0DE
"""Stands in a filter of system calls for the program's own process."""
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2


def become(
    main: Callable[[int, int], None], streams: Sequence[int], theirs: Sequence[int], ours: Sequence[int]
) -> None:
    """Be the program's process, and end as an interpreter ends."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        for number, fd in enumerate(streams):
            os.dup2(fd, number)
        for fd in (*streams, *ours):
            os.close(fd)
        main(*theirs)
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - nothing of it may reach the driver's own code
        sys.excepthook(type(error), error, error.__traceback__)
        os._exit(BROKEN)
    sys.exit()


def prepare(fields: dict[str, str], seccomp: bytes) -> dict[str, Any]:
    """Make the interpreter look as it does at a plain start, bounded; returns the names of a new `__main__`."""
    sys.path[:] = [path for path in (*sys.path, *fields["path"].split(":")) if path]
    for name in fields["imports"].split(","):
        if name:
            __import__(name)
    sys.path.insert(0, os.getcwd())
    sys.argv = [FILE_NAME]
    open_streams()
    import site

    site.setquit()  # the builtins that programs know, for an interpreter started without `site`
    site.setcopyright()
    site.sethelper()
    module: ModuleType = type(sys)("__main__")
    names = vars(module)
    names |= {
        "__file__": os.path.abspath(FILE_NAME),
        "__builtins__": __builtins__,
        "__annotations__": {},
        "__cached__": None,
    }
    sys.modules["__main__"] = module
    bound(fields)
    signal.signal(FLUSH, flush_and_die)
    restrict(seccomp)
    return names


def open_streams() -> None:
    """Files where the start found pipes."""
    for number, (name, mode, errors) in enumerate(
        (("stdin", "r", "strict"), ("stdout", "w", "strict"), ("stderr", "w", "backslashreplace"))
    ):
        stream = open(number, mode, encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.stderr.reconfigure(line_buffering=True)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def bound(fields: dict[str, str]) -> None:
    """Put the limits on this process; never above what it was started with."""
    megabyte = 1 << 20
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = int(fields["cpu_s"]) and int(fields["cpu_s"]) + int(used.ru_utime + used.ru_stime)
    bounds = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: max(int(fields["disk_mb"]) * megabyte, int(fields["output_kb"]) * 1024 + 1),
        resource.RLIMIT_NOFILE: int(fields["open_files"]),
        resource.RLIMIT_AS: mapped_bytes() + int(fields["memory_mb"]) * megabyte,
        resource.RLIMIT_CPU: cpu_s or resource.RLIM_INFINITY,
    }
    for kind, wanted in bounds.items():
        hard = resource.getrlimit(kind)[1]
        least = min((limit for limit in (wanted, hard) if limit != resource.RLIM_INFINITY), default=hard)
        spare = 1 if kind == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY != least else 0
        resource.setrlimit(kind, (least, least + spare))  # at the soft limit of time SIGXCPU, at the hard one SIGKILL


def mapped_bytes() -> int:
    """The address space in use, found without /proc: the least limit under which one more page can be mapped."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    low, high = 0, 1 << 47 if hard == resource.RLIM_INFINITY else hard
    while high - low > mmap.PAGESIZE:
        middle = (low + high) // 2
        resource.setrlimit(resource.RLIMIT_AS, (middle, hard))
        try:
            mmap.mmap(-1, mmap.PAGESIZE).close()
            high = middle
        except (OSError, MemoryError):
            low = middle
    return high


def restrict(seccomp: bytes) -> None:
    """Put on a seccomp filter, instructions as the kernel reads them; nothing if there are none."""
    if not seccomp:
        return
    import ctypes

    class Filter(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))

    own, mark = (pid.to_bytes(4, sys.byteorder) for pid in (os.getpid(), ANY_PID))
    program = Filter(len(seccomp) // 8, seccomp.replace(mark, own))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    if prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(program)):
        raise OSError("the seccomp filter was refused")


def prctl(option: int, *arguments: int) -> int:
    """The system call; without effect where there is none."""
    import ctypes

    try:
        call = ctypes.CDLL(None).prctl
    except AttributeError:
        return -1
    padded = (*arguments, 0, 0, 0, 0)[:4]
    return int(call(option, *(ctypes.c_ulong(argument) for argument in padded)))


def flush_all() -> None:
    """Write what the streams hold; the program may have closed or replaced them."""
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105 - contextlib is not imported here
            stream.flush()
        except Exception:  # noqa: BLE001 - it may be any object
            pass


def flush_and_die(*_: object) -> None:
    """What `FLUSH` does."""
    flush_all()
    os.kill(os.getpid(), signal.SIGKILL)


def run_main(code: bytes, names: dict[str, Any]) -> None:
    """Be `python main.py`."""
    try:
        exec(compile(code, FILE_NAME, "exec", dont_inherit=True), names)
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a program may raise
        flush_all()
        frames = error.__traceback__ and error.__traceback__.tb_next  # without the one of this file
        sys.excepthook(type(error), error.with_traceback(frames), frames)
        if isinstance(error, KeyboardInterrupt):
            flush_all()
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGINT)
        sys.exit(1)


def run_cells(names: dict[str, Any], orders: int, answers: int) -> None:
    """Run cell after cell in one namespace: a size and the code from `orders`, an exit code to `answers`."""
    number = 0
    while True:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            code = read_exactly(orders, int.from_bytes(read_exactly(orders, 8), "big"))
        except EOFError:
            return
        number += 1
        exit_code = run_cell(code, f"<cell {number}>", names)
        flush_all()
        os.write(answers, bytes([exit_code & 255]))


def run_cell(code: bytes, file_name: str, names: dict[str, Any]) -> int:
    """Run one cell; returns the exit code that it would have as a program."""
    try:
        try:
            blocks = compiled_cell(code, file_name)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for block in blocks:
                exec(block, names)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        sys.stderr.write(f"{end.code}\n")
    except BaseException as error:  # noqa: BLE001 - whatever a program may raise
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print_traceback(error, file_name)
    else:
        return 0
    return 1


def compiled_cell(code: bytes, file_name: str) -> list[CodeType]:
    """The statements; and the last one by itself if it is an expression, since its value is shown."""
    import ast
    import linecache

    tree = ast.parse(code, file_name)
    lines = code.decode("utf-8", "replace").splitlines(keepends=True)
    linecache.cache[file_name] = (len(code), None, lines, file_name)
    shown = [tree.body.pop()] if tree.body and isinstance(tree.body[-1], ast.Expr) else []
    blocks = [compile(tree, file_name, "exec", dont_inherit=True)]
    if shown:
        blocks.append(compile(ast.Interactive(shown), file_name, "single", dont_inherit=True))
    return blocks


def print_traceback(error: BaseException, file_name: str) -> None:
    """The traceback from the cell's own frame on."""
    import traceback

    frames = error.__traceback__
    while frames and frames.tb_frame.f_code.co_filename != file_name:
        frames = frames.tb_next
    traceback.print_exception(type(error), error, frames)


def read_exactly(fd: int, size: int) -> bytes:
    """So many bytes of a pipe. Raises EOFError if it ends before."""
    data = bytearray()
    while len(data) < size:
        piece = os.read(fd, min(size - len(data), 1 << 20))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


def write_all(fd: int, data: bytes) -> None:
    """All of it, in as many pieces as it takes."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]
