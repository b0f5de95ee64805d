"""BashTool: which commands run, what the agent reads of them, and what is kept for how long."""

import copy
import os
import pickle

import pytest

from gem.errors import ConfigError, SandboxUnavailable
from gem.sandbox import Limits
from gem.sandbox.terminal.machine import best_rung
from gem.tools import BaseTool, ToolEnvWrapper, ToolUnavailable, bash_tool, held_machine
from gem.tools.bash_tool import REPLACED, BashTool
from tests.tools.fakes import Listener

TICKS = "```"
SMALL = Limits(memory_mb=512, output_kb=64, disk_mb=8, files=2000, open_files=128, processes=16)


def reason_for_none():
    try:
        best_rung(os.geteuid(), False)
    except SandboxUnavailable as error:
        return str(error)
    return ""


NONE_HERE = reason_for_none()
pytestmark = pytest.mark.skipif(bool(NONE_HERE), reason=NONE_HERE)


@pytest.fixture
def tool():
    one = BashTool(timeout=5, limits=SMALL)
    yield one
    one.close()


def told(tool, command):
    _, has_error, observation, _ = tool.execute_action(f"<bash>{command}</bash>")
    assert observation.startswith("Command result:\n")
    return has_error, observation.removeprefix("Command result:\n")


@pytest.mark.parametrize(
    ("action", "printed", "parsed"),
    [
        ("Now <bash>echo 1</bash> and so on", "1\n", "Now <bash>echo 1</bash>"),
        (f"{TICKS}bash\necho 2\n{TICKS} done", "2\n", f"{TICKS}bash\necho 2\n{TICKS}"),
        (f"{TICKS}sh\necho 3\n{TICKS}", "3\n", f"{TICKS}sh\necho 3\n{TICKS}"),
        ("<bash>echo 4</bash><bash>echo 5</bash>", "4\n", "<bash>echo 4</bash>"),
        ("<bash>\necho 6\necho 7\n</bash>", "6\n7\n", "<bash>\necho 6\necho 7\n</bash>"),
        ("<bash></bash>", "(nothing was printed)\n", "<bash></bash>"),
    ],
)
def test_the_first_block_runs(tool, action, printed, parsed):
    assert tool.find_call(action) == action.index(parsed.lstrip("Now ")[:3])
    assert tool.execute_action(action) == (True, False, f"Command result:\n{printed}", parsed)


@pytest.mark.parametrize(
    "action", ["", "echo 1", "<bash>echo", f"{TICKS}bash\necho", f"{TICKS}python\n1\n{TICKS}", "</bash>"]
)
def test_what_holds_no_block_is_no_call_and_starts_no_machine(tool, action):
    assert tool.find_call(action) is None
    assert tool.execute_action(action) == (False, True, "", action)
    assert tool.state is None


@pytest.mark.parametrize(
    ("command", "has_error", "observation"),
    [
        ("echo out; echo err >&2", False, "out\nerr\n"),
        ("echo out; false", True, "out\n[Exit code 1.]\n"),
        ("exit 3", True, "exit\n[The shell ended with code 3; its successor starts anew.]\n[Exit code 3.]\n"),
        ("cat", False, "(nothing was printed)\n"),
    ],
)
def test_the_agent_reads_what_was_printed_and_how_it_ended(tool, command, has_error, observation):
    assert told(tool, command) == (has_error, observation)


def test_a_command_beyond_its_time_shows_what_it_printed_until_then():
    tool = BashTool(timeout=0.2, limits=SMALL)
    assert told(tool, "echo begun; sleep 60") == (True, "begun\n[Stopped after 0.2 seconds.]\n")
    tool.close()


def test_a_flood_is_stopped_and_shortened():
    tool = BashTool(limits=SMALL, max_output_chars=100)
    has_error, observation = told(tool, "yes")
    assert has_error
    assert len(observation) < 300
    assert observation.endswith("[Stopped, for it printed too much.]\n")
    tool.close()


@pytest.mark.parametrize("text", ["\0", "\ud800", "'", "{" * 10_000, "\\", "é" * 10_000])
def test_no_text_raises(tool, text):
    assert tool.execute_action(f"<bash>echo {text}</bash>")[0]
    assert told(tool, "echo on") == (False, "on\n")


def test_an_episode_has_a_machine_of_its_own(tool):
    tool.reset()
    told(tool, "cd /tmp; echo kept > n; x=1")
    assert told(tool, "pwd; cat n; echo $x") == (False, "/tmp\nkept\n1\n")
    tool.reset()
    assert told(tool, "pwd; ls /tmp; echo $x") == (False, "/home/agent\n\n"[:-1])


def test_a_spawned_tool_shares_no_machine(tool):
    told(tool, "echo mine > n")
    twin = tool.spawn()
    assert told(twin, "ls") == (False, "(nothing was printed)\n")
    twin.close()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda state: pickle.loads(pickle.dumps(state))])
def test_a_copied_state_goes_its_own_way(tool, copied):
    told(tool, "echo 1 > n; cd /tmp")
    twin = tool.spawn()
    twin.state = copied(copied(tool.state))
    told(tool, "echo 2 > ~/n")
    assert told(twin, "pwd; cat ~/n") == (False, "/tmp\n1\n")
    assert told(tool, "cat ~/n") == (False, "2\n")
    twin.close()


def test_envs_have_machines_of_their_own_and_forks_too():
    pattern = BashTool(limits=SMALL)
    env = ToolEnvWrapper(Listener(), [pattern], max_tool_uses=None)
    obs, _ = env.reset(seed=0)
    assert "<bash>" in obs
    env.step("<bash>echo 1 > n</bash>")
    moment = env.snapshot()
    twin = env.fork()
    env.step("<bash>echo 2 > n</bash>")
    assert twin.step("<bash>cat n</bash>").obs == "Command result:\n1\n"
    assert env.step("<bash>cat n</bash>").obs == "Command result:\n2\n"
    env.restore(moment)
    assert env.step("<bash>cat n</bash>").obs == "Command result:\n1\n"
    env.reset(seed=1)
    assert env.step("<bash>ls</bash>").obs == "Command result:\n(nothing was printed)\n"
    assert pattern.state is None
    for one in (env, twin):
        one.close()


def test_an_agent_that_breaks_its_machine_gets_a_new_one(tool):
    told(tool, "echo 1 > n")
    tool.state._terminal.close()
    assert told(tool, "cat n") == (True, f"{REPLACED}\n")
    assert told(tool, "ls") == (False, "(nothing was printed)\n")


def test_a_host_without_machines_says_so_at_reset_and_in_the_episode(tool, monkeypatch):
    def refuse(*_, **__):
        raise SandboxUnavailable("no machines today")

    monkeypatch.setattr(held_machine, "Terminal", refuse)
    with pytest.raises(ToolUnavailable, match="no machines today"):
        tool.execute_action("<bash>true</bash>")
    monkeypatch.setattr(bash_tool, "best_rung", refuse)
    with pytest.raises(SandboxUnavailable, match="no machines today"):
        tool.reset()


@pytest.mark.parametrize("options", [{"timeout": 0}, {"timeout": -1}, {"max_output_chars": 0}])
def test_nonsense_is_refused(options):
    with pytest.raises(ConfigError):
        BashTool(**options)


def test_it_is_a_tool_that_says_how_it_is_called(tool):
    assert isinstance(tool, BaseTool)
    assert tool.tool_type == "bash"
    assert "5 seconds" in tool.instruction_string()
