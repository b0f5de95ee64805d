"""The system call filter answers what the policy's lists say, for every number, on both machines."""

from __future__ import annotations

import signal
import struct

import pytest

from gem.sandbox.box import seccomp, syscall_policy
from gem.sandbox.box.seccomp import ALLOW, ASK_SUPERVISOR, KILL_PROCESS, NO_TERMINAL, REFUSE, UNKNOWN
from gem.sandbox.box.syscall_numbers import MACHINES, numbers
from tests.sandbox.bpf import answer_to

OWN = 7
FREE = set(syscall_policy.FREE.split())
GUARDED = set(syscall_policy.GUARDED.split())
REFUSED = set(syscall_policy.REFUSED.split())
WITH_PROCESSES = set(syscall_policy.WITH_PROCESSES.split())
HIGHEST = 1200
CLONE_VM, CLONE_FILES, CLONE_THREAD = 0x100, 0x400, 0x10000
NAMESPACES = {
    "time": 0x80,
    "mounts": 0x20000,
    "cgroups": 0x0200_0000,
    "uts": 0x0400_0000,
    "ipc": 0x0800_0000,
    "users": 0x1000_0000,
    "processes": 0x2000_0000,
    "network": 0x4000_0000,
}
MODES = {"alone": {}, "session": {"forks": True}, "parent": {"processes": True}}

on_both_machines = pytest.mark.parametrize("machine", MACHINES)
in_all_modes = pytest.mark.parametrize("mode", MODES)


def call(machine, name, *arguments, **mode):
    """What the filter of a process `OWN` says to one call."""
    program = seccomp.filter_program(OWN, machine=machine, **mode)
    return answer_to(program, numbers(machine)[name], *arguments, machine=machine)


@on_both_machines
@in_all_modes
def test_every_number_is_answered_as_the_lists_say(machine, mode):
    program = seccomp.filter_program(OWN, machine=machine, **MODES[mode])
    names = {number: name for name, number in numbers(machine).items()}
    for number in range(HIGHEST):
        name, said = names.get(number), answer_to(program, number, machine=machine)
        if name in GUARDED:
            continue
        if name in FREE or (mode == "parent" and name in WITH_PROCESSES):
            assert said == ALLOW, (number, name)
        elif name in REFUSED:
            assert said == REFUSE, (number, name)
        else:
            assert said == UNKNOWN, (number, name)


@on_both_machines
@in_all_modes
def test_a_foreign_machine_is_killed_whatever_it_calls(machine, mode):
    program = seccomp.filter_program(OWN, machine=machine, **MODES[mode])
    foreign = set(seccomp.AUDIT_ARCH.values()) - {seccomp.AUDIT_ARCH[machine]} | {0x4000_0003, 0x4000_0028, 0}
    for arch in foreign:
        for number in (0, 1, 2, 56, 57, 59, 220, 221, 435, -1):
            assert answer_to(program, number, arch=arch) == KILL_PROCESS


@on_both_machines
@in_all_modes
def test_numbers_with_the_x32_bit_and_negative_ones_are_killed(machine, mode):
    program = seccomp.filter_program(OWN, machine=machine, **MODES[mode])
    for number in [*(seccomp.X32_BIT + offset for offset in range(600)), -1, -(2**31)]:
        assert answer_to(program, number, machine=machine) == KILL_PROCESS


@on_both_machines
def test_threads_are_free_and_processes_are_not(machine):
    thread = CLONE_VM | CLONE_FILES | CLONE_THREAD
    assert call(machine, "clone", thread) == ALLOW
    for flags in (0, signal.SIGCHLD, CLONE_VM, CLONE_VM | 0x4000, CLONE_FILES):
        assert call(machine, "clone", flags) == REFUSE
        assert call(machine, "clone", flags, forks=True) == ALLOW
        assert call(machine, "clone", flags, processes=True) == ALLOW


@on_both_machines
@in_all_modes
@pytest.mark.parametrize("space", NAMESPACES)
def test_nobody_gets_a_namespace_of_his_own(machine, mode, space):
    for others in (0, signal.SIGCHLD, CLONE_VM | CLONE_THREAD):
        assert call(machine, "clone", NAMESPACES[space] | others, **MODES[mode]) == REFUSE
    for name in ("unshare", "setns"):
        assert call(machine, name, NAMESPACES[space], **MODES[mode]) == REFUSE
    assert call(machine, "clone3", **MODES[mode]) == UNKNOWN  # its flags stand where no filter can look


