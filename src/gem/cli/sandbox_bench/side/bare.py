"""A new interpreter for each program, as it is started by hand: nothing holds it."""

from __future__ import annotations

import subprocess
import sys

from .contestant import Contestant


class Bare(Contestant):
    """`python -I -c`, waited for."""

    def __init__(self, backend: str) -> None:
        del backend

    def run(self, code: str, stdin: str, timeout_s: float, profile: str) -> str | None:
        """Start, wait, and take what it printed."""
        del profile
        command = [sys.executable, "-I", "-c", code]
        try:
            done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout_s, check=False)
        except subprocess.TimeoutExpired:
            return None
        return done.stdout if done.returncode == 0 else None
