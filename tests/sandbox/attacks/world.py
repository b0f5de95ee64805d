"""What an attack is after, planted for one run and looked at again after it: secrets, files, processes, servers.

Runs in an arena, whose /srv, /home/trainer, /tmp and /dev/shm are its own. The trainer of this world is the
process that this module runs in.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import secrets
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import gem

TOKEN = os.environ.get("GEM_ARENA_TOKEN", "")
"""In the secrets that stand in the trainer's environ and command line from its start."""
WATCHED = tuple(map(Path, ("/srv", "/home", "/tmp", "/var/tmp", "/dev/shm")))
OWN = "gem-"
"""How the temporary folders of sandboxes begin: they come and go at any time, and must be gone after `close`."""
_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM)


def secret(place: str, nonce: str) -> str:
    """What is written at a place, and must never come out of a program."""
    return f"secret-{place}-{nonce}"


class Servers:
    """Listeners on loopback, TCP and UDP of both families and unix sockets; whoever comes is noted."""

    def __init__(self, folder: Path) -> None:
        self.contacts: list[str] = []
        self.facts: dict[str, Any] = {"unix_path": str(folder / "socket"), "unix_abstract": f"arena-{os.getpid()}"}
        self._selector = selectors.DefaultSelector()
        self._looking = threading.Lock()
        self._listen("tcp4", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        self._listen("udp4", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
        self._listen("tcp6", socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0))
        self._listen("udp6", socket.AF_INET6, socket.SOCK_DGRAM, ("::1", 0))
        self._listen("unix path", socket.AF_UNIX, socket.SOCK_STREAM, self.facts["unix_path"])
        self._listen("unix abstract", socket.AF_UNIX, socket.SOCK_STREAM, "\0" + self.facts["unix_abstract"])
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        threading.Thread(target=self._serve, name="servers", daemon=True).start()  # it takes no signal of the trainer's
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def taken(self) -> list[str]:
        """Who came since the last call, those included of whom the thread has not heard yet."""
        self._look()
        came, self.contacts = self.contacts, []
        return came

    def _listen(self, name: str, family: int, kind: int, address: Any) -> None:
        server = socket.socket(family, kind)
        server.bind(address)
        if kind == socket.SOCK_STREAM:
            server.listen()
        if family == socket.AF_UNIX:
            if not address.startswith("\0"):
                os.chmod(address, 0o777)
        else:
            self.facts[f"{name}_port"] = server.getsockname()[1]
        server.setblocking(False)
        self._selector.register(server, selectors.EVENT_READ, name)

    def _serve(self) -> None:
        while True:
            self._selector.select()
            self._look()

    def _look(self) -> None:
        """Note whoever is there."""
        with self._looking:
            while ready := self._selector.select(0):
                for key, _ in ready:
                    server = key.fileobj
                    if server.type == socket.SOCK_STREAM:
                        server.accept()[0].close()
                    else:
                        server.recv(65536)
                    self.contacts.append(f"{key.data} server was reached")


class World:
    """All that stays from run to run; `plant` makes the rest anew for each."""

    def __init__(self) -> None:
        self.trainer = Path("/srv/trainer")
        self.cwd = self.trainer / "run"
        self.cwd.mkdir(parents=True)
        os.chdir(self.cwd)
        self.servers = Servers(self.trainer)
        self.signals: list[str] = []
        for number in _SIGNALS:
            signal.signal(number, lambda number, _: self.signals.append(f"the trainer got signal {number}"))
        self.memory = ctypes.create_string_buffer(secret("memory", TOKEN).encode())
        self.file = open("/srv/opened", "w+", encoding="utf-8")  # noqa: SIM115 - held open: the descriptor is bait
        self.file.write(secret("descriptor", TOKEN))
        self.file.flush()
        os.unlink("/srv/opened")
        self.victim = _sibling()
        self._before: dict[str, str] = {}

    def plant(self, nonce: str) -> dict[str, Any]:
        """Fill the folders for one run; what the program is told."""
        places = {
            "parent": self.trainer / "secret.txt",
            "tmp": Path("/tmp/notes.txt"),
            "home": Path("/home/trainer/.netrc"),
            "expected": self.trainer / "grader/expected.json",
            "shadow": Path("/srv/etc/shadow"),
        }
        for path in (Path("/srv/outside"), Path("/srv/site-packages"), self.trainer / "grader"):
            path.mkdir(exist_ok=True)
            path.chmod(0o777)
        for place, path in places.items():
            path.parent.mkdir(exist_ok=True, parents=True)
            _write(path, secret(place, nonce))
        for path in (self.trainer / "grader/grader.py", Path("/srv/site-packages/victim.py")):
            _write(path, "def grade(answer):\n    return 0.0\n")
        for path in Path("/srv").rglob("*"):  # whoever runs the program, no mode protects these
            path.chmod(0o777 if path.is_dir() or path.is_socket() else 0o666)
        if self.victim.poll() is not None:
            self.victim = _sibling()
        self.servers.taken()
        self.signals.clear()
        self._before = files()
        return self.servers.facts | {
            "nonce": nonce,
            "secret_files": {place: str(path) for place, path in places.items()},
            "grader": str(self.trainer / "grader/grader.py"),
            "site_packages": "/srv/site-packages",
            "outside": "/srv/outside",
            "package": str(Path(gem.__file__).parent),
            "trainer_pid": os.getpid(),
            "trainer_fd": self.file.fileno(),
            "memory_address": ctypes.addressof(self.memory),
            "memory_length": len(self.memory),
            "victim_pid": self.victim.pid,
        }

    def damage(self, nonce: str, output: str) -> list[str]:
        """All that the run did to this world, as one can see it from outside."""
        found = [f"it read the {place} secret" for place in _places(output, nonce)]
        found += self.servers.taken()
        found += self.signals
        if self.victim.poll() is not None:
            found.append(f"the sibling ended with {self.victim.returncode}")
        if os.getcwd() != str(self.cwd):
            found.append("the trainer's working folder is another")
        return found

    def changed_files(self) -> list[str]:
        """Files and folders that appeared, went or changed since `plant`."""
        now = files()
        names = sorted(name for name in self._before.keys() | now.keys() if self._before.get(name) != now.get(name))
        return [f"{name}: {self._before.get(name, 'none')} -> {now.get(name, 'none')}" for name in names]

    def sweep(self) -> None:
        """Remove what a run without a sandbox left in the folders that anyone can write to."""
        for folder in ("/tmp", "/var/tmp", "/dev/shm", "/home/trainer", "/srv/outside", "/srv/site-packages"):
            if os.stat(folder).st_uid == os.getuid():
                os.chmod(folder, 0o777)
            for path in Path(folder).iterdir():
                if path.name.startswith(OWN):
                    continue
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink()


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(text)


def _sibling() -> subprocess.Popen[bytes]:
    code = "import time\nwhile True: time.sleep(60)"
    return subprocess.Popen([sys.executable, "-I", "-S", "-c", code], env={"SECRET": secret("sibling", TOKEN)})


def files() -> dict[str, str]:
    """Every file of the folders that anyone can write to, with its mode and what it holds, shortened.

    A sandbox's own folders are not looked into, nor is what arena.sh mounts there read-only: the checkout can be.
    """
    found: dict[str, str] = {}
    for top in WATCHED:
        for folder, folders, names in os.walk(top):
            if folder == str(top):
                folders[:] = [name for name in folders if not name.startswith(OWN)]
            folders[:] = [name for name in folders if not os.path.ismount(Path(folder, name))]
            for path in (Path(folder, name) for name in (*folders, *names)):
                try:
                    found[str(path)] = _mark(path)
                except OSError as error:
                    found[str(path)] = type(error).__name__
    return found


def own_folders() -> list[str]:
    """The folders that sandboxes have made for themselves, and what stands right in them."""
    tops = [str(path) for top in WATCHED for path in top.iterdir() if path.name.startswith(OWN)]
    return tops + [f"{top}/{name}" for top in tops for name in _names(top)]


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _mark(path: Path) -> str:
    status = path.lstat()
    mark = f"{status.st_mode:o}"
    if path.is_file() and not path.is_symlink():
        with path.open("rb") as file:
            digest = hashlib.sha1(file.read(1 << 16), usedforsecurity=False)
        mark += f" {status.st_size} {digest.hexdigest()[:8]} links {status.st_nlink}"
    return mark


def _places(output: str, nonce: str) -> list[str]:
    words = {word for part in output.split("secret-")[1:] if (word := part.split("-")[0]).isalpha()}
    return sorted(word for word in words if secret(word, nonce) in output or (TOKEN and secret(word, TOKEN) in output))


def fresh_nonce() -> str:
    """A word that stands nowhere else."""
    return secrets.token_hex(8)


def stdin_of(facts: dict[str, Any]) -> str:
    """What a program is told, as the first line of its stdin."""
    return json.dumps(facts) + "\n"
