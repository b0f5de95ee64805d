"""A box for one shell: its processes, its mounts and its end. Knows nothing of commands.

bwrap gives it namespaces of its own (user, pid, mount, net, ipc, uts, cgroup) and no capabilities. Under root,
each box has a user id of its own that nobody else has. It dies with this process, and takes all it holds along.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import secrets
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, NamedTuple, NoReturn

from gem.errors import SandboxUnavailable
from gem.sandbox.box.seccomp import machine_program
from gem.sandbox.limits import Limits
from gem.sandbox.terminal.cgroup import ControlGroup
from gem.sandbox.terminal.foundation import BASE, SHORTCUTS
from gem.sandbox.terminal.shell import SUPERVISOR, Shell

Rung = Literal["whole", "overlay", "tmpfs"]
RUNGS: tuple[Rung, ...] = ("whole", "overlay", "tmpfs")
"""How much of its machine an agent may change, the most first; foundation.py says what each needs."""
FOUNDATION = Path(__file__).with_name("foundation.py")
HIDDEN = (Path(__file__).resolve().parents[2], Path("/usr/local/etc"))
"""What nobody sees though it lie in /usr: gem itself, whose envs know their answers, and the host's configuration."""
HOME = "/home/agent"
AGENT = 1000
ENVIRONMENT = {
    "PATH": f"{HOME}/.local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": HOME,
    "USER": "agent",
    "LOGNAME": "agent",
    "SHELL": "/bin/bash",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "PAGER": "cat",
}
START_S = 20.0
EXTRA_PROCESSES = 2
"""The first process and the shell, which are none of the agent's."""


class Ends(NamedTuple):
    """Descriptors, in pairs, between this process and a box."""

    stdin: tuple[int, int]
    output: tuple[int, int]
    status: tuple[int, int]
    info: tuple[int, int]
    terminal: tuple[int, int]

    @classmethod
    def make(cls) -> Ends:
        """New ones; all or none. The terminal does not echo what is typed into it."""
        made: list[tuple[int, int]] = []
        try:
            made.extend(os.pipe() for _ in range(4))
            made.append(pty.openpty())
            mode = termios.tcgetattr(made[-1][1])
            mode[3] &= ~termios.ECHO
            termios.tcsetattr(made[-1][1], termios.TCSANOW, mode)
        except BaseException:
            closed(descriptor for pair in made for descriptor in pair)
            raise
        return cls(*made)

    @property
    def inner(self) -> tuple[int, ...]:
        """Those that the box takes."""
        return self.stdin[0], self.output[1], self.status[1], self.info[1], self.terminal[1]

    @property
    def outer(self) -> tuple[int, ...]:
        """Those that this process keeps."""
        return self.stdin[1], self.output[0], self.status[0], self.info[0], self.terminal[0]


