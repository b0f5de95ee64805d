"""What the kernel lets a process of ours do, found out by trying; run as `python -m gem.sandbox.probe`.

Each attempt is made by a child of this process and ends with it, so that nothing on the machine changes. The answer
is a line of JSON: for each attempt the number of the error that came of it, 0 for none.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable

from gem.sandbox.box import kernel, landlock, mounts

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2


def user_namespace() -> None:
    """One's own users."""
    kernel.unshare(kernel.CLONE_NEWUSER)


def mount_namespace() -> None:
    """One's own view of the files, with the right to mount."""
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS)
    mounts.keep_mounts_private()
    mounts.tmpfs("/tmp", megabytes=1, files=8)


def process_namespace() -> None:
    """A child that is the first of its own processes."""
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWPID)
    child = os.fork()
    if child == 0:
        os._exit(0 if os.getpid() == 1 else errno.EPERM)
    os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def network_namespace() -> None:
    """A network without connections."""
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNET)


def seccomp_filter() -> None:
    """Whether a filter could be installed: asked with none, a kernel that can says that the address is bad."""
    try:
        kernel.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER)
    except OSError as error:
        if error.errno != errno.EFAULT:
            raise


ATTEMPTS: dict[str, Callable[[], None]] = {
    "user namespaces": user_namespace,
    "mount namespaces": mount_namespace,
    "pid namespaces": process_namespace,
    "net namespaces": network_namespace,
    "seccomp": seccomp_filter,
}


def tried(attempt: Callable[[], None]) -> int:
    """The number of the error that comes of it, 0 for none; this process stays as it is."""
    child = os.fork()
    if child == 0:
        try:
            attempt()
        except OSError as error:
            os._exit(min(error.errno or errno.EIO, 255))
        except BaseException:  # noqa: BLE001 - whatever it is, it must not run on as a second parent
            os._exit(errno.EIO)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code if code >= 0 else errno.EIO


def main() -> None:
    """Try all, and tell."""
    answers = {name: tried(attempt) for name, attempt in ATTEMPTS.items()}
    sys.stdout.write(json.dumps({**answers, "landlock": landlock.abi()}))


if __name__ == "__main__":
    main()
