"""Terminal: one shell that lives on, whatever the agent types, and stays within its bounds."""

import pytest

from gem.errors import ConfigError
from gem.sandbox.terminal import Terminal
from gem.sandbox.terminal.excerpt import Excerpt
from tests.sandbox.terminals import NONE_HERE, SMALL, out, processes_below, wait_until

pytestmark = pytest.mark.skipif(bool(NONE_HERE), reason=NONE_HERE)


@pytest.fixture
def terminal():
    with Terminal(limits=SMALL) as one:
        yield one


# -- one shell ---------------------------------------------------------------------------------------


def test_the_shell_remembers_its_folder_variables_functions_and_files(terminal):
    terminal.run("mkdir -p work/deep; cd work/deep; export COLOUR=blue; count=3; f() { echo f$1; }; alias hi='echo ho'")
    assert out(terminal, "pwd; env | grep COLOUR; echo $count; f 1; hi") == (
        "/home/agent/work/deep\nCOLOUR=blue\n3\nf1\nho\n"
    )
    terminal.run("echo kept > note")
    assert out(terminal, "cat ~/work/deep/note") == "kept\n"


def test_a_background_job_goes_on_between_commands(terminal):
    terminal.run("mkfifo door; (read word < door; echo heard $word > answer) &")
    assert "Running" in out(terminal, "jobs")
    terminal.run("echo hello > door; wait")
    assert out(terminal, "cat answer") == "heard hello\n"


@pytest.mark.parametrize(("command", "code"), [("true", 0), ("false", 1), ("(exit 42)", 42), ("nonsense", 127)])
def test_the_exit_code_is_that_of_the_shell(terminal, command, code):
    result = terminal.run(command)
    assert (result.exit_code, result.status) == (code, "error" if code else "ok")
    assert terminal.run("echo $?").stdout == f"{code}\n"


def test_a_program_killed_by_a_signal_has_its_number_and_128(terminal):
    assert terminal.run("sh -c 'kill -9 $$'").exit_code == 137


def test_both_streams_come_in_the_order_of_printing(terminal):
    assert out(terminal, "echo 1; echo 2 >&2; echo 3; sh -c 'echo 4 >&2'; echo 5") == "1\n2\n3\n4\n5\n"


@pytest.mark.parametrize("command", ["echo 'open", "if true; then", "cat <<END\nnever ends", ")", "$(", "'"])
def test_half_a_command_is_an_error_and_no_hang(terminal, command):
    terminal.run(command)
    assert out(terminal, "echo still here") == "still here\n"


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("printf 'ünïcödé 语言 🎲'", "ünïcödé 语言 🎲"),
        ("printf 'a\\xff\\x00b'", "a\ufffd\x00b"),
        ("echo 'it'\\''s'; echo \"!x\"", "it's\n!x\n"),
        ("echo one\necho two\n# a comment", "one\ntwo\n"),
        ("printf 'no newline'", "no newline"),
        ("", ""),
        ("   \n\n", ""),
    ],
)
def test_any_text_goes_in_and_any_bytes_come_out(terminal, command, printed):
    assert out(terminal, command) == printed


def test_a_lone_surrogate_and_a_nul_byte_are_no_trouble(terminal):
    assert out(terminal, "echo '\ud800'") == "?\n"
    result = terminal.run("echo a\0b")
    assert result.stdout == "ab\n"
    assert "NUL" in result.stderr


def test_a_command_of_a_megabyte_is_taken(terminal):
    assert out(terminal, f"x='{'y' * 1_000_000}'; echo ${{#x}}") == "1000000\n"


@pytest.mark.parametrize("command", ["cat", 'read line; echo "$line."', "python3 -c 'print(repr(input()))'", "bc"])
def test_what_reads_its_input_finds_the_end_at_once(terminal, command):
    result = terminal.run(command, timeout_s=5)
    assert not result.timed_out


def test_a_program_that_asks_the_terminal_itself_is_stopped_in_time(terminal):
    result = terminal.run("echo asked > /dev/tty; read answer < /dev/tty", timeout_s=0.2)
    assert result.timed_out
    assert result.stdout.startswith("asked")


@pytest.mark.parametrize("command", ["exec > /dev/null", "exec 2>&-", "exec 0<&- 1>&-", "exec 61>&- 62>&-", "set -n"])
def test_a_shell_that_is_led_astray_still_answers_or_is_replaced(terminal, command):
    terminal.run(command, timeout_s=0.5)
    terminal.run("true", timeout_s=0.5)
    assert out(terminal, "echo back") == "back\n"


@pytest.mark.parametrize("command", ["set -e; false", "set -u; echo $nothing", "exit 7", "exec true", "kill -9 $$"])
def test_a_shell_that_ends_has_a_successor_and_files_stay(terminal, command):
    terminal.run("cd /tmp; echo kept > note; variable=1")
    result = terminal.run(command)
    if "successor" in result.stderr:
        assert out(terminal, "pwd; echo $variable") == "/home/agent\n\n"
    assert out(terminal, "cat /tmp/note") == "kept\n"


def test_a_shell_that_ended_meanwhile_has_its_successor_run_the_command(terminal):
    terminal.run("(sleep 0.05; kill -9 $$; echo gone > /tmp/gone) &")
    wait_until(lambda: "/tmp/gone" in terminal.changes().added)
    result = terminal.run("echo here")
    assert result.ok
    assert result.stdout.endswith("here\n")
    assert "had ended with code 137" in result.stderr


def test_exit_says_so(terminal):
    result = terminal.run("exit 7")
    assert result.exit_code == 7
    assert "ended with code 7" in result.stderr


