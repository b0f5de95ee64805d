"""PythonCodeTool: which code runs, and what the agent reads of it."""

import copy
import pickle

import pytest

from gem.errors import ConfigError, SandboxUnavailable, SnapshotUnsupported
from gem.sandbox import Result
from gem.sandbox.result import unavailable
from gem.tools import PythonCodeTool, ToolUnavailable, python_code_tool
from gem.tools.python_code_tool import ENDED, LOST
from tests.tools.fakes import FakeSandbox

TICKS = "```"
FAILED = Result(
    status="error",
    stdout="2\n",
    stderr='Traceback (most recent call last):\n  File "main.py", line 2, in <module>\nValueError: bad\n',
    exit_code=1,
)


def tool_with(results=None, **options):
    return PythonCodeTool(sandbox=FakeSandbox(results), **options)


def ran(tool):
    return tool.sandbox.programs


@pytest.mark.parametrize(
    ("action", "code", "parsed"),
    [
        ("a <python>x</python> b", "x", "a <python>x</python>"),
        (f"{TICKS}python\nx\n{TICKS} b", "x", f"{TICKS}python\nx\n{TICKS}"),
        (f"{TICKS}python x{TICKS}", "x", f"{TICKS}python x{TICKS}"),
        (f"{TICKS}py\nx\n{TICKS}", "x", f"{TICKS}py\nx\n{TICKS}"),
        ("<python>x</python><python>y</python>", "x", "<python>x</python>"),
        (f"{TICKS}python\ny\n{TICKS}<python>x</python>", "y", f"{TICKS}python\ny\n{TICKS}"),
        (f"<python>x</python>{TICKS}python\ny\n{TICKS}", "x", "<python>x</python>"),
        (f"<python>p('{TICKS}python')</python>", f"p('{TICKS}python')", f"<python>p('{TICKS}python')</python>"),
        ("<python>\n  if x:\n    y\n</python>", "if x:\n  y", "<python>\n  if x:\n    y\n</python>"),
        ("<python> x\ny</python>", "x\ny", "<python> x\ny</python>"),
        ("<python></python>", "", "<python></python>"),
    ],
)
def test_the_first_block_runs_and_the_action_is_cut_behind_it(action, code, parsed):
    tool = tool_with()
    answer = tool.execute_action(action)
    assert ran(tool) == [code]
    assert answer == (True, False, f"Code execution result: {code}\n\n", parsed)
    assert tool.find_call(action) == action.index(parsed.lstrip("a "))


@pytest.mark.parametrize("action", ["", "x", "<python>x", "x</python>", f"{TICKS}\nx\n{TICKS}", f"{TICKS}python\nx"])
def test_without_a_block_nothing_runs(action):
    tool = tool_with()
    assert tool.execute_action(action) == (False, True, "", action)
    assert tool.find_call(action) is None
    assert ran(tool) == []


def test_a_failing_program_is_an_error_whose_traceback_is_read():
    _, has_error, observation, _ = tool_with({"x": FAILED}).execute_action("<python>x</python>")
    assert has_error
    assert observation.startswith("Code execution result: 2\n\nTraceback")
    assert observation.endswith("ValueError: bad\n")


def test_the_last_line_of_the_traceback_is_enough_if_so_wished():
    tool = tool_with({"x": FAILED}, keep_error_last_line=True)
    assert tool.execute_action("<python>x</python>")[2] == "Code execution result: 2\n\nValueError: bad\n"


def test_defect_22_the_timeout_is_passed_to_the_sandbox():
    tool = tool_with({"x": Result(status="timeout", stdout="half\n", limit_hit="time")}, timeout=1.5)
    answer = tool.execute_action("<python>x</python>")
    assert tool.sandbox.timeouts == [1.5]
    assert answer[1:3] == (True, "Code execution result: half\n\nExecution timed out after 1.5 seconds.\n")


def test_defect_22_a_program_runs_once_whatever_it_lacks():
    missing = Result(status="error", stderr="NameError: name 'np' is not defined", exit_code=1)
    tool = tool_with({"np": missing})
    tool.execute_action("<python>np</python>")
    assert ran(tool) == ["np"]


def test_defect_22_an_observation_is_bounded():
    tool = tool_with({"x": Result(status="ok", stdout="a" * 1_000_000)}, max_output_chars=100)
    observation = tool.execute_action("<python>x</python>")[2]
    assert len(observation) < 200
    assert "999900 characters left out" in observation


def test_no_word_of_a_program_keeps_it_from_running():
    tool = tool_with()
    assert not tool.execute_action("<python>import sys, socket; sys.exit()  # os.kill</python>").has_error


@pytest.mark.parametrize("code", ["\0", "\ud800", "x" * 1_000_000, "<python>", "\ufeff"])
def test_any_code_is_handed_over(code):
    tool = tool_with()
    assert tool.execute_action(f"<python>{code}</python>").is_valid
    assert len(ran(tool)) == 1


def test_trouble_of_the_sandbox_is_no_error_of_the_agent():
    with pytest.raises(ToolUnavailable, match="it fell over"):
        tool_with({"x": unavailable("it fell over")}).execute_action("<python>x</python>")


