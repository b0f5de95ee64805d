"""The table of system call numbers is the kernel's, and the policy speaks of nothing that is not in it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from gem.sandbox.box import syscall_policy
from gem.sandbox.box.syscall_numbers import MACHINES, NUMBERS, numbers

X86_64_HEADER = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
GENERIC_HEADER = Path("/usr/include/asm-generic/unistd.h")
LISTS = {name: getattr(syscall_policy, name).split() for name in ("FREE", "GUARDED", "REFUSED", "WITH_PROCESSES")}
GENERIC_NAMES = {
    "fcntl",
    "statfs",
    "fstatfs",
    "truncate",
    "ftruncate",
    "lseek",
    "sendfile",
    "newfstatat",
    "fstat",
    "mmap",
}
"""What the generic header gives two names, one for machines with 32 bits."""


def defined(header):
    found = re.findall(r"^#define __NR(?:3264)?_(\w+)\s+(\d+)\s*$", header.read_text(), re.MULTILINE)
    return {name: int(number) for name, number in found}


@pytest.mark.skipif(not X86_64_HEADER.exists(), reason="the kernel's headers for x86_64 are not installed")
def test_numbers_of_x86_64_are_those_of_the_header():
    header = defined(X86_64_HEADER)
    ours = numbers("x86_64")
    assert {name: header.get(name) for name in ours} == ours


@pytest.mark.skipif(not GENERIC_HEADER.exists(), reason="the kernel's generic headers are not installed")
def test_numbers_of_aarch64_are_those_of_the_generic_header():
    header = defined(GENERIC_HEADER)
    header.setdefault("newfstatat", header.get("fstatat", 79))
    ours = numbers("aarch64")
    assert {name: header.get(name) for name in ours} == ours


@pytest.mark.skipif(not GENERIC_HEADER.exists(), reason="the kernel's generic headers are not installed")
def test_a_call_that_aarch64_has_is_not_said_to_be_missing():
    missing = set(numbers("x86_64")) - set(numbers("aarch64"))
    assert not missing & set(defined(GENERIC_HEADER))


@pytest.mark.parametrize("listed", LISTS)
def test_every_call_of_the_policy_has_a_number(listed):
    assert not set(LISTS[listed]) - set(numbers("x86_64"))


def test_no_call_stands_in_two_lists():
    assert not set(LISTS["FREE"]) & set(LISTS["REFUSED"])
    assert not set(LISTS["GUARDED"]) & (set(LISTS["FREE"]) | set(LISTS["REFUSED"]))
    assert set(LISTS["WITH_PROCESSES"]) <= set(LISTS["REFUSED"])
    for names in LISTS.values():
        assert len(names) == len(set(names))


@pytest.mark.parametrize("machine", MACHINES)
def test_no_two_calls_share_a_number(machine):
    found = list(numbers(machine).values())
    assert len(found) == len(set(found))


def test_what_reaches_beyond_the_program_is_not_free():
    dangerous = (
        "fork vfork clone clone3 execve execveat socket connect bind ptrace mount umount2 pivot_root chroot "
        "unshare setns kill tkill tgkill pidfd_open pidfd_getfd pidfd_send_signal process_vm_readv "
        "process_vm_writev bpf keyctl add_key request_key io_uring_setup io_uring_enter userfaultfd "
        "perf_event_open memfd_create memfd_secret name_to_handle_at open_by_handle_at init_module kexec_load "
        "sendmsg ioctl prctl seccomp landlock_restrict_self personality setuid capset fsopen fsmount "
        "move_mount open_tree mknod mknodat quotactl swapon syslog acct iopl ioperm "
    )
    assert not set(dangerous.split()) & set(LISTS["FREE"])


def test_an_unknown_machine_is_refused_and_this_one_is_known():
    with pytest.raises(KeyError):
        numbers("vax")
    machine = os.uname().machine
    assert numbers(machine) == NUMBERS if machine in MACHINES else not NUMBERS
