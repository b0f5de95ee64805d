"""Tools of MCP servers in the hands of an agent."""

from __future__ import annotations

import copy
import json
import os
import pickle
import signal
import sys
from pathlib import Path

import pytest

from gem.core import Env, StepResult
from gem.errors import ConfigError, McpUnavailable, SnapshotUnsupported
from gem.mcp import CallResult, CannotConnect, TextContent, ToolSpec, sdk
from gem.mcp.servers import KvServer
from gem.tools import MCPTool, ToolEnvWrapper, ToolUnavailable
from gem.tools.held_source import Line
from gem.tools.mcp_tool import _run_async, is_timeout_error

PEER = str(Path(__file__).parent.parent / "mcp/peer.py")
COMMAND = {"command": sys.executable, "args": ["-S", "-E", PEER, ""]}
FAST = {"delay_between_retries": 0.01, "validate_on_init": False}


@pytest.fixture(scope="module", autouse=True)
def the_package_is_imported():
    sdk.load()


class Notes:
    """A `ToolSource` in this process."""

    stateless = False

    def __init__(self):
        self.notes = []
        self.closed = 0

    def tools(self):
        return [ToolSpec("note", "Keep a text.", {"type": "object", "properties": {"text": {"type": "string"}}})]

    def call(self, name, arguments):
        if arguments.get("text") == "gone":
            raise McpUnavailable("the server died")
        if arguments.get("text") == "never":
            raise CannotConnect("the server cannot be had")
        self.notes.append(arguments.get("text"))
        return CallResult((TextContent(f"notes: {self.notes}"),), is_error=name != "note")

    def close(self):
        self.closed += 1


class Room(Env):
    """Ends at any action that is the env's."""

    def _reset(self):
        self.state = 0
        return "Do it.", {}

    def _step(self, action):
        return StepResult(f"the env got {action}", 1.0, True, False, {})


def call(name="note", **arguments):
    return f"<tool_call><tool_name>{name}</tool_name><arguments>{json.dumps(arguments)}</arguments></tool_call>"


@pytest.fixture
def tool():
    tool = MCPTool(COMMAND, **FAST)
    yield tool
    tool.close()


def test_a_call_is_carried_out_and_cut_off_behind_its_end(tool):
    action = f"I say {call('echo', text='hi')} and more"
    assert tool.execute_action(action) == (True, False, "hi\n", f"I say {call('echo', text='hi')}")
    assert tool.find_call(action) == 6


def test_an_action_without_a_call_is_none_of_its(tool):
    assert tool.execute_action("no call") == (False, True, "", "no call")
    assert tool.find_call("no call") is None


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (call("ecoh", text="hi"), "[Tool execution error: There is no tool 'ecoh'. Did you mean 'echo'?"),
        (call("echo", txt="hi"), "'txt' was unexpected) (Did you mean 'text'?)"),
        (call("echo", text=7), "text: 7 is not of type 'string'"),
        (call("fail"), "[Tool execution error: it failed]"),
        (call("refuse"), "[Tool execution error: not today]"),
        ('<tool_call><tool_name>echo</tool_name><arguments>{"text": }</arguments></tool_call>', "line 1, column 10"),
        ("<tool_call>echo</tool_call>", "there is no <tool_name>. Write <tool_call><tool_name>NAME"),
        (call("echo", text="\ud800"), "half a surrogate pair"),
    ],
)
def test_a_call_that_fails_is_answered_and_never_the_env_s(tool, action, words):
    is_valid, has_error, observation, parsed = tool.execute_action(action)
    assert (is_valid, has_error, parsed) == (True, True, action)
    assert words in observation


def test_a_server_that_dies_in_a_call_is_an_observation_and_the_next_call_works(tool):
    answer = tool.execute_action(call("die"))
    assert (answer.is_valid, answer.has_error) == (True, True)
    assert answer.observation.startswith("[Tool execution failed: ")
    assert "exit code 3" in answer.observation
    assert tool.execute_action(call("echo", text="hi")).observation == "hi\n"


def test_a_server_that_does_not_answer_is_an_observation():
    tool = MCPTool(COMMAND, **FAST, execution_timeout=0.2)
    observation = tool.execute_action(call("wait")).observation
    tool.close()
    assert observation.startswith("[Tool execution failed: ")
    assert "did not answer a call of 'wait' within 0.2 s" in observation


def test_only_a_server_that_cannot_be_had_makes_the_tool_unavailable():
    tool = MCPTool(Notes())
    assert tool.execute_action(call(text="gone")).observation == "[Tool execution failed: the server died]\n"
    with pytest.raises(ToolUnavailable, match="cannot be had"):
        tool.execute_action(call(text="never"))


