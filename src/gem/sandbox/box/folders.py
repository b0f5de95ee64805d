"""Taking away folders that a program has filled, however it has locked or nested them.

What brings C libraries along is imported where it is needed: each one makes every fork of the zygote dearer.
"""

from __future__ import annotations

import os
from contextlib import suppress


def empty(folder: str) -> None:
    """Take away all that is in a folder. Raises `OSError` if something stays."""
    os.chmod(folder, 0o700)
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            import shutil

            _unlock(entry.path)
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)


def remove(folder: str) -> None:
    """Take away a folder and all that is in it, from outside of the sandbox."""
    import shutil
    import subprocess

    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        if os.path.lexists(folder):  # another remover, on the other side, was quicker with something in it
            remove(folder)
    except (OSError, RecursionError):  # locked, or nested past the longest path: commands that walk step by step
        for command in (["chmod", "-R", "u+rwx", "--", folder], ["rm", "-rf", "--", folder]):
            with suppress(OSError):  # no descriptor is left to start one
                subprocess.run(command, check=False, stderr=subprocess.DEVNULL)


def _unlock(folder: str) -> None:
    """Give back the rights that a program may have taken from its folders."""
    os.chmod(folder, 0o700)
    for path, names, _ in os.walk(folder):
        for name in names:
            inner = os.path.join(path, name)
            if not os.path.islink(inner):
                os.chmod(inner, 0o700)
