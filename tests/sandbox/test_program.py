"""A program in the zygote ends as plain Python ends: what is printed, in which order, with which exit code."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gem import sandbox


@pytest.fixture(scope="module")
def box():
    with sandbox.make("zygote", zygotes=1) as made:
        yield made


SAME_AS_PLAIN = {
    "nothing": "",
    "exit without code": "import sys; print('a'); sys.exit()",
    "exit with a number": "import sys; sys.exit(3)",
    "exit with a large number": "import sys; sys.exit(256 + 7)",
    "exit with a negative number": "import sys; sys.exit(-1)",
    "exit with True": "import sys; sys.exit(True)",
    "exit with text": "import sys; print('out'); sys.exit('to stderr')",
    "exit with a tuple": "import sys; sys.exit((1, 2))",
    "raise SystemExit": "raise SystemExit",
    "exit in a function": "def f():\n    raise SystemExit(4)\ntry:\n    f()\nfinally:\n    print('finally')",
    "os._exit keeps what was flushed": "import os; print('a', flush=True); print('b'); os._exit(5)",
    "atexit in reverse order": (
        "import atexit; atexit.register(print, 'first'); atexit.register(print, 'last'); print('main')"
    ),
    "atexit after an exception": "import atexit; atexit.register(print, 'bye'); 1 / 0",
    "atexit after sys.exit": "import atexit, sys; atexit.register(print, 'bye'); sys.exit(2)",
    "an exception in atexit": "import atexit; atexit.register(lambda: 1 / 0); print('a')",
    "atexit registered in atexit": (
        "import atexit; atexit.register(lambda: atexit.register(print, 'inner')); print('a')"
    ),
    "threads are joined": (
        "import threading, time\n"
        "def work():\n    time.sleep(0.05)\n    print('thread')\n"
        "threading.Thread(target=work).start()\nprint('main')"
    ),
    "threads are joined before atexit": (
        "import atexit, threading, time\natexit.register(print, 'bye')\n"
        "def work():\n    time.sleep(0.05)\n    print('thread')\nthreading.Thread(target=work).start()"
    ),
    "daemon threads are not waited for": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\nprint('main')"
    ),
    "an exception in a thread is no failure": (
        "import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()\nprint('on')"
    ),
    "sys.exit in a thread ends the thread": (
        "import sys, threading\nthreading.Thread(target=sys.exit, args=(3,)).start()"
    ),
    "globals are finalised": "class A:\n    def __del__(self):\n        print('gone')\na = A()\nprint('main')",
    "a file object of one's own on stdout": "import os\nout = os.fdopen(1, 'w', closefd=False)\nout.write('hello')",
    "a buffer of one's own on stdout": (
        "import sys\nsys.stdout = open(1, 'w', closefd=False, buffering=100000)\nprint('x')"
    ),
    "stdout replaced by text in memory": "import io, sys\nsys.stdout = io.StringIO()\nprint('unseen')",
    "stdout replaced after something was printed": "import sys\nprint('a')\nsys.stdout = sys.stderr\nprint('b')",
    "stdout put back": (
        "import io, sys\nsys.stdout = io.StringIO()\nprint('unseen')\nsys.stdout = sys.__stdout__\nprint('seen')"
    ),
    "stdout closed": "import sys\nprint('a')\nsys.stdout.close()",
    "stdout removed": "import sys\nprint('a', flush=True)\nsys.stdout = None\nprint('b')",
    "bytes before text": "import sys\nsys.stdout.buffer.write(b'bytes ')\nsys.stdout.buffer.flush()\nprint('text')",
    "an excepthook of one's own": "import sys\nsys.excepthook = lambda *_: print('hooked')\n1 / 0",
    "a broken excepthook": "import sys\nsys.excepthook = lambda *_: 1 / 0\nraise ValueError('first')",
    "an exception that cannot be shown": (
        "class E(Exception):\n    def __str__(self):\n        raise ValueError\nraise E"
    ),
    "a chained exception": "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise KeyError('b') from e",
    "an exception group": "raise ExceptionGroup('many', [ValueError(1), KeyError(2)])",
    "a syntax error": "print('a'\nfoo bar",
    "an indentation error": "if True:\nprint(1)",
    "deep recursion": "def f():\n    return f() + 1\ntry:\n    f()\nexcept RecursionError:\n    print('deep')",
    "interrupted by itself": "raise KeyboardInterrupt",
    "killed by a signal": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
    "killed for good": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\nprint('alive')",
    "a handler of one's own": (
        "import os, signal\nsignal.signal(signal.SIGTERM, lambda *_: print('caught'))\n"
        "os.kill(os.getpid(), signal.SIGTERM)"
    ),
    "an alarm": "import signal, time\nsignal.setitimer(signal.ITIMER_REAL, 0.05)\ntime.sleep(30)",
    "an alarm with a handler": (
        "import signal, time\n"
        "def stop(*_):\n    raise TimeoutError\n"
        "signal.signal(signal.SIGALRM, stop)\nsignal.setitimer(signal.ITIMER_REAL, 0.05)\n"
        "try:\n    time.sleep(30)\nexcept TimeoutError:\n    print('woken')"
    ),
    "its name": "print(__name__, __doc__, __package__, __spec__, __builtins__.__name__)",
    "its arguments": "import sys\nprint(sys.argv)",
    "its own module": (
        "import sys\nx = 5\nprint(sys.modules['__main__'].x, sys.modules['__main__'].__dict__ is globals())"
    ),
    "annotations": "x: int = 1\nprint(__annotations__)",
    "a docstring": "'what it is'\nprint(__doc__)",
    "no futures are inherited": "def f(x: nowhere = 1):\n    pass",
    "a class can be pickled": "import pickle\nclass A:\n    pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A)",
    "a dataclass": "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\nprint(A(1))",
    "the source of a function": "import traceback\ndef f():\n    return traceback.extract_stack()[-1].line\nprint(f())",
    "asyncio": "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 3\nprint(asyncio.run(f()))",
    "an executor": (
        "from concurrent.futures import ThreadPoolExecutor as T\nwith T(4) as p:\n    print(sum(p.map(abs, range(9))))"
    ),
    "an executor that is left open": (
        "from concurrent.futures import ThreadPoolExecutor as T\np = T(2)\np.submit(print, 'late')"
    ),
    "descriptors closed by number": "import os\nos.closerange(3, 64)\nprint('still here')",
    "recursion with a large stack": (
        "import sys, threading\nsys.setrecursionlimit(100000)\nthreading.stack_size(64 << 20)\n"
        "def f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\n"
        "t = threading.Thread(target=lambda: print(f(20000)))\nt.start()\nt.join()"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SAME_AS_PLAIN)
def test_a_program_ends_as_in_plain_python(box, name, tmp_path):
    code = SAME_AS_PLAIN[name]
    (tmp_path / "main.py").write_text(code)
    command = [sys.executable, "-I", "main.py"]
    plain = subprocess.run(command, cwd=tmp_path, input="", capture_output=True, text=True, timeout=60, check=False)
    ours = box.run(code, timeout_s=30)
    assert (ours.stdout, ours.exit_code) == (plain.stdout, plain.returncode), ours
    last = plain.stderr.strip().rpartition("\n")[2]
    if plain.returncode > 0 and "excepthook" not in name and "atexit" not in name:
        assert ours.stderr.strip().rpartition("\n")[2] == last


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("print(open(0).read())", "a\nb\n\n"),
        ("import sys; print(sys.stdin.readlines())", "['a\\n', 'b\\n']\n"),
        ("import sys; print(sys.stdin.buffer.read())", "b'a\\nb\\n'\n"),
        ("import os; print(os.read(0, 100))", "b'a\\nb\\n'\n"),
        ("import fileinput; print(list(fileinput.input()))", "['a\\n', 'b\\n']\n"),
        ("import sys; print(sys.stdin.isatty(), sys.stdin.encoding.lower())", "False utf-8\n"),
        (
            "import sys; input = sys.stdin.readline; print(repr(input()), repr(input()), repr(input()))",
            "'a\\n' 'b\\n' ''\n",
        ),
        ("x = input('? '); print(x)", "? a\n"),
        ("import sys; next(sys.stdin); print(input())", "b\n"),
        ("import sys; sys.stdin.seek(0, 2); print(sys.stdin.tell())", "4\n"),
    ],
)
def test_stdin_is_read_in_every_way(box, code, expected):
    result = box.run(code, stdin="a\nb\n")
    assert (result.status, result.stdout) == ("ok", expected), result


@pytest.mark.parametrize("stdin", [b"", b"\0", b"\xff\xfe", b"\r\n\r\n", "ä\u2028".encode(), b"x" * 1_000_000])
def test_stdin_arrives_byte_for_byte(box, stdin):
    result = box.run("import sys, zlib; d = sys.stdin.buffer.read(); print(len(d), zlib.crc32(d))", stdin=stdin)
    import zlib

    assert result.stdout == f"{len(stdin)} {zlib.crc32(stdin)}\n"


def test_a_traceback_shows_the_program_s_lines_and_no_frame_of_the_harness(box):
    result = box.run("def f():\n    1 / 0\n\nf()\n")
    assert "    1 / 0" in result.stderr
    assert "main.py" in result.stderr
    for word in ("harness", "program.py", "gem", "exec("):
        assert word not in result.stderr
    caught = box.run("import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    print(traceback.format_exc())")
    assert caught.stdout.count('File "') == 1
