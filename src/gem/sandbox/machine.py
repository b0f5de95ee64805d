"""What this machine offers to sandboxes, as facts: each with what it means and what to do where it is missing.

Looks only; what the kernel permits is tried by short-lived children (`probe.py`).
"""

from __future__ import annotations

import errno
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gem.sandbox.box.syscall_numbers import MACHINES

LEAST_MEMORY_MB, LEAST_DISK_MB = 1024, 512
SCOPES_ABI = 6
"""The version of Landlock from which on signals and abstract sockets are held too."""
PATIENCE_S, PROBE_S = 8.0, 20.0


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing about the machine."""

    name: str
    value: str
    holds: bool | None = None
    """Whether it is as a sandbox would have it; None for what is neither good nor bad."""
    advice: str = ""
    """Where it is not: what follows, and what to do about it."""


def host(root: Path = Path("/"), environment: Mapping[str, str] = os.environ) -> list[Fact]:
    """Python, the machine, who we are, memory and room for files."""
    name = platform.machine()
    known = name in MACHINES and sys.platform == "linux"
    only = f"The zygote knows the system calls of Linux on {' and '.join(MACHINES)}; elsewhere use podman or docker."
    return [
        Fact("python", f"{platform.python_version()}, {sys.executable}"),
        Fact("platform", f"{platform.system()} {platform.release()} on {name}", known, "" if known else only),
        Fact("user", "root" if os.geteuid() == 0 else f"uid {os.geteuid()}"),
        Fact("container", container(root, environment)),
        memory(root),
        room(tempfile.gettempdir()),
    ]


def container(root: Path, environment: Mapping[str, str]) -> str:
    """What hints at a container around us."""
    hints = [name for name in (".dockerenv", "run/.containerenv") if (root / name).exists()]
    hints += [f"${name}" for name in ("container", "KUBERNETES_SERVICE_HOST") if environment.get(name)]
    groups = _text(root / "proc/1/cgroup")
    hints += [word for word in ("docker", "kubepods", "containerd", "lxc") if word in groups]
    return f"yes ({', '.join(hints)})" if hints else "no sign of one"


def memory(root: Path) -> Fact:
    """Memory that programs can still get."""
    lines = (line.split() for line in _text(root / "proc/meminfo").splitlines())
    sizes_mb = {words[0].rstrip(":"): int(words[1]) // 1024 for words in lines if len(words) > 1}
    if "MemAvailable" not in sizes_mb:
        return Fact("memory", "unknown")
    free = sizes_mb["MemAvailable"]
    value = f"{free:,} of {sizes_mb['MemTotal']:,} MiB free"
    few = "Little is left: run fewer programs at a time (`concurrency=`), or bound each (`Limits.memory_mb`)."
    return Fact("memory", value, free >= LEAST_MEMORY_MB, "" if free >= LEAST_MEMORY_MB else few)


def room(folder: str) -> Fact:
    """Space for what programs write where they get no file system of their own."""
    free = shutil.disk_usage(folder).free >> 20
    full = f"Programs and their output pass through {folder}: make room, or set TMPDIR to a folder that has some."
    return Fact(
        "temporary", f"{free:,} MiB free in {folder}", free >= LEAST_DISK_MB, "" if free >= LEAST_DISK_MB else full
    )


def probed() -> dict[str, int]:
    """What the kernel answers to the attempts of `probe.py`, made by a fresh process; nothing if it gave none."""
    command = [sys.executable, "-P", "-m", "gem.sandbox.probe"]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # threads would be in the way of a new user namespace
    try:
        done = subprocess.run(command, capture_output=True, timeout=PROBE_S, env=environment, check=True)
    except (OSError, subprocess.SubprocessError):
        return {}
    return json.loads(done.stdout)


def kernel_facts(answers: Mapping[str, int], root: Path = Path("/")) -> list[Fact]:
    """The layers that the kernel offers; `answers` are those of the probe."""
    spaces = [name for name in answers if name.endswith("namespaces")]
    refused = next((name for name in spaces if answers[name]), "")  # what refuses one mostly refuses the others too
    advice = {refused: _namespace_advice(root, answers.get(refused, 0))}
    facts = [_attempt(name, answers, advice.get(name, "")) for name in spaces]
    if not answers:
        facts.append(Fact("namespaces", "unknown", False, "The probe gave no answer: python -m gem.sandbox.probe."))
    version = answers.get("landlock", 0)
    needed = "Needs Linux 5.13 or later, with landlock among the kernel's lsm= (see /sys/kernel/security/lsm)."
    facts.append(_landlock(version) if version else Fact("landlock", "none", False, needed))
    if "seccomp" in answers:
        facts.append(_attempt("seccomp", answers, "The kernel was built without CONFIG_SECCOMP_FILTER: take another."))
    return [*facts, control_groups(root)]


def control_groups(root: Path = Path("/")) -> Fact:
    """Whether this process may bound memory and processes of what it starts by cgroup v2."""
    path = next((line[3:] for line in _text(root / "proc/self/cgroup").splitlines() if line.startswith("0::")), None)
    mounts = (line.split() for line in _text(root / "proc/self/mounts").splitlines())
    place = next((words[1] for words in mounts if len(words) > 2 and words[2] == "cgroup2"), None)
    without = (
        "Memory is bounded for each process instead of for all of a program together, which is exact unless"
        " `Limits.processes` permits more than one; podman and docker can bound the whole where they have it. "
    )
    if path is None or place is None:
        return Fact("cgroup v2", "none", False, without + "To have it, boot with systemd.unified_cgroup_hierarchy=1.")
    folder = root / place.lstrip("/") / path.lstrip("/")
    offered = _text(folder / "cgroup.controllers").split()
    lacking = [name for name in ("memory", "pids") if name not in offered]
    if lacking:
        why = f"without {' and '.join(lacking)}"
        return Fact("cgroup v2", why, False, without + "The controllers are with cgroup v1, or kept by a parent.")
    if not all(os.access(folder / name, os.W_OK) for name in ("", "cgroup.procs", "cgroup.subtree_control")):
        asked = (
            "To have it delegated: systemd-run --user --scope -p Delegate=yes COMMAND. A folder that is yours, with "
            "memory and pids in its cgroup.subtree_control, can be named by GEM_SANDBOX_CGROUP."
        )
        return Fact("cgroup v2", "not delegated to this user", False, without + asked)
    return Fact("cgroup v2", f"delegated: {' '.join(offered)}", True)


def programs() -> list[Fact]:
    """The programs behind the other backends."""
    return [
        _program("bwrap", ["bwrap", "--version"], "apt install bubblewrap"),
        _program("podman", ["podman", "--version"], "apt install podman runc"),
        _program("docker", ["docker", "version", "--format", "docker {{.Server.Version}}"], "apt install docker.io"),
    ]


def _program(name: str, command: list[str], install: str) -> Fact:
    if shutil.which(name) is None:
        return Fact(name, "not installed", None, f"Only the backend {name!r} needs it: {install}.")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return Fact(name, "does not answer", False, f"Try `{' '.join(command[:2])}` by hand.")
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        return Fact(name, "installed, but fails", False, f"`{' '.join(command[:2])}` says: {said[:200]}")
    return Fact(name, done.stdout.strip().split(" ")[-1] or "installed", True)


def _attempt(name: str, answers: Mapping[str, int], advice: str) -> Fact:
    code = answers[name]
    return Fact(name, "available" if not code else f"refused ({os.strerror(code)})", not code, advice if code else "")


def _landlock(version: int) -> Fact:
    if version >= SCOPES_ABI:
        return Fact("landlock", f"version {version}", True)
    partial = "Files are held; signals and abstract sockets only by the other layers. Linux 6.12 holds them too."
    return Fact("landlock", f"version {version}", True, partial)


def _namespace_advice(root: Path, code: int) -> str:
    """What to do where a namespace was refused with this error, by what refuses it."""
    settings = root / "proc/sys"
    if _text(settings / "kernel/apparmor_restrict_unprivileged_userns").strip() == "1":
        return (
            "AppArmor keeps them from ordinary users: sysctl kernel.apparmor_restrict_unprivileged_userns=0,"
            " or an AppArmor profile with `userns` for this python."
        )
    if _text(settings / "kernel/unprivileged_userns_clone").strip() == "0":
        return "The kernel keeps them from ordinary users: sysctl kernel.unprivileged_userns_clone=1."
    if _text(settings / "user/max_user_namespaces").strip() == "0":
        return "None are permitted: sysctl user.max_user_namespaces=15000."
    if code == errno.ENOSPC:
        return "What we run in permits no further ones: leave that, or raise the limits in /proc/sys/user there."
    return (
        "Inside of a container its seccomp profile refuses them: start it with"
        " --security-opt seccomp=unconfined --security-opt apparmor=unconfined, or go without this layer."
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
