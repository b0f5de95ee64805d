"""Terminal: what the agent changed, what others may read of it, and copies at a moment."""

import os
import subprocess
from pathlib import Path

import pytest

from gem.errors import SnapshotMismatch
from gem.sandbox.terminal import Terminal, machine
from gem.sandbox.terminal.machine import best_rung
from tests.sandbox.terminals import NONE_HERE, SMALL, out, reason_against

pytestmark = pytest.mark.skipif(bool(NONE_HERE), reason=NONE_HERE)


@pytest.fixture
def terminal():
    with Terminal(limits=SMALL) as one:
        yield one


@pytest.fixture(params=["whole", "overlay", "tmpfs"])
def any_rung(request, monkeypatch):
    """Each kind of machine that this host gives."""
    if refusal := reason_against(request.param):
        pytest.skip(refusal)
    monkeypatch.setattr(machine, "best_rung", lambda uid, own_rootfs: request.param)
    return request.param


def test_changes_are_exactly_what_was_changed(any_rung):
    with Terminal(limits=SMALL) as terminal:
        assert not terminal.changes()
        terminal.run("mkdir -p a/b; echo 1 > a/b/c; echo x >> /etc/hosts; rm /etc/mtab; rm -r /var/log; ln -s c a/b/l")
        terminal.run("rm -r /var/lib; mkdir /var/lib; echo gone > t; rm t; cat /etc/passwd")
        changes = terminal.changes()
        assert changes.added == ("/home/agent/a", "/home/agent/a/b", "/home/agent/a/b/c", "/home/agent/a/b/l")
        assert changes.changed == ("/etc/hosts",)
        assert changes.deleted == ("/etc/mtab", "/var/log")


def test_the_whole_machine_can_be_changed_and_the_host_is_not():
    if best_rung(os.geteuid(), False) != "whole":
        pytest.skip("only root can lend the host's files as the agent's own")
    before = sorted(os.listdir("/usr/bin"))
    with Terminal(limits=SMALL) as terminal:
        out(
            terminal,
            "echo 'echo mine' > /usr/bin/mine; chmod +x /usr/bin/mine; rm /usr/bin/env; rm -r /usr/share/dict || true",
        )
        assert out(terminal, "mine") == "mine\n"
        assert not terminal.run("ls /usr/bin/env").ok
        changes = terminal.changes()
        assert "/usr/bin/mine" in changes.added
        assert "/usr/bin/env" in changes.deleted
        twin = terminal.fork()
        assert out(twin, "mine") == "mine\n"
        twin.close()
    assert sorted(os.listdir("/usr/bin")) == before


def test_a_file_touched_at_once_is_changed(any_rung):
    with Terminal(limits=SMALL) as terminal:
        out(terminal, "cp /etc/hostname h; cat h > /etc/hostname; rm h; chmod 600 /etc/nsswitch.conf")
        assert terminal.changes().changed == ("/etc/hostname", "/etc/nsswitch.conf")


@pytest.mark.slow
def test_strange_names_are_no_trouble(any_rung):
    with Terminal(limits=SMALL) as terminal:
        terminal.run(
            "touch $'new\\nline' $'\\xff' ' ' -- -x 'a:b,c'; mkdir $'\\\\'; ln -s /nowhere dangling; mkfifo pipe"
        )
        deep = "ddddddddddddddd/" * 200
        terminal.run(f"mkdir -p /tmp/{deep}; touch /tmp/{deep}bottom")
        added = terminal.changes().added
        home = [path.removeprefix("/home/agent/") for path in added if path.startswith("/home/")]
        assert sorted(home) == sorted(["new\nline", "\udcff", " ", "-x", "a:b,c", "\\", "dangling", "pipe"])
        assert max(added, key=len).endswith("/bottom")
        with terminal.fork() as twin:
            assert twin.changes() == terminal.changes()


def test_the_level_is_one_that_holds_hostile_code(any_rung):
    with Terminal(limits=SMALL) as terminal:
        assert terminal.level.safe
        assert ("overlay" in terminal.level.layers) == (any_rung != "tmpfs")


