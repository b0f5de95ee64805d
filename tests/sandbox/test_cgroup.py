"""Control groups, on folders that look like the kernel's; this machine delegates none."""

from __future__ import annotations

import pytest

from gem.sandbox import Limits
from gem.sandbox.zygote import cgroup
from gem.sandbox.zygote.cgroup import Groups, delegated_groups


@pytest.fixture
def folder(tmp_path):
    """A folder of the hierarchy that this process may use."""
    (tmp_path / "cgroup.subtree_control").write_text("cpu memory pids\n")
    (tmp_path / "cgroup.procs").write_text("")
    return tmp_path


def test_a_program_gets_a_group_with_its_own_bounds(folder):
    group = Groups(folder).enclose(4321, Limits(memory_mb=100, disk_mb=10, processes=3))
    assert group is not None
    assert group.parent == folder
    assert (group / "cgroup.procs").read_text() == "4321"
    assert int((group / "memory.max").read_text()) == (100 + 10 + cgroup.OVERHEAD_MB) << 20
    assert (group / "memory.swap.max").read_text() == "0"
    assert int((group / "pids.max").read_text()) >= 4


def test_groups_of_two_programs_are_two(folder):
    groups = Groups(folder)
    assert groups.enclose(1, Limits()) != groups.enclose(2, Limits())


@pytest.mark.parametrize(("events", "ran_out"), [("oom 1\noom_kill 2\n", True), ("oom 1\noom_kill 0\n", False)])
def test_a_group_is_killed_and_says_whether_memory_ran_out(folder, events, ran_out):
    groups = Groups(folder)
    group = groups.enclose(1, Limits())
    (group / "memory.events").write_text(events)
    assert groups.release(group) is ran_out
    assert (group / "cgroup.kill").read_text() == "1"


def test_a_group_without_news_has_not_run_out_of_memory(folder):
    groups = Groups(folder)
    assert groups.release(groups.enclose(1, Limits())) is False


def test_a_folder_that_refuses_is_no_trouble(tmp_path):
    groups = Groups(tmp_path / "absent")
    assert groups.enclose(1, Limits()) is None
    groups.close()


def test_an_empty_group_is_removed_later(folder):
    groups = Groups(folder)
    group = groups.enclose(1, Limits())
    groups.release(group)
    for file in group.iterdir():  # the kernel's own files go with the folder
        file.unlink()
    groups.close()
    assert not group.exists()


def test_the_folder_can_be_named(folder, monkeypatch):
    monkeypatch.setenv(cgroup.VARIABLE, str(folder))
    assert isinstance(delegated_groups(), Groups)


@pytest.mark.parametrize("given", ["", "cpu", "memory"])
def test_a_folder_without_the_controllers_is_not_used(folder, monkeypatch, given):
    (folder / "cgroup.subtree_control").write_text(given)
    monkeypatch.setenv(cgroup.VARIABLE, str(folder))
    assert delegated_groups() is None
