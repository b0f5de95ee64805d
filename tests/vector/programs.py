"""Programs of their own, as users write them: to be interrupted, killed, and looked at afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.conftest import ROOT
from tests.vector.fault_envs import alive, until

ENDS_S = 20.0
"""So long a program may take to end: some 5 s that close waits for what hangs, and a busy machine."""


class Program:
    """A running script and its children, in a session of its own, as a terminal would start it."""

    def __init__(self, folder, code, *options):
        path = Path(folder, "program.py")
        path.write_text(code, encoding="utf-8")
        self._errors = Path(folder, "stderr").open("w+")  # noqa: SIM115 - closed by `running`
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", *options, str(path), str(folder)],
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )
        self.family = set()
        """It and its children, as far as seen."""

    def says(self):
        """Its next line; by then its children are known."""
        line = self._process.stdout.readline().strip()
        itself = psutil.Process(self._process.pid)
        self.family = {itself.pid, *(child.pid for child in itself.children(recursive=True))}
        return line

    def ctrl_c(self):
        """What a terminal sends to every process of the program."""
        os.killpg(self._process.pid, signal.SIGINT)

    def kill(self):
        """Kill the program, not its children."""
        self._process.kill()

    def ends(self):
        """Wait for its end and that of its children; returns its status and what it wrote to stderr."""
        status = self._process.wait(ENDS_S)
        until(lambda: not self.left(), ENDS_S, "the end of its children")
        self._errors.seek(0)
        return status, self._errors.read()

    def left(self):
        """Those of the family that are still there."""
        return {pid for pid in self.family if alive(pid)}

    def tidy(self):
        """Whatever happened: leave nothing behind."""
        for pid in self.left():
            os.kill(pid, signal.SIGKILL)
        self._process.wait()
        self._process.stdout.close()
        self._errors.close()


@contextmanager
def running(folder, code, *options):
    """A program while a test looks at it."""
    program = Program(folder, code, *options)
    try:
        yield program
    finally:
        program.tidy()
