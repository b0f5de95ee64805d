"""Walls around the attacks themselves: whatever gets out of a sandbox, or never was in one, ends here.

An arena is a command in process, mount, network and ipc namespaces of its own, in which no disk is writable; all of it
ends with the command. It runs as root or as an ordinary user (the interpreter may lie in a folder that only root can
enter: arena.sh binds it to where anyone can). Proves nothing about the sandbox; it permits us to be careless.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
USER = 1001
_SCRIPT = Path(__file__).with_suffix(".sh")
_NAMESPACES = ("--mount", "--pid", "--ipc", "--net", "--uts", "--fork", "--kill-child", "--mount-proc")


def arena_command(arguments: Sequence[str], uid: int | None = None) -> list[str]:
    """A command that runs `python ARGUMENTS` in an arena, as this user or (from root) as another."""
    unshare = [*(() if os.getuid() == 0 else ("--user", "--map-current-user", "--keep-caps")), *_NAMESPACES]
    who = "-" if uid is None or uid == os.getuid() else str(uid)
    return ["unshare", *unshare, "bash", str(_SCRIPT), who, sys.base_prefix, str(ROOT), sys.executable, *arguments]


@cache
def why_no_arena(uid: int | None = None) -> str:
    """Why this machine gives no arena, or nothing."""
    if not shutil.which("unshare"):
        return "there is no unshare"
    if uid not in (None, os.getuid()) and os.getuid() != 0:
        return "only root can become another user"
    try:
        in_arena(["-c", "import gem"], uid, timeout_s=30)
    except subprocess.CalledProcessError as error:
        return f"unshare failed: {error.stderr}"
    return ""


def in_arena(arguments: Sequence[str], uid: int | None = None, timeout_s: float = 120) -> str:
    """What `python ARGUMENTS` printed in an arena. Raises CalledProcessError where it failed."""
    command = arena_command(arguments, uid)
    environ = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        errors="replace", timeout=timeout_s, check=False,
    )  # fmt: skip
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return done.stdout
