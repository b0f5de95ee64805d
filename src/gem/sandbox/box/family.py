"""The processes of one session: a keeper, the first of its namespace, and branches that fork from one another.

A program may not fork; the harness must, when the host asks for a copy of the session. Both make the same system
call in the same process, so the kernel puts each before the host, which knows whether it has asked (`permits.py`).
"""

from __future__ import annotations

import os
import signal
import socket
import sys

from gem.sandbox.box import seccomp, wire
from gem.sandbox.box.cell import BOX

KINDS = ("work", "tmp")
"""A branch's folders in the box, each named so and by its process; the trunk's have no number."""


def become_branch() -> int:
    """Leave a keeper behind and have every fork put before the host; the descriptor on which it is asked."""
    if os.fork():
        _keep()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries branches that end before this one
    return seccomp.install_with_listener(seccomp.fork_permit_program())


def greet(channel: socket.socket, listener: int) -> None:
    """Tell the host that the session is ready, and give it the say over forks."""
    channel.sendmsg([wire.Report(wire.READY).packed()], wire.rights([listener]))
    os.close(listener)


def move_out(folder: str) -> str:
    """Give a new branch a copy of its parent's files, having taken away those of dead branches; its folder."""
    import shutil  # with the libraries that it brings, not in the zygote

    sweep()
    own, temporary = (f"{BOX}/{kind}{os.getpid()}" for kind in KINDS)
    for source, target in ((folder, own), (os.environ["TMPDIR"], temporary)):
        shutil.rmtree(target, ignore_errors=True)  # of a branch long dead, whose number has come round again
        shutil.copytree(source, target, symlinks=True)
    os.chdir(own)
    os.environ.update(HOME=own, PWD=own, TMPDIR=temporary)
    sys.path[:] = [own if path == folder else path for path in sys.path]
    sys.path_importer_cache.clear()
    if "tempfile" in sys.modules:
        vars(sys.modules["tempfile"])["tempdir"] = None
    return own


def sweep() -> None:
    """Take away the folders of branches that have ended."""
    for name in os.listdir(BOX):
        number = name.removeprefix("work").removeprefix("tmp")
        if number.isdigit() and not _lives(int(number)):
            import shutil

            shutil.rmtree(f"{BOX}/{name}", ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.getsid(pid)
    except ProcessLookupError:
        return False
    return True


def _keep() -> None:
    """Bury branches until none is left; when this process ends, so does all in the namespace."""
    os.closerange(0, 1 << 16)
    seccomp.install(seccomp.filter_program(os.getpid(), forks=True))
    while True:
        try:
            os.wait()
        except ChildProcessError:
            os._exit(0)
