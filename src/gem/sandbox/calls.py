"""One call, one program: the functions that existing scripts import from `gem.utils.sandbox`.

New code had better ask `gem.sandbox.shared()`, whose `Result` says more.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from gem.errors import ConfigError, SandboxUnavailable
from gem.sandbox.backends import make
from gem.sandbox.shared import shared

DEFAULT_NAMES = ("none", "bwrap", "auto")
"""Sandbox types that stand for the sandbox which this process shares, the safest that the machine gives."""
DEFAULT_TIMEOUT_S = 10

FORBIDDEN_MODULES = frozenset({"ctypes", "multiprocessing", "psutil", "resource", "socket", "subprocess", "threading"})
FORBIDDEN_CALLS = ("system", "popen", "spawn", "posix_spawn", "fork", "exec", "kill", "_exit")
"""Beginnings of the names of `os` that reach beyond the program."""


def run_python(
    code: str, sandbox_type: str = "none", stdin: str | None = None, timeout: float = DEFAULT_TIMEOUT_S
) -> tuple[bool, str, str]:
    """Run a program: whether it ended well, its stdout, its stderr.

    "none", "bwrap" and "auto" are the shared sandbox; any other type is a backend that is started for this call.
    Raises `SandboxUnavailable` if the sandbox fails, which is no fault of the program's.

    >>> run_python("print(input())", stdin="hello")
    (True, 'hello\\n', '')
    """
    if sandbox_type in DEFAULT_NAMES:
        result = shared().run(code, stdin or "", timeout)
    else:
        with make(sandbox_type) as sandbox:
            result = sandbox.run(code, stdin or "", timeout)
    if result.status == "unavailable":
        raise SandboxUnavailable(result.stderr)
    stderr = result.stderr.strip("\n")
    if result.timed_out:
        stderr = f"{stderr}\nExecution timed out after {timeout:g} seconds."
    return result.ok, result.stdout, stderr


def subprocess_run(
    code: str,
    cmd_list: Sequence[str],
    sandbox_type: str = "none",
    stdin: str | None = None,
    timeout: float = DEFAULT_TIMEOUT_S,
) -> tuple[bool, str, str]:
    """`run_python`; of `cmd_list`, the command that would run `code`, nothing is used.

    Raises `ConfigError` for a command that is not Python's.
    """
    if cmd_list and not PurePath(cmd_list[0]).name.startswith("python"):
        raise ConfigError(f"only Python programs are run here, not those of {cmd_list[0]!r}")
    return run_python(code, sandbox_type, stdin, timeout)


def check_forbidden_imports(code: str) -> bool:
    """Whether a program imports a module, or names a function of `os`, that reaches beyond the program.

    This protects from nothing, since a program has many ways around it, and nothing of gem asks it: the sandbox
    holds every program, whatever it imports. Text that is no program imports nothing.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(_is_forbidden(name) for name in _names(tree))


def _names(tree: ast.Module) -> Iterator[str]:
    """What is imported, and what is asked of `os`, with dots."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.Attribute(value=ast.Name(id="os"), attr=attr):
                yield f"os.{attr}"
            case ast.Call(func=ast.Name(id="__import__"), args=[ast.Constant(value=str(module)), *_]):
                yield module
            case _:
                pass


def _is_forbidden(name: str) -> bool:
    module, _, rest = name.partition(".")
    return module in FORBIDDEN_MODULES or (module == "os" and rest.startswith(FORBIDDEN_CALLS))