@on_both_machines
@pytest.mark.parametrize(("name", "signal_at"), [("kill", 1), ("tgkill", 2)])
def test_a_program_may_signal_itself_alone(machine, name, signal_at):
    for number in (0, signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
        rest = [0, 0]
        rest[signal_at - 1] = number
        assert call(machine, name, OWN, *rest) == ALLOW
        for other in (0, 1, -1, -OWN, OWN + 1, 2**31 - 1, -(2**31), OWN - (1 << 31)):
            assert call(machine, name, other, *rest) == REFUSE, (other, number)
            assert call(machine, name, other, *rest, processes=True) == ALLOW
        for pid in (OWN, 1, 2, 0, -1):  # the branches of a session share a filter, and are not to reach one another
            assert call(machine, name, pid, *rest, forks=True) == REFUSE


@on_both_machines
@pytest.mark.parametrize(("name", "signal_at"), [("kill", 1), ("tgkill", 2)])
def test_who_kills_himself_is_killed_and_others_cannot_be(machine, name, signal_at):
    for deadly in (signal.SIGKILL, signal.SIGSEGV):
        rest = [0, 0]
        rest[signal_at - 1] = deadly
        assert call(machine, name, OWN, *rest) == KILL_PROCESS
        for other in (0, 1, -1, -OWN, OWN + 1):
            assert call(machine, name, other, *rest) == REFUSE


@on_both_machines
@in_all_modes
def test_messages_go_to_the_other_end_and_to_no_address(machine, mode):
    assert call(machine, "sendto", 3, 1 << 40, 9, 0, 0, 0, **MODES[mode]) == ALLOW
    for address in (1, 1 << 32, 0x7FFF_0000_0000, (1 << 64) - 1):
        assert call(machine, "sendto", 3, 1 << 40, 9, 0, address, 16, **MODES[mode]) == REFUSE


@on_both_machines
@in_all_modes
def test_other_ways_to_signal_are_refused(machine, mode):
    for name in ("tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"):
        assert call(machine, name, OWN, **MODES[mode]) == REFUSE
    for command in (8, 10, 15, 1024, 1026):  # F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY
        assert call(machine, "fcntl", 3, command, **MODES[mode]) == REFUSE
    for command in (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1033):  # F_DUPFD to F_SETLKW, F_DUPFD_CLOEXEC, F_ADD_SEALS
        assert call(machine, "fcntl", 3, command, **MODES[mode]) == ALLOW


@on_both_machines
@in_all_modes
def test_limits_of_others_cannot_be_seen_or_set(machine, mode):
    assert call(machine, "prlimit64", 0, **MODES[mode]) == ALLOW
    assert call(machine, "prlimit64", OWN, **MODES[mode]) == (REFUSE if mode == "session" else ALLOW)
    for pid in (1, OWN + 1, -1):
        assert call(machine, "prlimit64", pid, **MODES[mode]) == REFUSE


@on_both_machines
@in_all_modes
def test_of_prctl_only_harmless_options_are_left(machine, mode):
    harmless = {3, 15, 16, 23, 39}
    for option in range(80):
        assert call(machine, "prctl", option, 9, **MODES[mode]) == (ALLOW if option in harmless else REFUSE)
    for option in (0x59616D61, 0x53564D41):  # PR_SET_PTRACER, PR_SET_VMA
        assert call(machine, "prctl", option, **MODES[mode]) == REFUSE


@on_both_machines
@in_all_modes
def test_files_are_asked_little_and_no_terminal_is_there(machine, mode):
    for request in (0x5401, 0x5413, 0x5421, 0x541B, 0x5450, 0x5451):
        assert call(machine, "ioctl", 1, request, **MODES[mode]) == ALLOW
    for request in (0x5412, 0x541C, 0x5415, 0xC050_2100, 0x40086602, 0):  # TIOCSTI, TIOCLINUX first of all
        assert call(machine, "ioctl", 1, request, **MODES[mode]) == NO_TERMINAL


@on_both_machines
@in_all_modes
def test_only_pairs_of_local_sockets_can_be_made(machine, mode):
    assert call(machine, "socketpair", 1, **MODES[mode]) == ALLOW
    for family in (0, 2, 10, 16, 17, 38, 40):
        assert call(machine, "socketpair", family, **MODES[mode]) == REFUSE
    assert call(machine, "socket", 1, **MODES[mode]) == REFUSE


@on_both_machines
def test_a_session_s_forks_are_put_before_the_host(machine):
    program, known = seccomp.fork_permit_program(machine), numbers(machine)
    assert answer_to(program, known["clone"], signal.SIGCHLD, machine=machine) == ASK_SUPERVISOR
    assert answer_to(program, known["clone"], 0, machine=machine) == ASK_SUPERVISOR
    assert answer_to(program, known["clone"], CLONE_VM | CLONE_THREAD, machine=machine) == ALLOW
    for name in ("fork", "vfork"):
        if name in known:
            assert answer_to(program, known[name], machine=machine) == REFUSE
    for name in ("read", "openat", "execve", "exit_group"):
        assert answer_to(program, known[name], machine=machine) == ALLOW


@on_both_machines
@in_all_modes
def test_the_program_is_one_that_the_kernel_takes(machine, mode):
    program = seccomp.filter_program(OWN, machine=machine, **MODES[mode])
    lines = list(struct.iter_unpack("HBBI", program))
    assert len(program) % 8 == 0
    assert len(lines) <= 4096
    for at, (code, if_true, if_false, operand) in enumerate(lines):
        furthest = at + 1 + (operand if code == seccomp.JUMP else max(if_true, if_false))
        assert code == seccomp.RETURN or furthest < len(lines)
    assert lines[-1][0] == seccomp.RETURN


def test_the_search_is_short():
    """A call costs about as many steps as a binary search takes, not as many as there are calls."""
    program = seccomp.filter_program(OWN, machine="x86_64")
    lines = list(struct.iter_unpack("HBBI", program))
    assert len(lines) < 800


def test_a_machine_without_a_table_is_refused():
    with pytest.raises(KeyError):
        seccomp.filter_program(OWN, machine="riscv64")
