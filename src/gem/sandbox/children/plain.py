"""A plain child process: bounded in time, memory and output, free in all else. Not for hostile code.

It is what is left where the kernel offers nothing, and what a container that is itself a sandbox needs.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from gem.sandbox.children.child import COMPILED, ENVIRONMENT, PYTHON_OPTIONS, Child
from gem.sandbox.children.piped import PipedSandbox, driver_folder, remove_folder
from gem.sandbox.level import UNSAFE, Level
from gem.sandbox.limits import Limits
from gem.sandbox.packages import package_paths
from gem.sandbox.profile import PROFILES, Profile


class SubprocessSandbox(PipedSandbox):
    """Each program in a bare interpreter, in a temporary folder that goes with it."""

    def __init__(
        self, *, limits: Limits | None = None, profile: Profile = PROFILES["bare"], concurrency: int | None = None
    ) -> None:
        paths = package_paths(profile.imports)
        self._home = Path(driver_folder())
        packages = self._home / "packages"
        packages.mkdir()
        for path in paths:
            (packages / path.name).symlink_to(path)
        python = os.path.realpath(sys.executable)
        self._command = [python, *PYTHON_OPTIONS, str(self._home / COMPILED)]
        super().__init__(
            limits=limits, profile=profile, concurrency=concurrency or os.cpu_count() or 1, packages=str(packages)
        )

    @property
    def level(self) -> Level:
        return UNSAFE

    def close(self) -> None:
        super().close()
        remove_folder(str(self._home))

    def _start(self, limits: Limits) -> Child:
        del limits  # which the driver puts on
        folder = tempfile.mkdtemp(prefix="box-", dir=self._home)
        environment = {**ENVIRONMENT, "HOME": folder, "TMPDIR": folder, "PATH": ""}
        try:
            return FolderChild(self._command, env=environment, cwd=folder)
        except OSError:
            remove_folder(folder)
            raise


class FolderChild(Child):
    """A child whose working folder goes when it goes."""

    def __init__(self, command: list[str], *, env: dict[str, str], cwd: str) -> None:
        super().__init__(command, env=env, cwd=cwd)
        self._folder = cwd

    def close(self) -> None:
        super().close()
        remove_folder(self._folder)