def test_a_child_that_kills_everything_does_not_take_the_machine_along(terminal):
    terminal.run("echo kept > /tmp/note")
    terminal.run("sh -c 'kill -9 -1'", timeout_s=2)
    assert out(terminal, "cat /tmp/note") == "kept\n"


def test_output_that_imitates_the_framing_is_output(terminal):
    result = terminal.run("echo ended 0; echo 0123456789abcdef 0; echo x >&62; echo y >&61")
    assert result.stdout.startswith("ended 0\n0123456789abcdef 0\n")
    assert result.stdout.count("Bad file descriptor") == 2


# -- bounds ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        "echo begun; sleep 60; echo never",
        "echo begun; while :; do :; done",
        "echo begun; while :; do sleep 60; done",
        "echo begun; f() { sleep 0.01; }; while :; do f; done",
        "echo begun; (trap '' INT; sleep 60)",
        "echo begun; sleep 60 | cat",
        "echo begun; x=$(sleep 60)",
        "echo begun; python3 -c 'import signal, time; signal.signal(2, signal.SIG_IGN); time.sleep(60)'",
    ],
)
def test_a_command_is_stopped_at_its_time_limit_and_the_shell_stays(terminal, command):
    terminal.run("variable=kept")
    result = terminal.run(command, timeout_s=0.3)
    assert result.status == "timeout"
    assert result.limit_hit == "time"
    assert result.stdout.startswith("begun\n")
    assert "never" not in result.stdout
    assert result.wall_s < 2
    assert out(terminal, "echo $variable; jobs -r") == "kept\n"


@pytest.mark.slow
def test_a_shell_that_refuses_to_stop_is_replaced(terminal):
    terminal.run("echo kept > /tmp/note")
    result = terminal.run("trap '' INT TERM HUP; while :; do sleep 1; done", timeout_s=0.3)
    assert result.timed_out
    assert "successor" in result.stderr
    assert result.wall_s < 3
    assert out(terminal, "cat /tmp/note") == "kept\n"


def test_a_time_limit_spares_the_background_jobs(terminal):
    terminal.run("sleep 60 &")
    terminal.run("sleep 60", timeout_s=0.2)
    assert out(terminal, "jobs -r | wc -l") == "1\n"


@pytest.mark.parametrize("timeout_s", [0, -1, float("nan"), float("inf"), "3"])
def test_a_time_limit_that_is_none_is_refused(terminal, timeout_s):
    with pytest.raises(ConfigError):
        terminal.run("true", timeout_s=timeout_s)


def test_of_huge_output_the_head_and_the_tail_are_kept(terminal):
    result = terminal.run("seq 200000")
    assert result.ok
    assert result.truncated
    assert result.stdout.startswith("1\n2\n")
    assert result.stdout.endswith("199999\n200000\n")
    assert len(result.stdout) < 17 * 1024


@pytest.mark.parametrize("pieces", [[b"x"] * 30, [b"x" * 30], [b"x" * 9, b"x" * 21], [b"x" * 29, b"x"]])
def test_an_excerpt_keeps_both_ends_however_it_comes(pieces):
    excerpt = Excerpt(10)
    for piece in pieces:
        excerpt.add(piece)
    assert excerpt.size == 30
    assert excerpt.truncated
    assert excerpt.text() == "xxxxx\n[... 20 bytes are left out ...]\nxxxxx"


@pytest.mark.parametrize("text", ["", "abc", "0123456789"])
def test_an_excerpt_of_little_is_all_of_it(text):
    excerpt = Excerpt(10)
    for letter in text:
        excerpt.add(letter.encode())
    assert (excerpt.text(), excerpt.truncated) == (text, False)


def test_an_endless_flood_is_stopped(terminal):
    result = terminal.run("yes", timeout_s=60)
    assert (result.status, result.limit_hit) == ("killed", "output")
    assert result.wall_s < 10
    assert out(terminal, "echo dry") == "dry\n"


def test_a_flood_from_the_background_does_not_drown_the_next_command(terminal):
    terminal.run("yes &")
    assert out(terminal, "kill %1; wait")
    assert "dry\n" in out(terminal, "echo dry")


def test_a_bomb_of_processes_is_bounded(terminal):
    bomb = (
        "import os, time\nfor _ in range(200):\n    try:\n        os.fork() or time.sleep(3)\n    except OSError: break"
    )
    before = len(processes_below())
    result = terminal.run(f"python3 -c '{bomb}' & sleep 0.2; echo counted", timeout_s=5)
    assert "counted" in result.stdout or "Resource temporarily unavailable" in result.stdout
    assert len(processes_below()) - before <= SMALL.processes + 2
    terminal.close()
    assert len(processes_below()) <= before


@pytest.mark.slow
def test_all_processes_together_are_bounded_in_memory_where_the_host_can(terminal):
    if "cgroup" not in terminal.level.layers:
        pytest.skip("this process may make no control group")
    hog = "python3 -c 'x = bytearray(300 << 20); import time; time.sleep(30)'"
    killed = terminal.run(f"{' '.join(f'{hog} &' for _ in range(3))} wait -n; echo $?; kill %1 %2 %3 2>/dev/null")
    assert "137\n" in killed.stdout
    assert out(terminal, "echo on").endswith("on\n")


@pytest.mark.slow
def test_memory_files_and_their_number_are_bounded(terminal):
    assert "MemoryError" in terminal.run("python3 -c 'bytearray(1 << 30)'").stdout
    assert "No space left" in terminal.run("head -c 20M /dev/zero > /var/tmp/big").stdout
    terminal.run("rm /var/tmp/big")
    assert "No space left" in terminal.run("mkdir n; cd n; seq 5000 | xargs touch").stdout