def test_a_long_result_is_cut(tool):
    tool.max_output_chars = 10
    observation = tool.execute_action(call("echo", text="x" * 1000)).observation
    assert observation == f"{'x' * 10}\n[... 990 characters left out ...]\n"


def test_the_instructions_say_how_to_call_what(tool):
    told = tool.instruction_string()
    assert "<tool_call><tool_name>NAME</tool_name><arguments>{JSON object}</arguments></tool_call>" in told
    assert "- echo(text: string, times?: integer): Say it again.\n    text: what to say\n" in told


def test_the_tools_are_told_as_dicts(tool):
    first = tool.get_available_tools()[0]
    assert (first["name"], first["description"]) == ("echo", "Say it again.")
    assert first["parameters"]["required"] == ["text"]


def test_a_server_that_is_not_there_fails_the_constructor_if_it_validates():
    with pytest.raises(McpUnavailable, match="No such file"):
        MCPTool({"command": "no-such-program"})
    tool = MCPTool({"command": "no-such-program"}, validate_on_init=False)
    with pytest.raises(McpUnavailable):
        tool.reset()
    with pytest.raises(ToolUnavailable):
        tool.execute_action(call("echo", text="hi"))


@pytest.mark.parametrize(
    "settings",
    [
        {"session": "any"}, {"max_output_chars": 0}, {"execution_timeout": 0}, {"config": {"comand": "x"}},
        {"max_retries": -1}, {"delay_between_retries": -1},
    ],
)  # fmt: skip
def test_a_wrong_setting_is_refused(settings):
    with pytest.raises(ConfigError):
        MCPTool(**{"config": COMMAND, "validate_on_init": False, **settings})


def server_of(tool):
    return tool.execute_action(call("count")).observation.split(";")[0].split()[-1]


def test_each_env_has_a_session_of_its_own(tool):
    twins = [tool.spawn(), tool.spawn()]
    assert len({server_of(one) for one in (tool, *twins)}) == 3
    for twin in twins:
        twin.close()


def test_a_shared_session_ends_with_its_last_user():
    tool = MCPTool(COMMAND, **FAST, session="shared")
    twin = tool.spawn()
    server = server_of(tool)
    assert server_of(twin) == server
    tool.close()
    assert server_of(twin) == server
    twin.close()
    assert not Path(f"/proc/{server}").exists()


def test_the_session_that_validation_opened_goes_to_the_first_env():
    tool = MCPTool(COMMAND)
    first = tool._line
    twins = [tool.spawn(), tool.spawn()]
    assert [twin._line is first for twin in twins] == [True, False]
    tool.close()
    assert server_of(twins[0]).isdigit()
    twins[0].close()


def test_a_source_of_ours_is_used_as_it_is_and_its_giver_s_to_close():
    source = Notes()
    tools = [MCPTool(source), MCPTool(source).spawn()]
    for tool in tools:
        tool.execute_action(call(text="a"))
        tool.close()
    assert (source.notes, source.closed) == (["a", "a"], 0)


def test_a_function_makes_a_source_for_each_episode():
    made = []
    tool = MCPTool(lambda: made.append(Notes()) or made[-1])
    tool.execute_action(call(text="a"))
    tool.reset()
    assert tool.execute_action(call(text="b")).observation == "notes: ['b']\n"
    assert [source.closed for source in made] == [1, 0]


def test_reconfigure_leaves_the_servers_for_others(tool):
    server_of(tool)
    source = Notes()
    tool.reconfigure(source)
    assert [one["name"] for one in tool.get_available_tools()] == ["note"]


def test_the_other_constructors_name_the_same_servers(tmp_path):
    servers = {"mcpServers": {"a": COMMAND}}
    path = tmp_path / "servers.json"
    path.write_text(json.dumps(servers))
    tools = [
        MCPTool.from_config_file(path, **FAST),
        MCPTool.from_local_command(COMMAND, **FAST),
        MCPTool.from_local_command(COMMAND, name="a", **FAST),
    ]
    for tool in tools:
        assert tool.execute_action(call("echo", text="hi")).observation == "hi\n"
        tool.close()
    assert MCPTool.from_url("http://x/mcp", **FAST).config == "http://x/mcp"
    several = MCPTool.from_multi_server({"a": "http://x/mcp", "b": "http://y/mcp"}, **FAST)
    assert several.config["mcpServers"]["b"] == {"url": "http://y/mcp"}
    with pytest.raises(ConfigError, match="there is no MCP config"):
        MCPTool.from_config_file(tmp_path / "none.json")