def test_files_are_read_and_written_as_the_agent_sees_them(any_rung):
    with Terminal(limits=SMALL) as terminal:
        terminal.write("/home/agent/new/folder/tool", b"#!/bin/sh\necho made\n", mode=0o755)
        assert out(terminal, "new/folder/tool; stat -c %U new new/folder/tool") == "made\nagent\nagent\n"
        terminal.run("printf 'a\\0\\377' > bytes; chmod 600 bytes")
        assert terminal.read("/home/agent/bytes") == b"a\0\xff"
        assert terminal.read("/usr/lib/os-release").startswith(b"PRETTY_NAME")
        for path in ("/nothing", "/home/agent", "/home/agent/new/folder/tool/x"):
            with pytest.raises(OSError, match=path):
                terminal.read(path)


def test_links_and_pipes_lead_nowhere_out_of_the_machine(any_rung, tmp_path):
    (tmp_path / "secret").write_text("of the host")
    with Terminal(limits=SMALL) as terminal:
        terminal.run(
            f"ln -s {tmp_path}/secret l; ln -s / top; ln -s ../../../../..{tmp_path} up; mkfifo pipe; ln -s loop loop"
        )
        for path in ("l", "up/secret", "pipe", "loop"):
            with pytest.raises(OSError, match=path):
                terminal.read(f"/home/agent/{path}")
        assert terminal.read("/home/agent/top/etc/hostname") == b"terminal\n"
        terminal.write(f"/home/agent/top{tmp_path}/secret", b"of the agent")
        with pytest.raises(OSError, match="pipe"):
            terminal.write("/home/agent/pipe", b"")
        assert out(terminal, "cat l") == "of the agent"
    assert (tmp_path / "secret").read_text() == "of the host"


@pytest.mark.slow
def test_a_fork_starts_at_the_same_moment_and_goes_its_own_way(any_rung):
    with Terminal(limits=SMALL) as parent:
        parent.run(
            "cd /tmp; export A='x  y'; B=(1 2); f() { echo \"f $1\"; }; alias k='echo k'; echo 1 > n; rm /etc/mtab"
        )
        parent.run("rm -r /var/spool /var/lib; mkdir /var/lib; chmod 000 ~; sleep 60 &")
        with parent.fork() as child:
            assert out(child, 'pwd; echo "$A" ${B[1]}; f 2; k; cat n') == "/tmp\nx  y 2\nf 2\nk\n1\n"
            assert out(child, "jobs -r") == ""
            assert child.changes() == parent.changes()
            child.run("echo 2 > n; cd /; A=z; touch new")
            assert out(parent, 'pwd; echo "$A"; cat n; ls') == "/tmp\nx  y\n1\nn\n"
            parent.run("echo 3 > n")
            assert out(child, "cat /tmp/n") == "2\n"
            grandchild = child.fork()
        assert out(grandchild, "pwd; cat /tmp/n") == "/\n2\n"
        grandchild.close()


def test_a_snapshot_starts_many_machines(terminal):
    terminal.run("echo once > n")
    moment = terminal.snapshot()
    terminal.run("echo twice > n")
    for _ in range(2):
        with Terminal(limits=SMALL, start=moment) as other:
            assert out(other, "cat n; echo thrice > n") == "once\n"


def test_a_snapshot_of_another_kind_of_machine_is_refused(terminal, monkeypatch):
    moment = terminal.snapshot()
    monkeypatch.setattr(machine, "best_rung", lambda uid, own_rootfs: "tmpfs" if moment.rung != "tmpfs" else "overlay")
    with pytest.raises(SnapshotMismatch):
        Terminal(limits=SMALL, start=moment)


def test_a_rootfs_of_ones_own_is_never_written_to(tmp_path):
    root = tmp_path / "root:fs, one"
    for name in ("etc", "home", "proc", "dev", "tmp", "usr"):
        (root / name).mkdir(parents=True)
    (root / "etc/issue").write_text("mine")
    for name in ("bin", "lib", "lib64"):
        (root / name).symlink_to(f"usr/{name}")
    copied_programs(root)
    with Terminal(limits=SMALL, rootfs=root) as terminal:
        assert out(terminal, "pwd; cat /etc/issue; echo new > /etc/issue; cat /etc/issue") == "/\nminenew\n"
        assert terminal.changes().changed == ("/etc/issue",)
    assert (root / "etc/issue").read_text() == "mine"


def copied_programs(root):
    """bash and cat with the libraries they need."""
    for program in ("/usr/bin/bash", "/usr/bin/cat"):
        listing = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        needed = [word for word in listing.split() if word.startswith("/")]
        for path in (program, *needed):
            target = root / (path if path.startswith("/usr") else f"/usr{path}").lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(Path(path).read_bytes())
            target.chmod(0o755)
