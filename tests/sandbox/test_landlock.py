"""Landlock: what is permitted works, all else is refused, and an older kernel is asked for no more than it knows."""

from __future__ import annotations

import struct

import pytest

from gem.sandbox.box import kernel, landlock
from tests.sandbox.hosts import run_host

needs_landlock = pytest.mark.skipif(landlock.abi() < 1, reason="this kernel has no Landlock")

TRY = """
import tempfile
from pathlib import Path
from gem.sandbox.box import kernel, landlock
top = Path(tempfile.mkdtemp()).resolve()
for name in ("read", "write", "list", "other"):
    (top / name / "deep").mkdir(parents=True)
    (top / name / "file").write_text(name)
(top / "alone").write_text("alone")
def works(act):
    try:
        act()
    except OSError as error:
        return error.errno
    return "ok"
def can():
    return {
        name: (
            works(lambda: (top / name / "file").read_text()),
            works(lambda: os.listdir(top / name / "deep")),
            works(lambda: (top / name / "file").write_text("changed")),
            works(lambda: (top / name / "new").touch()),
            works(lambda: (top / name / "new").unlink()),
        )
        for name in ("read", "write", "list", "other")
    }
def confine():
    kernel.no_new_privileges()
    writable = [str(top / "write"), str(top / "alone")]
    landlock.restrict(readable=[str(top / "read")], writable=writable, listed=[str(top / "list")])
pid = os.fork()
if pid == 0:
"""


def within(code):
    """What a confined child prints; its parent waits and clears away."""
    body = "\n".join(f"    {line}" for line in code.strip().splitlines())
    end = "\nos.waitpid(pid, 0)\nimport shutil\nshutil.rmtree(top)\n"
    return run_host(f"{TRY}{body}\n    sys.stdout.flush()\n    os._exit(0)\n{end}")


@needs_landlock
@pytest.mark.slow
def test_each_kind_of_folder_permits_its_own_and_no_more():
    out = within("confine()\nfor name, answers in can().items(): print(name, *answers)")
    assert out.splitlines() == [
        "read ok ok 13 13 2",
        "write ok ok ok ok ok",
        "list 13 ok 13 13 2",
        "other 13 13 13 13 2",
    ]


@needs_landlock
@pytest.mark.slow
def test_single_files_can_be_permitted_and_others_are_refused():
    out = within(
        """
confine()
print(works(lambda: (top / "alone").write_text("x")), works(lambda: (top / "alone").read_text()))
print(works(lambda: open("/etc/hostname").close()), works(lambda: os.listdir("/")), works(lambda: open("/dev/null")))
print(works(lambda: os.rename(top / "write" / "file", top / "other" / "file")))
print(works(lambda: os.link(top / "other" / "file", top / "write" / "linked")) in (1, 13, 18))
print(works(lambda: os.mknod(top / "write" / "null", 0o20666, os.makedev(1, 3))) in (1, 13))
"""
    )
    lines = out.splitlines()
    assert lines[0] == "ok ok"
    assert lines[1] == "13 13 13"
    assert lines[2] in ("13", "18")
    assert lines[3:] == ["True", "True"]


@needs_landlock
@pytest.mark.slow
def test_the_rules_hold_in_children_and_threads_started_later_and_cannot_be_widened():
    out = within(
        """
confine()
found = []
thread = threading.Thread(target=lambda: found.append(works(lambda: (top / "other" / "file").read_text())))
thread.start(); thread.join()
print(*found, flush=True)
if os.fork() == 0:
    print(works(lambda: (top / "other" / "file").read_text()), flush=True)
    os._exit(0)
os.wait()
landlock.restrict(readable=[str(top / "read")], writable=[])
print(works(lambda: (top / "write" / "file").read_text()), works(lambda: (top / "read" / "file").read_text()))
"""
    )
    assert out.split() == ["13", "13", "13", "ok"]


@pytest.mark.parametrize(
    ("version", "size", "files", "network", "scopes"),
    [
        (1, 8, 13, 0, 0),
        (2, 8, 14, 0, 0),
        (3, 8, 15, 0, 0),
        (4, 16, 15, 0b11, 0),
        (5, 16, 16, 0b11, 0),
        (6, 24, 16, 0b11, 0b11),
        (9, 24, 16, 0b11, 0b11),
    ],
)
def test_a_kernel_is_asked_for_what_its_version_knows(monkeypatch, tmp_path, version, size, files, network, scopes):
    taken = []
    monkeypatch.setattr(kernel, "take", taken.extend)
    monkeypatch.setattr(landlock, "abi", lambda: version)
    file = tmp_path / "file"
    file.touch()
    landlock.restrict(readable=[str(tmp_path)], writable=[str(tmp_path), str(file)], listed=[str(tmp_path)])
    calls = [(step.name, step.arguments) for step in taken if step.name.startswith("landlock")]
    names = [name for name, _ in calls]
    assert names == ["landlock_create_ruleset", *["landlock_add_rule"] * 4, "landlock_restrict_self"]
    attributes, asked_size, flags = calls[0][1]
    assert (asked_size, flags) == (size, 0)
    assert struct.unpack("QQQ", attributes) == ((1 << files) - 1, network, scopes)
    handled = (1 << files) - 1
    for _, arguments in calls[1:-1]:
        rights, _ = struct.unpack("=Qi", arguments[2])
        assert rights
        assert rights & handled == rights
        assert not rights & landlock.DEVICE_NODES
    of_file, _ = struct.unpack("=Qi", calls[4][1][2])
    assert of_file & ~landlock.OF_FILES == 0


def test_a_path_that_is_missing_is_an_error_before_anything_is_restricted(tmp_path):
    """In a child, which may be restricted."""
    (tmp_path / "here").mkdir()
    out = within(
        """
try:
    kernel.no_new_privileges()
    landlock.restrict(readable=[str(top / "missing")], writable=[])
except FileNotFoundError:
    print("missing", works(lambda: (top / "other" / "file").read_text()))
"""
    )
    assert out.split() == ["missing", "ok"]