def test_a_config_that_cannot_be_read_is_told(tmp_path):
    deep, odd = tmp_path / "deep.json", tmp_path / "odd.json"
    deep.write_text("[" * 100_000)
    odd.write_bytes(b"\xff\xfe")
    for path, words in ((deep, "is no JSON"), (odd, "is no JSON"), (tmp_path, "cannot be read: Is a directory")):
        with pytest.raises(ConfigError, match=words):
            MCPTool.from_config_file(path)


def test_parameters_of_the_package_are_taken():
    from mcp.client.stdio import StdioServerParameters

    with_package = MCPTool.from_local_command(StdioServerParameters(**COMMAND), **FAST)
    assert with_package.execute_action(call("echo", text="hi")).observation == "hi\n"
    with_package.close()


def test_an_unused_tool_can_be_pickled(tool):
    twin = pickle.loads(pickle.dumps(tool))
    assert twin.execute_action(call("echo", text="hi")).observation == "hi\n"
    twin.close()


# -- in an env -------------------------------------------------------------------------------------


def in_room(tool):
    env = ToolEnvWrapper(Room(), [tool])
    env.reset(seed=0)
    return env


def test_no_call_of_a_tool_that_does_not_exist_ends_the_game():
    env = in_room(MCPTool(Notes()))
    for action in (call("nose"), "<tool_call>nothing</tool_call>", "<tool_call>"):
        obs, _, terminated, truncated, info = env.step(action)
        assert "[Tool execution error" in obs
        assert (terminated, truncated, info["tool_error"], info["tool_type"]) == (False, False, True, "mcp")
    assert env.step("done")[0] == "the env got done"


def test_a_server_that_cannot_be_had_ends_the_episode_as_the_world_s_failure():
    *_, truncated, info = in_room(MCPTool(Notes())).step(call(text="never"))
    assert truncated
    assert info["error"] == {"type": "ToolUnavailable", "message": "the server cannot be had"}


def test_an_env_that_called_a_server_elsewhere_can_be_neither_copied_nor_forked():
    env = in_room(MCPTool(Notes()))
    env.fork()
    env.snapshot()
    env.step(call(text="a"))
    for copied in (env.fork, env.snapshot, lambda: copy.deepcopy(env.tools[0])):
        with pytest.raises(SnapshotUnsupported, match="stateless"):
            copied()
    env.reset()
    with pytest.raises(SnapshotUnsupported):
        env.fork()


def test_a_source_that_keeps_nothing_is_shared_by_twins():
    source = Notes()
    source.stateless = True
    env = in_room(MCPTool(source))
    env.step(call(text="a"))
    assert env.fork().step(call(text="b"))[0] == "notes: ['a', 'b']\n"


def test_a_source_that_was_made_for_the_episode_is_copied_with_it():
    env = in_room(MCPTool(Notes))
    env.step(call(text="a"))
    twin, moment = env.fork(), env.snapshot()
    assert env.step(call(text="b"))[0] == "notes: ['a', 'b']\n"
    assert twin.step(call(text="c"))[0] == "notes: ['a', 'c']\n"
    env.restore(moment)
    assert env.step(call(text="d"))[0] == "notes: ['a', 'd']\n"


def test_servers_of_ours_fork_with_the_episode():
    env = in_room(MCPTool(KvServer))
    assert "put(key: string, value: string)" in env.tools[0].instruction_string()
    env.step(call("put", key="a", value="1"))
    twin = env.fork()
    twin.step(call("put", key="a", value="2"))
    assert "1" in env.step(call("get", key="a"))[0]
    assert "2" in twin.step(call("get", key="a"))[0]


def test_close_of_the_env_ends_the_server():
    env = in_room(MCPTool(COMMAND, **FAST))
    server = env.step(call("count"))[0].split(";")[0].split()[-1]
    env.close()
    assert not Path(f"/proc/{server}").exists()


# -- what existing code imports --------------------------------------------------------------------


def test_timeouts_are_known_by_their_words():
    assert is_timeout_error(TimeoutError())
    assert is_timeout_error(McpUnavailable("it did not answer a call within 1 s"))
    assert not is_timeout_error(McpUnavailable("it ended"))


def test_a_coroutine_runs_from_sync_code():
    async def answer():
        return 42

    assert _run_async(answer()) == 42


def test_a_fork_while_another_thread_opens_a_source_can_open_it_itself():
    line = Line(Notes)
    with line._lock:  # as a thread that opens it has
        child = os.fork()
        if child == 0:
            signal.alarm(10)
            line.source_for(line)
            os._exit(0)
        _, status = os.waitpid(child, 0)
    assert status == 0
