"""The processes of one session: a keeper, the first of its namespace, and branches that fork from one another.

A program may not fork; the harness must, when the host asks for a copy of the session. Both make the same system
call in the same process, so the kernel puts each before the host, which knows whether it has asked (`permits.py`).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys

from gem.sandbox.box import seccomp, wire
from gem.sandbox.box.cell import BOX


def become_branch(channel: socket.socket) -> None:
    """Leave a keeper behind, put every fork before the host, and tell it that the session is ready."""
    if os.fork():
        _keep()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries branches that end before this one
    listener = seccomp.install_with_listener(seccomp.fork_permit_program())
    channel.sendmsg([wire.Report(wire.READY).packed()], wire.rights([listener]))
    os.close(listener)


def move_out(folder: str, number: int) -> str:
    """Give a new branch a copy of its parent's files; its folder."""
    own, temporary = f"{BOX}/work{number}", f"{BOX}/tmp{number}"
    shutil.copytree(folder, own, symlinks=True)
    shutil.copytree(os.environ["TMPDIR"], temporary, symlinks=True)
    os.chdir(own)
    os.environ.update(HOME=own, PWD=own, TMPDIR=temporary)
    sys.path[:] = [own if path == folder else path for path in sys.path]
    sys.path_importer_cache.clear()
    if "tempfile" in sys.modules:
        vars(sys.modules["tempfile"])["tempdir"] = None
    return own


def _keep() -> None:
    """Bury branches until none is left; when this process ends, so does all in the namespace."""
    os.closerange(0, 1 << 16)
    seccomp.install(seccomp.filter_program(os.getpid(), forks=True))
    while True:
        try:
            os.wait()
        except ChildProcessError:
            os._exit(0)