def test_the_instruction_says_how_long_and_what_can_be_imported():
    said = PythonCodeTool(timeout=2.5, profile="scientific").instruction_string()
    assert "2.5 seconds, the standard library and numpy and sympy" in said
    assert "<python>" in said
    assert "nothing is kept" in said
    assert "Variables" in PythonCodeTool(stateful=True).instruction_string()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"sandbox_type": "bwrapp"}, "Did you mean 'bwrap'"),
        ({"timeout": 0}, "timeout_s"),
        ({"max_output_chars": 0}, "max_output_chars"),
        ({"profile": "Hi!"}, "profile"),
    ],
)
def test_a_wrong_setting_is_named(options, why):
    with pytest.raises(ConfigError, match=why):
        PythonCodeTool(**options)


@pytest.mark.parametrize("sandbox_type", ["none", "bwrap", "auto"])
def test_the_default_is_the_sandbox_that_the_process_shares(monkeypatch, sandbox_type):
    box, asked = FakeSandbox(), []
    monkeypatch.setattr(python_code_tool, "shared", lambda profile: asked.append(profile.name) or box)
    tool = PythonCodeTool(sandbox_type=sandbox_type, profile="scientific")
    tool.execute_action("<python>x</python>")
    tool.close()
    assert asked == ["scientific"]
    assert not box.closed


def test_a_named_backend_is_the_tools_own_and_ends_with_it(monkeypatch):
    made = []
    monkeypatch.setattr(python_code_tool, "make", lambda *_, **__: made.append(FakeSandbox()) or made[-1])
    tool = PythonCodeTool(sandbox_type="podman")
    tool.execute_action("<python>x</python>")
    tool.execute_action("<python>x</python>")
    tool.spawn().reset()
    tool.close()
    tool.close()
    assert [box.closed for box in made] == [True, False]


def test_a_reset_tells_at_once_that_there_is_no_sandbox(monkeypatch):
    def refuse(profile):
        raise SandboxUnavailable("not on this machine")

    monkeypatch.setattr(python_code_tool, "shared", refuse)
    with pytest.raises(SandboxUnavailable, match="not on this machine"):
        PythonCodeTool().reset()


def test_a_tool_that_has_run_nothing_in_a_session_can_be_pickled():
    tool = pickle.loads(pickle.dumps(PythonCodeTool(timeout=2, stateful=True)))
    assert (tool.timeout, tool.stateful) == (2, True)


# -- with a session --------------------------------------------------------------------------------


def say(tool, code):
    return tool.execute_action(f"<python>{code}</python>").observation.removeprefix("Code execution result: ")[:-1]


def test_variables_stay_within_an_episode_and_no_longer():
    tool = tool_with(stateful=True)
    tool.reset()
    assert say(tool, "x = 2") == "(nothing was printed)"
    assert say(tool, "x") == "2\n"
    tool.reset()
    assert "NameError" in say(tool, "x")
    assert [session.closed for session in tool.sandbox.sessions] == [True, False]


def test_a_session_begins_with_the_first_call():
    tool = tool_with(stateful=True)
    tool.reset()
    assert tool.sandbox.sessions == []


def test_a_session_that_ends_with_a_call_is_replaced_and_the_agent_is_told():
    tool = tool_with(stateful=True)
    say(tool, "x = 2")
    assert say(tool, "die") == f"The program was killed.\n{ENDED}"
    assert "NameError" in say(tool, "x")
    assert LOST not in say(tool, "x")


def test_a_session_that_died_between_two_calls_is_replaced_and_the_agent_is_told():
    tool = tool_with(stateful=True)
    say(tool, "x = 2")
    tool.sandbox.sessions[0].lives = False
    assert say(tool, "x") == f"NameError: x\n{LOST}"
    assert LOST not in say(tool, "x")


def test_a_sandbox_without_sessions_is_no_error_of_the_agent():
    tool = PythonCodeTool(sandbox=FakeSandbox(has_sessions=False), stateful=True)
    with pytest.raises(ToolUnavailable, match="no sessions"):
        tool.execute_action("<python>x</python>")


def test_a_new_session_that_runs_nothing_is_no_error_of_the_agent():
    tool = tool_with({"x": unavailable("broken")}, stateful=True)
    say(tool, "y = 1")
    with pytest.raises(ToolUnavailable, match="broken"):
        tool.execute_action("<python>x</python>")
    assert all(session.closed for session in tool.sandbox.sessions)


def test_a_copied_tool_goes_on_from_a_fork_of_the_session():
    tool = tool_with(stateful=True)
    say(tool, "x = 2")
    twin = copy.deepcopy(tool)
    say(twin, "x = 3")
    assert (say(tool, "x"), say(twin, "x")) == ("2\n", "3\n")


def test_a_session_ends_with_the_last_who_remembers_it():
    tool = tool_with(stateful=True)
    say(tool, "x = 2")
    kept = copy.deepcopy(tool.state)
    tool.close()
    assert [session.closed for session in tool.sandbox.sessions] == [True, False]
    del kept
    assert [session.closed for session in tool.sandbox.sessions] == [True, True]


def test_a_session_cannot_be_written_down():
    tool = tool_with(stateful=True)
    say(tool, "x = 2")
    with pytest.raises(SnapshotUnsupported, match="fork"):
        pickle.dumps(tool.state)
