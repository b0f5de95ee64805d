"""Terminal: what the agent cannot reach, and that nothing is left of it."""

import os
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from gem.errors import SandboxUnavailable
from gem.sandbox.terminal import Terminal, machine
from gem.sandbox.terminal.machine import best_rung
from tests.sandbox.terminals import NONE_HERE, SMALL, open_files, out, processes_below, reason_against, wait_until
from tests.vector.fault_envs import until

pytestmark = pytest.mark.skipif(bool(NONE_HERE), reason=NONE_HERE)
SECRET = "GEM_TRAINER_SECRET"


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


# -- what the agent cannot reach ------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/etc/shadow",
        "/root/.bashrc",
        "/work",
        "/home/*/.ssh",
        "/var/lib/dpkg",
        "/proc/1/root/work",
        str(Path(__file__)),
    ],
)
def test_files_of_the_host_are_not_there(any_rung, path):
    with Terminal(limits=SMALL) as terminal:
        result = terminal.run(f"ls -d {path} && cat {path}")
        assert not result.ok
        assert "No such file" in result.stdout


def test_the_trainers_environment_and_processes_are_not_there(monkeypatch):
    monkeypatch.setenv(SECRET, "hunter2")
    with Terminal(limits=SMALL) as terminal:
        seen = out(terminal, "env; cat /proc/*/environ | tr '\\0' '\\n'; cat /proc/*/cmdline | tr '\\0' '\\n'")
        assert "HOME=/home/agent" in seen
        assert SECRET not in seen
        assert "pytest" not in seen
        assert out(terminal, "ls /proc | grep -c '^[0-9]*$'").strip() in {"4", "5"}
        assert terminal.run(f"kill -0 {os.getpid()}").exit_code == 1


def test_there_is_no_network(terminal):
    code = 'import socket; socket.create_connection(("{}", {}), 1)'
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert "refused" in terminal.run(f"python3 -c '{code.format('127.0.0.1', port)}'").stdout
        assert "unreachable" in terminal.run(f"python3 -c '{code.format('10.0.0.1', 80)}'").stdout
    assert out(terminal, "tail -n +3 /proc/net/dev | cut -d: -f1").split() == ["lo"]


DEEDS_OF_ROOT = ("unshare -Ur true", "mount -t tmpfs x /mnt", "mknod /tmp/disk b 8 0", "chroot / true", "su -c true",
                 "echo 1 > /proc/sys/vm/drop_caches", "hostname evil", "date -s tomorrow", "dmesg")  # fmt: skip


def test_the_agent_has_no_power_over_the_kernel(any_rung):
    with Terminal(limits=SMALL) as terminal:
        assert (
            out(terminal, "grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status | grep -vc 0000000000000000 || true")
            == "0\n"
        )
        for command in DEEDS_OF_ROOT:
            assert not terminal.run(command).ok, command


# -- ends --------------------------------------------------------------------------------------------


def test_a_closed_machine_leaves_no_process_file_or_mount():
    before = processes_below(), leftovers(), open_files()
    terminal = Terminal(limits=SMALL)
    terminal.run("setsid sleep 1000 & sleep 1000 & echo x > /tmp/x")
    assert len(processes_below()) > len(before[0])
    terminal.close()
    terminal.close()
    assert not terminal.alive
    assert (processes_below() <= before[0], leftovers(), open_files()) == (True, *before[1:])
    assert terminal.run("true").status == "unavailable"


def leftovers():
    """Mounts and files of ours on the host."""
    mounts = [line for line in Path("/proc/mounts").read_text().splitlines() if line.startswith("gem ")]
    return [*mounts, *(name for name in os.listdir("/tmp") if name in {"lower", "layers", "merged", "work"})]


def test_a_machine_that_is_forgotten_ends():
    before = processes_below()
    terminal = Terminal(limits=SMALL)
    assert processes_below() > before
    del terminal
    assert processes_below() <= before


def test_a_machine_whose_box_dies_says_so(terminal):
    signal.pidfd_send_signal(terminal._box._first, signal.SIGKILL)
    select.select([terminal._box._first], [], [])
    assert terminal.run("true").status == "unavailable"
    assert not terminal.alive


def test_a_machine_outlives_the_thread_that_started_it():
    made = []
    thread = threading.Thread(target=lambda: made.append(Terminal(limits=SMALL)))
    thread.start()
    thread.join()
    with made[0] as terminal:
        assert out(terminal, "sleep 0.1; echo alive") == "alive\n"


def test_closing_ends_a_command_that_another_thread_waits_for():
    terminal = Terminal(limits=SMALL)
    results = []
    thread = threading.Thread(target=lambda: results.append(terminal.run("touch /tmp/begun; sleep 60", timeout_s=60)))
    thread.start()
    wait_until(lambda: "/tmp/begun" in terminal.changes().added)
    terminal.close()
    thread.join(5)
    assert results[0].status == "unavailable"


