"""What an agent changed on its machine: the layers above its start, as an archive and as a list of paths."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gem.errors import SnapshotUnsupported
from gem.sandbox.terminal.box import Box
from gem.sandbox.terminal.foundation import BASE

PACK = ("tar", "-c", "--sparse", "--xattrs", "--xattrs-include=*", "--numeric-owner", "--owner=0", "--group=0",
        "--format=posix", "--sort=name", "--warning=no-file-ignored")  # fmt: skip
LAYERS = {"root": "", "usr": "/usr"}
"""Where in the machine each layer lies."""
OPAQUE = "SCHILY.xattr.user.overlay.opaque"


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths that differ from a machine's start, sorted."""

    added: tuple[str, ...] = ()
    """Files and folders."""
    changed: tuple[str, ...] = ()
    """Files that were written to or touched, even if what is in them is as before."""
    deleted: tuple[str, ...] = ()
    """A folder stands for all that was in it."""

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.deleted)


def packed(box: Box) -> bytes:
    """The layers as they are now. Raises `SnapshotUnsupported` if they cannot be read."""
    command = [*box.entering(), *PACK, "-C", f"{BASE}/layers", "root", "usr"]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode > 1:  # 1: a file changed while it was read
        raise SnapshotUnsupported(f"the terminal's files cannot be read: {done.stderr.decode('utf-8', 'replace')}")
    return done.stdout


def changes(box: Box) -> Changes:
    """How the machine differs from its start."""
    added, changed, deleted = set[str](), set[str](), set[str]()
    archive = packed(box)
    for layer, place in LAYERS.items():
        lower, is_copy = _lower(box, layer), box.rung == "tmpfs" and layer == "root"
        members = dict(_members(archive, layer))
        for path, member in members.items():
            below = lower / path
            if member.ischr():  # a whiteout; the agent can make no device of its own
                deleted.add(f"{place}/{path}")
            elif not os.path.lexists(below):
                added.add(f"{place}/{path}")
            elif not member.isdir() and not (is_copy and _same(member, below)):
                changed.add(f"{place}/{path}")
        for path in ("",) if is_copy else [path for path, member in members.items() if OPAQUE in member.pax_headers]:
            deleted.update(f"{place}/{gone}" for gone in _hidden(lower, path, members))
    return Changes(tuple(sorted(added)), tuple(sorted(changed)), tuple(sorted(deleted)))


def _lower(box: Box, layer: str) -> Path:
    """Where this process finds what lies below a layer."""
    if layer == "usr":
        return Path("/usr")
    return Path(box.rootfs or box.inside("lower"))


def _members(archive: bytes, layer: str) -> Iterator[tuple[str, tarfile.TarInfo]]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            if member.name.startswith(f"{layer}/"):
                yield member.name.removeprefix(f"{layer}/"), member


def _same(member: tarfile.TarInfo, below: Path) -> bool:
    """Whether a file is the copy of that of the start, where there is no overlay to tell."""
    start = below.lstat()
    return member.mtime == start.st_mtime and member.mode == stat.S_IMODE(start.st_mode)


def _hidden(lower: Path, folder: str, members: dict[str, tarfile.TarInfo]) -> Iterator[str]:
    """What was below a folder that hides its past, and is not in its place."""
    below = lower / folder
    for entry in sorted(os.listdir(below)) if below.is_dir() and not below.is_symlink() else ():
        path = f"{folder}/{entry}".lstrip("/")
        if path not in members:
            yield path
        elif members[path].isdir():
            yield from _hidden(lower, path, members)