class Box:
    """Namespaces, files and a shell. Raises `SandboxUnavailable` where they can't be had, with the reason."""

    def __init__(self, rung: Rung, limits: Limits, rootfs: str | None, layers: bytes | None = None) -> None:
        self.rung: Rung = rung
        self.rootfs = rootfs
        self._owner = os.getpid()
        self.uid, self.gid = _ids()
        self.group = ControlGroup((limits.memory_mb + limits.disk_mb) << 20, limits.processes + EXTRA_PROCESSES + 4)
        try:
            ends = Ends.make()
            self._process = self._started(ends, limits, layers)
        except OSError as error:
            self.group.close()
            raise SandboxUnavailable(f"a terminal ({rung}) could not be started: {error}") from error
        self.group.take(self._process.pid)
        stdin, output, status, info, terminal = ends.outer
        self.shell = Shell(stdin, output, status, terminal, output_bytes=limits.output_kb * 1024)
        self._first = -1
        self.root = -1
        """A descriptor of what the agent sees as /."""
        self._await(info)

    def inside(self, folder: str) -> str:
        """The path of a folder of foundation.py's."""
        return f"/proc/{self._process.pid}/root{BASE}/{folder}"

    def entering(self) -> list[str]:
        """A command's beginning that lets it see those folders, at `BASE`."""
        enter = ["nsenter", "--mount", "--target", str(self._process.pid)]
        if self.rung == "whole":
            return enter
        return [*enter, "--user", *(() if os.geteuid() == 0 else ("--preserve-credentials",))]

    def kill(self) -> None:
        """End every process in it, and wait until they are gone; safe to call twice, and from any thread."""
        if os.getpid() != self._owner:
            return  # a fork's parent goes on with it
        self.shell.alive = False
        if self._first >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._first, signal.SIGKILL)
            readable(self._first, START_S)  # the first process of a pid namespace ends after all others
        if self._process.returncode is None:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """Kill it and let go of it, when nobody uses the shell any more; safe to call twice."""
        if os.getpid() != self._owner:
            return
        self.kill()
        closed(descriptor for descriptor in (self._first, self.root) if descriptor >= 0)
        self._first = self.root = -1
        if self._process.stderr is not None:
            self._process.stderr.close()
        self.shell.close()
        self.group.close()

    def _started(self, ends: Ends, limits: Limits, layers: bytes | None) -> subprocess.Popen[bytes]:
        restore = filtering = -1
        try:
            os.fchown(ends.terminal[1], self.uid, -1)
            restore = _memory_file(layers) if layers is not None else -1
            filtering = _memory_file(machine_program())
            command = [*self._foundation(ends, limits, restore), *self._bwrap(ends, limits, filtering)]
            return _starter().submit(_start, command, ends, [filtering, *([restore] if restore >= 0 else [])]).result()
        except BaseException:
            closed(ends.outer)
            raise
        finally:
            closed((*ends.inner, *(descriptor for descriptor in (restore, filtering) if descriptor >= 0)))

    def _foundation(self, ends: Ends, limits: Limits, restore: int) -> list[str]:
        tmpfs = f"size={limits.disk_mb}m,nr_inodes={limits.files + 1024}"
        numbers = [str(number) for number in (restore, ends.status[1], ends.terminal[1])]
        program = [sys.executable, "-I", "-S", str(FOUNDATION), self.rung, str(self.uid), str(self.gid)]
        return [*program, tmpfs, self.rootfs or "", *numbers]

    def _bwrap(self, ends: Ends, limits: Limits, filtering: int) -> list[str]:
        options = "--unshare-all --unshare-user --disable-userns --die-with-parent --new-session --as-pid-1"
        arguments = [
            "bwrap",
            *options.split(),
            "--cap-drop",
            "ALL",
            "--info-fd",
            str(ends.info[1]),
            "--seccomp",
            str(filtering),
        ]
        arguments += ["--uid", str(AGENT), "--gid", str(AGENT), "--hostname", "terminal", "--clearenv"]
        for name, value in ENVIRONMENT.items():
            arguments += ["--setenv", name, value]
        arguments += ["--bind", f"{BASE}/merged", "/", *self._shown()]
        arguments += ["--proc", "/proc", "--dev", "/dev"]
        arguments += ["--size", str(limits.memory_mb << 18), "--tmpfs", "/dev/shm"]  # a quarter of the memory
        arguments += ["--remount-ro", "/dev", "--chdir", "/"]
        bounds = limits.open_files, limits.memory_mb * 1024, limits.processes + EXTRA_PROCESSES
        return [*arguments, "--", "/bin/bash", "--noprofile", "--norc", "-c", SUPERVISOR, "init", *map(str, bounds)]

    def _shown(self) -> list[str]:
        """What of the host is mounted over the layers."""
        if self.rootfs:
            return []
        shown = [] if self.rung == "whole" else ["--ro-bind", "/usr", "/usr"]
        for name in SHORTCUTS:
            if Path(f"/{name}").is_dir() and not Path(f"/{name}").is_symlink():
                shown += ["--ro-bind", f"/{name}", f"/{name}"]
        shown += ["--ro-bind-try", "/etc/alternatives", "/etc/alternatives"]
        hidden = [place for place in HIDDEN if place.is_relative_to("/usr") and place.is_dir()]
        return [*shown, *(word for place in hidden for word in ("--tmpfs", str(place)))]

    def _await(self, info: int) -> None:
        """Take hold of the first process, and wait for the shell."""
        try:
            with os.fdopen(info, "rb") as stream:
                facts = stream.read() if readable(info, START_S) else b""
            first = json.loads(facts or "{}").get("child-pid", 0)
            if first:
                self._first = os.pidfd_open(first)
            if self._first < 0 or not self.shell.await_start(START_S):
                self._give_up()
            self.root = os.open(f"/proc/{first}/root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
            if readable(self._first, 0):  # then another process may have had its number
                self._give_up()
        except BaseException:
            self.close()
            raise

    def _give_up(self) -> NoReturn:
        """Say why it did not start: the last words of foundation.py or bwrap."""
        if self._first >= 0:
            signal.pidfd_send_signal(self._first, signal.SIGKILL)
        self._process.kill()
        _, stderr = self._process.communicate()
        lines = stderr.decode("utf-8", "replace").strip().splitlines()
        why = lines[-1] if lines else "its shell does not answer"
        raise SandboxUnavailable(f"a terminal ({self.rung}) could not be started: {why}")


def readable(descriptor: int, within_s: float) -> bool:
    """Whether something can be read, or comes in time; of a pidfd, whether its process has ended."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(within_s * 1000))


def closed(descriptors: Iterable[int]) -> None:
    """Close them all."""
    for descriptor in descriptors:
        os.close(descriptor)


def _ids() -> tuple[int, int]:
    """The user and group of a box: ours, or under root some that nobody has, of the second quarter of all."""
    if os.geteuid() != 0:
        return os.getuid(), os.getgid()
    extents = [tuple(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text().splitlines()]
    first, _, count = max(extents, key=lambda extent: extent[2])
    drawn = first + count // 4 + secrets.randbelow(max(1, count // 4))
    return drawn, drawn


def _memory_file(data: bytes) -> int:
    descriptor = os.memfd_create("gem-layers")
    with open(descriptor, "wb", closefd=False) as file:
        file.write(data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _start(command: list[str], ends: Ends, others: list[int]) -> subprocess.Popen[bytes]:
    passed = [ends.status[1], ends.info[1], ends.terminal[1]]
    return subprocess.Popen(
        command,
        stdin=ends.stdin[0],
        stdout=ends.output[1],
        stderr=subprocess.PIPE,
        pass_fds=passed + others,
        env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"},
    )


_threads: dict[int, ThreadPoolExecutor] = {}


def _starter() -> ThreadPoolExecutor:
    """One thread that starts all boxes. They die with the thread that started them, so it has to outlive the others."""
    if os.getpid() not in _threads:
        _threads.clear()  # those of a fork's parent
        _threads[os.getpid()] = ThreadPoolExecutor(1, thread_name_prefix="gem-terminal")
    return _threads[os.getpid()]