@pytest.mark.slow
def test_a_start_without_descriptors_left_is_refused_and_leaks_none(terminal):
    before, group = open_files(), len(control_groups())
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(name) for name in os.listdir("/proc/self/fd"))
    for spare in range(1, 16):
        resource.setrlimit(resource.RLIMIT_NOFILE, (highest + spare, hard))
        try:
            Terminal(limits=SMALL).close()
        except SandboxUnavailable:
            pass
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert (open_files(), len(control_groups())) == (before, group)


def control_groups():
    return list(Path("/sys/fs/cgroup").glob(f"**/gem-terminal-{os.getpid()}-*"))


def test_ctrl_c_of_the_host_stops_the_command_too(terminal):
    timer = threading.Timer(0.2, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        terminal.run("sleep 60", timeout_s=30)
    timer.join()
    assert out(terminal, "jobs; echo on").endswith("on\n")


ORPHAN = """
from gem.sandbox.terminal import Terminal
terminal = Terminal()
terminal.run("setsid sleep 1000 &")
print(terminal._box._process.pid, flush=True)
terminal.run("sleep 1000", timeout_s=1000)
"""


@pytest.mark.slow
def test_a_host_that_is_killed_takes_its_machines_along():
    with subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, text=True) as host:
        monitor = psutil.Process(int(host.stdout.readline()))
        until(lambda: len(monitor.children(recursive=True)) >= 3, what="the start of both sleepers")
        family = [monitor, *monitor.children(recursive=True)]
        host.kill()
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive


@pytest.mark.slow
def test_two_hundred_machines_leave_no_growth():
    def once():
        with Terminal(limits=SMALL) as terminal:
            assert out(terminal, "echo $((6 * 7)) > /tmp/x; cat /tmp/x") == "42\n"

    once()
    files, children, memory = open_files(), processes_below(), psutil.Process().memory_info().rss
    for _ in range(200):
        once()
    assert open_files() == files
    assert processes_below() <= children
    assert leftovers() == []
    assert psutil.Process().memory_info().rss - memory < 8 << 20


def test_many_machines_run_side_by_side():
    machines = [Terminal(limits=SMALL) for _ in range(4)]
    printed = [None] * 4

    def work(index):
        machines[index].run(f"echo {index} > n")
        printed[index] = machines[index].run("sleep 0.1; cat n").stdout

    threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in machines:
        one.close()
    assert printed == ["0\n", "1\n", "2\n", "3\n"]


def test_without_bwrap_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)
    with pytest.raises(SandboxUnavailable, match="apt install bubblewrap"):
        best_rung.__wrapped__(os.geteuid(), False)


AS_USER = """
import ctypes, os, sys
import gem.sandbox.terminal.machine as machine
from gem.sandbox.terminal import Terminal
if os.geteuid() == 0:
    with Terminal() as first:  # loads what lies in folders that are closed to others
        first.run("true"); first.changes(); first.fork().close(); first.write("/tmp/x", b"")
    os.setgroups([]); os.setresgid(1001, 1001, 1001); os.setresuid(1001, 1001, 1001)
    ctypes.CDLL(None).prctl(4, 1)
    sys.executable = "/usr/bin/python3"
terminal = Terminal()
assert terminal.run("cd /tmp; echo 1 > n; rm /etc/mtab; mkdir closed; chmod 0 closed").ok
assert terminal.changes().deleted == ("/etc/mtab",), terminal.changes()
twin = terminal.fork()
assert twin.run("pwd; cat n").stdout == "/tmp\\n1\\n"
twin.write("/srv/a/b", b"x")
assert twin.read("/srv/a/b") == b"x"
assert twin.run("stat -c %U /srv/a/b; sleep 5", timeout_s=0.2).stdout.startswith("agent")
assert not twin.run("cat /etc/shadow || ls /work || touch /usr/x").ok
bomb = "import os\\nfor _ in range(300):\\n    os.fork() or os.system('sleep 1')"
twin.run(f'python3 -c "{bomb}" 2>&1 | tail -1', timeout_s=0.5)
twin.close(); terminal.close()
print("done", terminal._box.rung)
"""


@pytest.mark.slow
def test_an_ordinary_user_has_machines_too():
    if not Path("/usr/bin/python3").exists():
        pytest.skip("an ordinary user cannot read this interpreter, and there is no other")
    done = subprocess.run([sys.executable, "-c", AS_USER], capture_output=True, text=True, check=False)
    if "SandboxUnavailable" in done.stderr:
        pytest.skip(done.stderr.splitlines()[-1])
    assert done.stdout.startswith("done"), done.stderr
