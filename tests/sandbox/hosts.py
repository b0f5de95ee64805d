"""Programs for interpreters of their own: what a host does to its sandbox must not be done to the tests'."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]

PRELUDE = """
import os, signal, sys, threading, time
import psutil
from gem import sandbox
from gem.sandbox import Limits
LOWER = ("landlock", "seccomp")
FULL = None
def settles(condition, within_s=15.0):
    until = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
def lives(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
def offspring():
    return [process.pid for process in psutil.Process().children(recursive=True) if lives(process)]
"""


def start_host(code, **environment):
    """A fresh interpreter that runs `code` after the prelude; what it says can be read line by line."""
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + code],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_host(code, timeout_s=100, **environment):
    """What such an interpreter prints; it must end well and say nothing on stderr but log lines of ours."""
    host = start_host(code, **environment)
    try:
        out, err = host.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        host.kill()
        out, err = host.communicate()
        raise AssertionError(f"the host hung: {out}\n{err}") from None
    assert host.returncode == 0, f"{host.returncode}\n{out}\n{err}"
    assert "Traceback" not in err, err
    return out


def settles(condition, within_s=15.0):
    """Whether it becomes true before the time is up."""
    until = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > until:
            return False
        threading.Event().wait(0.02)
    return True


def lives(pid):
    """Whether a process is there and not merely unburied."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
