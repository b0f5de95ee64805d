"""The ground that a terminal's box stands on: lays the mounts, then becomes bwrap. Decides nothing about the box.

Run by path in an interpreter of its own, it imports nothing of gem. In a mount namespace that only this box has,
one tmpfs on /tmp takes all that the agent will ever write; so the box's end, however it comes, frees everything.

    /tmp/lower    the few folders and files that a machine needs at its start
    /tmp/layers   what the agent changed: "root" for /, and "usr" for /usr
    /tmp/merged   what the agent sees as /

    rung        who            what the agent may change
    whole       root           all of /, by overlays above idmapped mounts: files of the host look like the agent's own
    overlay     any user       all but /usr
    tmpfs       any user       all but /usr; there is no overlay, so "root" holds the start as well
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import sys
from importlib import import_module

MS_REC, MS_PRIVATE, MS_BIND, MS_NOSUID, MS_NODEV = 0x4000, 0x40000, 0x1000, 0x2, 0x4
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
OPEN_TREE, MOVE_MOUNT, MOUNT_SETATTR = 428, 429, 442  # the same on every architecture
AT_EMPTY_PATH, OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC = 0x1000, 1, os.O_CLOEXEC
MOVE_MOUNT_F_EMPTY_PATH, MOUNT_ATTR_IDMAP, AT_FDCWD = 4, 0x100000, -100
PR_SET_DUMPABLE = 4
KEYCTL, KEYCTL_JOIN_SESSION_KEYRING = {"x86_64": 250, "aarch64": 219}, 1
BASE = "/tmp"
STATUS_FD, TTY_FD = 62, 63

FOLDERS = ("dev", "etc", "etc/alternatives", "home", "home/agent", "media", "mnt", "opt", "proc", "root", "run", "srv",
           "sys", "tmp", "usr", "var", "var/cache", "var/lib", "var/log", "var/spool", "var/tmp")  # fmt: skip
STICKY = ("tmp", "var/tmp")
FILES = {
    "etc/passwd": "agent:x:1000:1000:agent:/home/agent:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n",
    "etc/group": "agent:x:1000:\nnogroup:x:65534:\n",
    "etc/hosts": "127.0.0.1 localhost terminal\n",
    "etc/hostname": "terminal\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
LINKS = {"etc/os-release": "../usr/lib/os-release", "etc/mtab": "../proc/self/mounts"}
SHORTCUTS = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")
"""Links of the host's / into /usr, where a host has them."""

LATE = import_module("warnings")
"""The standard library asks for it on its way, when it may lie in a folder that is closed to us."""
libc = ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str) -> int:
    """The result of a C call. Raises `OSError` where it failed."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def mount(source: str, target: str, kind: str | None = None, flags: int = 0, options: str = "") -> None:
    """The system call; raises `OSError`."""
    fields = [None if text is None else text.encode() for text in (source, target, kind)]
    checked(libc.mount(*fields, ctypes.c_ulong(flags), options.encode()), f"mount {target}")


def enter(rung: str, uid: int, gid: int) -> None:
    """A mount namespace of our own; below "whole" as an ordinary user, who is root of a user namespace of its own."""
    if rung == "whole":
        if uid == 0:
            raise OSError("there is no other user here that the agent could be")
        checked(libc.unshare(CLONE_NEWNS), "unshare")
    else:
        if os.geteuid() == 0 and uid != 0:
            become(uid, gid)
        checked(libc.unshare(CLONE_NEWNS | CLONE_NEWUSER), "unshare")
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            put(f"/proc/self/{name}", text)
    mount("none", "/", None, MS_REC | MS_PRIVATE)


def become(uid: int, gid: int) -> None:
    """Give up root for good."""
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    libc.prctl(PR_SET_DUMPABLE, 1)  # else /proc/self stays root's


def put(path: str, text: str) -> None:
    """Write a file."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def furnish(root: str) -> None:
    """The start of a machine without a rootfs of its own."""
    for name in FOLDERS:
        os.mkdir(f"{root}/{name}")
    for name in STICKY:
        os.chmod(f"{root}/{name}", 0o1777)
    for name, text in FILES.items():
        put(f"{root}/{name}", text)
    for name, target in LINKS.items():
        os.symlink(target, f"{root}/{name}")
    for name in SHORTCUTS:
        if os.path.islink(f"/{name}"):
            os.symlink(os.readlink(f"/{name}"), f"{root}/{name}")
        elif os.path.isdir(f"/{name}"):
            os.mkdir(f"{root}/{name}")  # bwrap binds the host's
    if os.path.exists("/etc/ld.so.cache"):
        with open("/etc/ld.so.cache", "rb") as cache, open(f"{root}/etc/ld.so.cache", "wb") as copy:
            copy.write(cache.read())
    for name in (*FILES, *LINKS, *SHORTCUTS, "etc/ld.so.cache"):
        if os.path.lexists(f"{root}/{name}"):
            os.utime(f"{root}/{name}", (0, 0), follow_symlinks=False)  # whatever is younger was changed


