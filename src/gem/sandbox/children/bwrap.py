"""Each program in its own bubblewrap: namespaces, a root with Python and no more, a filter of system calls.

For machines where the zygote's way is not wanted: a well-known tool holds the program, at a new start for each.
As root, programs keep the user's number without its rights; the zygote also takes the number from them.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from gem.errors import SandboxUnavailable
from gem.sandbox.box.jail import DEVICES, PACKAGES
from gem.sandbox.children.child import COMPILED, ENVIRONMENT, PYTHON_OPTIONS, Child
from gem.sandbox.children.piped import PipedSandbox, driver_folder, filter_for, remove_folder
from gem.sandbox.level import Level
from gem.sandbox.limits import Limits
from gem.sandbox.profile import PROFILES, Profile
from gem.sandbox.zygote.view import view_of

HELD = Level(
    name="bwrap",
    layers=("bubblewrap", "namespaces", "seccomp", "rlimits"),
    files="namespaces",
    network="namespaces",
    processes="namespaces",
    memory="rlimit",
)
BOX, DRIVER = "/box", "/driver.pyc"
_ALONE = (
    *("--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL"),
    *("--die-with-parent", "--new-session", "--as-pid-1"),
)


class BwrapSandbox(PipedSandbox):
    """`program` is the bubblewrap to use. Raises `SandboxUnavailable` if it cannot hold a program here."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        profile: Profile = PROFILES["bare"],
        concurrency: int | None = None,
        program: str = "bwrap",
    ) -> None:
        found = shutil.which(program)
        if found is None:
            raise SandboxUnavailable(f"{program} is not installed; Debian's package is named bubblewrap")
        workers = concurrency or os.cpu_count() or 1
        shown = shown_files(profile)
        super().__init__(limits=limits, profile=profile, concurrency=workers, packages=PACKAGES)
        self._home = driver_folder()
        self._command = [found, *_ALONE, *shown, "--ro-bind", f"{self._home}/{COMPILED}", DRIVER]
        self.try_out()

    @property
    def level(self) -> Level:
        return HELD

    def close(self) -> None:
        super().close()
        remove_folder(self._home)

    def _start(self, limits: Limits) -> Child:
        work = f"{BOX}/work"
        room = ["--size", str(limits.disk_mb << 20), "--tmpfs", BOX, "--dir", work, "--dir", f"{BOX}/tmp"]
        start = ["--remount-ro", "/", "--chdir", work, os.path.realpath(sys.executable), *PYTHON_OPTIONS, DRIVER]
        environment = {**ENVIRONMENT, "HOME": work, "TMPDIR": f"{BOX}/tmp", "PATH": ""}
        return Child([*self._command, *room, *start], env=environment)

    def _seccomp(self, limits: Limits) -> bytes:
        return filter_for(limits)


def shown_files(profile: Profile) -> list[str]:
    """What programs may read of the host, as options of bwrap: each file where it stands here, packages together."""
    view = view_of(profile)
    options: list[str] = []
    for folder in view.folders:
        options += ["--ro-bind", folder, folder]
    for folder in view.hidden:
        options += ["--perms", "0555", "--size", "4096", "--tmpfs", folder, "--remount-ro", folder]
    for place, target in view.links:
        options += ["--symlink", target, place]
    for path in view.packages:
        options += ["--ro-bind", path, f"{PACKAGES}/{Path(path).name}"]
    for device in DEVICES:
        options += ["--dev-bind", device, device]
    return [*options, "--symlink", f"{BOX}/tmp", "/tmp"]