def lay_idmapped(source: int, target: str, uid: int, gid: int) -> None:
    """Mount the folder behind a descriptor so that what belongs to root there belongs to `uid` here."""
    mapping = user_namespace(uid, gid)
    flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH
    tree = checked(libc.syscall(OPEN_TREE, source, b"", flags), "open_tree")
    attributes = (ctypes.c_uint64 * 4)(MOUNT_ATTR_IDMAP, 0, 0, mapping)
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    checked(libc.syscall(MOUNT_SETATTR, tree, b"", AT_EMPTY_PATH, attributes, size), "mount_setattr")
    moved = libc.syscall(MOVE_MOUNT, tree, b"", AT_FDCWD, target.encode(), MOVE_MOUNT_F_EMPTY_PATH)
    checked(moved, "move_mount")
    os.close(tree)
    os.close(mapping)


def user_namespace(uid: int, gid: int) -> int:
    """A descriptor of a user namespace whose root is `uid`; nothing runs in it."""
    ready, go = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        done = libc.unshare(CLONE_NEWUSER)
        os.write(ready[1], b"." if done == 0 else b"!")
        os.close(go[1])
        os.read(go[0], 1)
        os._exit(0)
    os.close(ready[1])
    try:
        if os.read(ready[0], 1) != b".":
            raise OSError("unshare: no user namespace")
        put(f"/proc/{child}/uid_map", f"0 {uid} 1")
        put(f"/proc/{child}/gid_map", f"0 {gid} 1")
        return os.open(f"/proc/{child}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        for descriptor in (ready[0], *go):
            os.close(descriptor)
        os.waitpid(child, 0)


def lay_overlay(layer: str, lower: str, target: str) -> None:
    """Mount at `target` the folder `lower` under the agent's layer of this name."""
    options = f"lowerdir={lower},upperdir={BASE}/layers/{layer},workdir={BASE}/work/{layer},userxattr"
    mount("overlay", target, "overlay", MS_NOSUID | MS_NODEV, options)


def lay(rung: str, uid: int, gid: int, tmpfs: str, rootfs: str, restore: int) -> None:
    """All mounts of the box; the layers start as the archive of descriptor `restore` has them, if there is one."""
    enter(rung, uid, gid)
    source = os.open(rootfs or "/usr", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)  # /tmp is about to disappear
    owner = f",uid={uid},gid={gid}" if rung == "whole" else ""
    mount("gem", BASE, "tmpfs", MS_NOSUID | MS_NODEV, f"{tmpfs},mode=755{owner}")
    if rung == "whole":  # what is made now is the agent's
        os.setegid(gid)
        os.seteuid(uid)
    for name in ("lower", "layers", "layers/root", "layers/usr", "work", "work/root", "work/usr", "merged", "source"):
        os.mkdir(f"{BASE}/{name}")
    if not rootfs:
        furnish(f"{BASE}/lower")
        if rung == "tmpfs" and restore < 0:
            furnish(f"{BASE}/layers/root")
    if restore >= 0:
        unpack(restore)
    if rung == "whole":
        os.seteuid(0)
        os.setegid(0)
    stack(rung, uid, gid, source, bool(rootfs))


def unpack(archive: int) -> None:
    """Fill the layers, as the agent."""
    child = os.fork()
    if child == 0:
        if os.getuid() != os.geteuid():
            os.seteuid(0)
            become(os.stat(BASE).st_uid, os.stat(BASE).st_gid)
        os.dup2(archive, 0)
        os.execvp(
            "tar", ["tar", "-x", "-C", f"{BASE}/layers", "--xattrs", "--xattrs-include=*", "-p", "--no-same-owner"]
        )
    if os.waitpid(child, 0)[1] != 0:
        raise OSError("the snapshot does not unpack")
    os.close(archive)


def stack(rung: str, uid: int, gid: int, source: int, whole_root: bool) -> None:
    """Put the layers above what they change."""
    merged = f"{BASE}/merged"
    if rung == "tmpfs":
        mount(f"{BASE}/layers/root", merged, None, MS_BIND)
        return
    below = f"{BASE}/source"
    if rung == "whole":
        lay_idmapped(source, below, uid, gid)
    else:
        below = f"/proc/self/fd/{source}"
    lay_overlay("root", below if whole_root else f"{BASE}/lower", merged)
    if rung == "whole" and not whole_root:
        lay_overlay("usr", below, f"{merged}/usr")


def leave_keyring() -> None:
    """A session keyring of our own: the keys of whoever started us are none of the agent's business."""
    if number := KEYCTL.get(os.uname().machine):
        libc.syscall(number, KEYCTL_JOIN_SESSION_KEYRING, None)


def place(descriptors: dict[int, int]) -> None:
    """Give descriptors the numbers by which the box knows them."""
    above = max(descriptors.values()) + 1
    spare = {fcntl.fcntl(given, fcntl.F_DUPFD, above): number for given, number in descriptors.items()}
    for given in descriptors:
        os.close(given)
    for descriptor, number in spare.items():
        os.dup2(descriptor, number)
        os.close(descriptor)


def main(arguments: list[str]) -> None:
    """`foundation.py RUNG UID GID TMPFS ROOTFS RESTORE_FD STATUS_FD TTY_FD bwrap …`; does not return."""
    rung, uid, gid, tmpfs, rootfs, restore, status, tty, *bwrap = arguments
    leave_keyring()
    lay(rung, int(uid), int(gid), tmpfs, rootfs, int(restore))
    place({int(status): STATUS_FD, int(tty): TTY_FD})
    if rung == "whole":  # else it happened on the way in
        become(int(uid), int(gid))
    os.execvp(bwrap[0], bwrap)


if __name__ == "__main__":
    main(sys.argv[1:])
