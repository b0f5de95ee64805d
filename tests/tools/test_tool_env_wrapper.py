"""ToolEnvWrapper: whose turn an action is, what it pays, and what bounds it."""

import copy
import logging
import pickle
from functools import partial

import pytest

import gem
from gem.checking.junk import JUNK
from gem.errors import ConfigError, ResetNeeded, SnapshotUnsupported
from gem.sandbox.result import unavailable
from gem.snapshot import Snapshot
from gem.tools import BaseTool, PythonCodeTool, ToolEnvWrapper
from gem.tools.tool_env_wrapper import LAST_USE, MAX_REFUSALS, REFUSAL
from gem.wrappers import TurnLimit
from tests.tools.fakes import FakeSandbox, FindingTool, Listener, TagTool

SHOUT = "<shout>a</shout>"


def wrapped(*tools, env=None, **options):
    env = ToolEnvWrapper(env or Listener(), list(tools or (TagTool(),)), **options)
    env.reset(seed=1)
    return env


def heard(env):
    return env.unwrapped.state.actions


# -- whose turn it is ------------------------------------------------------------------------------


def test_a_call_is_answered_by_the_tool_and_anything_else_by_the_env():
    env = wrapped()
    obs, reward, terminated, truncated, info = env.step(f"so {SHOUT} there")
    assert (obs, reward, terminated, truncated) == ("shout: A", 0.0, False, False)
    assert info == {
        "parsed_action": f"so {SHOUT}", "tool_type": "shout", "tool_error": False, "use_tool": True,
        "tool_use_counter": 1, "tool_success_counter": 1,
    }  # fmt: skip
    obs, reward, terminated, truncated, info = env.step("stop")
    assert (reward, terminated, truncated) == (1.0, True, False)
    assert info == {"success": True, "use_tool": False, "tool_use_counter": 1, "tool_success_counter": 1}
    assert heard(env) == ["stop"]


@pytest.mark.parametrize("order", [1, -1])
def test_the_call_that_comes_first_in_the_action_is_made(order):
    env = wrapped(*[NumberedTool(), FindingTool()][::order])
    obs = env.step("<whisper>a</whisper><number>b</number>").obs
    assert obs == "whisper: A"
    assert env.step("<number>b</number><whisper>a</whisper>").obs == "number: B"
    assert [tool.calls for tool in env.tools] == [["b"], ["a"]][::order]


class NumberedTool(FindingTool):
    tag = "number"


@pytest.mark.parametrize("tools", [(TagTool, FindingTool), (FindingTool, TagTool)])
@pytest.mark.parametrize("tag", ["shout", "whisper"])
def test_defect_17_the_error_of_one_of_several_tools_reaches_the_agent(tools, tag):
    env = wrapped(*tools)
    obs, reward, terminated, truncated, info = env.step(f"<{tag}>bad</{tag}>")
    assert (obs, reward, terminated, truncated) == (f"{tag}: an error", 0.0, False, False)
    assert (info["tool_error"], info["tool_use_counter"], info["tool_success_counter"]) == (True, 1, 0)
    assert heard(env) == []
    assert env.step(f"<{tag}>a</{tag}>").obs == f"{tag}: A"


def test_an_action_that_is_no_text_is_the_envs():
    env = wrapped()
    env.step(3)
    assert heard(env) == [3]


# -- what it pays ----------------------------------------------------------------------------------


def test_a_call_pays_by_what_came_of_it():
    env = wrapped(tool_reward=0.05, tool_success_reward=0.25)
    assert env.step(SHOUT).reward == pytest.approx(0.3)
    assert env.step("<shout>bad</shout>").reward == pytest.approx(0.05)
    assert env.step("hello").reward == 0.0
    env = wrapped(tool_execute_error_reward=-0.1)
    assert [env.step(f"<shout>{text}</shout>").reward for text in ("a", "bad")] == [0.0, -0.1]


@pytest.mark.parametrize("options", [{"tool_execute_error_reward": 0.1}, {"max_tool_uses": -1}])
def test_a_setting_out_of_range_is_named(options):
    with pytest.raises(ConfigError, match=next(iter(options))):
        wrapped(**options)


# -- what bounds it --------------------------------------------------------------------------------


def test_the_last_permitted_use_says_so():
    env = wrapped(max_tool_uses=2)
    assert env.step(SHOUT).obs == "shout: A"
    assert env.step(SHOUT).obs == f"shout: A{LAST_USE}"


@pytest.mark.parametrize("kind", [TagTool, FindingTool])
def test_defect_17_a_call_beyond_the_limit_gets_an_observation_and_the_episode_goes_on(kind):
    env = wrapped(kind(), max_tool_uses=1, tool_reward=0.05, tool_success_reward=0.25)
    call = f"<{kind.tag}>a</{kind.tag}>"
    env.step(call)
    for _ in range(MAX_REFUSALS):
        obs, reward, terminated, truncated, info = env.step(call)
        assert (obs, reward, terminated, truncated) == (REFUSAL, 0.0, False, False)
        assert (info["use_tool"], info["tool_use_counter"], info["tool_success_counter"]) == (True, 1, 1)
    assert heard(env) == []
    assert env.step("stop").terminated


def test_a_tool_that_finds_its_calls_is_not_run_beyond_the_limit():
    env = wrapped(FindingTool(), max_tool_uses=0)
    env.step("<whisper>a</whisper>")
    assert env.tools[0].calls == []


def test_an_unreachable_tool_beyond_the_limit_is_refused_as_well():
    assert wrapped(max_tool_uses=0).step("<shout>gone</shout>").obs == REFUSAL


def test_defect_17_calls_beyond_the_limit_cannot_go_on_for_ever():
    env = wrapped(max_tool_uses=1)
    for _ in range(1 + MAX_REFUSALS):
        env.step(SHOUT)
    obs, reward, terminated, truncated, info = env.step(SHOUT)
    assert (obs, reward, terminated, truncated) == (REFUSAL, 0.0, False, True)
    assert (info["success"], info["truncated_by"]) == (False, "tool_limit")
    with pytest.raises(ResetNeeded):
        env.step(SHOUT)


def test_without_a_limit_calls_go_on():
    env = wrapped(max_tool_uses=None)
    assert not any(env.step(SHOUT).done for _ in range(50))


def test_defect_17_a_turn_limit_counts_the_turns_of_tools():
    env = TurnLimit(ToolEnvWrapper(Listener(), [TagTool]), 3)
    env.reset()
    assert [env.step(action).truncated for action in (SHOUT, "hello", SHOUT)] == [False, False, True]


@pytest.mark.parametrize("action", [SHOUT, "stop"])
def test_no_turn_outside_an_episode(action):
    env = ToolEnvWrapper(Listener(), [TagTool])
    with pytest.raises(ResetNeeded):
        env.step(action)
    env.reset()
    env.step("stop")
    with pytest.raises(ResetNeeded):
        env.step(action)


def test_a_tool_that_cannot_be_reached_is_trouble_of_the_world(caplog):
    env = wrapped(tool_reward=1.0)
    env.step(SHOUT)
    obs, reward, terminated, truncated, info = env.step("<shout>gone</shout>")
    assert (reward, terminated, truncated) == (0.0, False, True)
    assert info["error"] == {"type": "ToolUnavailable", "message": "nobody is there"}
    assert (info["success"], info["tool_use_counter"]) == (False, 1)
    assert obs
    assert "nobody is there" in caplog.text
    env.reset()
    assert env.step(SHOUT).obs == "shout: A"


def test_trouble_of_the_sandbox_ends_the_episode_with_its_reason():
    env = wrapped(PythonCodeTool(sandbox=FakeSandbox({"x": unavailable("it fell over")})))
    result = env.step("<python>x</python>")
    assert result.truncated
    assert result.info["error"]["message"] == "it fell over"


# -- what is said and counted ----------------------------------------------------------------------


def test_the_first_observation_says_which_tools_there_are():
    plain = Listener().reset(seed=1)[0]
    one = ToolEnvWrapper(Listener(), [TagTool]).reset(seed=1)[0]
    two = ToolEnvWrapper(Listener(), [TagTool, FindingTool]).reset(seed=1)[0]
    assert one == f"{plain}\nUse <shout>...</shout>."
    assert two == f"{plain}\nAvailable tools:\nUse <shout>...</shout>.\nUse <whisper>...</whisper>."
    assert ToolEnvWrapper(Listener(), []).reset(seed=1)[0] == plain


def test_the_instructions_stand_below_the_rules_and_above_the_board():
    obs, info = ToolEnvWrapper(Listener(board="[board]"), [TagTool]).reset(seed=1)
    rules = "Talk to me, 473.\n\nUse <shout>...</shout>."
    assert info["event"] == rules
    assert obs == f"{rules}\n[board]\n"


def test_the_board_stands_around_what_a_tool_says():
    env = wrapped(env=Listener(board="[board]"))
    for _ in range(2):
        result = env.step(SHOUT)
        assert (result.obs, result.info["suffix"]) == ("shout: A", "[board]\nYour move?\n")
        env.step("hello")
    assert "suffix" not in wrapped().step(SHOUT).info


def test_an_observation_with_pictures_is_told_in_its_text():
    class Picture(Listener):
        def _reset(self):
            super()._reset()
            return {"problem": "What is this?", "images": [1]}, {}

    obs, _ = ToolEnvWrapper(Picture(), [TagTool]).reset()
    assert obs == {"problem": "What is this?\nUse <shout>...</shout>.", "images": [1]}


@pytest.mark.parametrize("first", [3, {"images": [1]}, None])
def test_an_observation_without_text_stays_as_it_is(first):
    class Odd(Listener):
        def _reset(self):
            super()._reset()
            return first, {}

    assert ToolEnvWrapper(Odd(), [TagTool]).reset()[0] is first


def test_a_reset_tells_of_the_episode_before():
    env = ToolEnvWrapper(Listener(), [TagTool])
    keys = ["tool_use_counter", "tool_success_counter", "prev_ep_tool_use_counter", "prev_ep_tool_success_counter"]
    assert [env.reset()[1][key] for key in keys] == [0, 0, 0, 0]
    env.step(SHOUT)
    env.step("<shout>bad</shout>")
    assert (env.tool_use_counter, env.tool_success_counter) == (2, 1)
    info = env.reset()[1]
    assert [info[key] for key in keys] == [0, 0, 2, 1]
    assert info["use_tool"] is False


def test_verbose_logs_who_answered(caplog):
    env = wrapped()
    with caplog.at_level(logging.INFO):
        env.step(SHOUT, verbose=True)
        env.step("hello", verbose=True)
    assert "answered by shout, tool use 1" in caplog.text
    assert "answered by the env" in caplog.text


# -- tools of each env -----------------------------------------------------------------------------


def test_defect_17_each_env_has_tools_of_its_own():
    pattern = TagTool()
    first, second = (wrapped(pattern) for _ in range(2))
    first.step(SHOUT)
    assert (first.tools[0].calls, second.tools[0].calls, pattern.calls) == (["a"], [], [])


@pytest.mark.parametrize("tool", [TagTool, partial(TagTool), TagTool()])
def test_tools_are_instances_classes_or_functions(tool):
    assert wrapped(tool).step(SHOUT).obs == "shout: A"


@pytest.mark.parametrize("tool", [lambda: 3, dict])
def test_what_is_no_tool_is_named(tool):
    with pytest.raises(ConfigError, match="a tool is a BaseTool"):
        wrapped(tool)


@pytest.mark.parametrize("tools", [TagTool, TagTool()])
def test_tools_come_in_a_list(tools):
    with pytest.raises(ConfigError, match="list"):
        ToolEnvWrapper(Listener(), tools)


def test_defect_19_the_env_below_is_asked_each_time():
    class Counting(Listener):
        def _reset(self, start=0):
            self.started_at = start
            return super()._reset()

    env = ToolEnvWrapper(Counting(), [TagTool])
    env.reset(start=5)
    assert (env.started_at, env.sample_random_action()) == (5, "hello")
    env.unwrapped.turns = 7
    assert env.turns == 7


def test_tools_are_closed_with_the_env_also_if_one_fails():
    class Stuck(TagTool):
        def close(self):
            raise OSError("stuck")

    env = wrapped(TagTool(), Stuck(), TagTool())
    with pytest.raises(OSError, match="stuck"):
        env.close()
    assert env.unwrapped.closed
    assert [env.tools[place].closed for place in (0, 2)] == [1, 1]


def test_a_tool_of_an_existing_script_needs_no_more_than_two_methods():
    class Old(BaseTool):
        def __init__(self):
            self.calls = 0

        def instruction_string(self):
            return "Say ping."

        def execute_action(self, action):
            return ("ping" in action, "ping" not in action, "pong", action)

    env = wrapped(Old())
    assert env.step("ping").obs == "pong"
    assert env.step("stop").terminated


# -- moments ---------------------------------------------------------------------------------------


def test_the_env_is_untouched_by_what_tools_do():
    plain, env = Listener(), wrapped()
    plain.reset(seed=1)
    for _ in range(3):
        env.step(SHOUT)
        assert env.step("hello").obs == plain.step("hello").obs


def test_a_snapshot_goes_back_to_the_counts():
    env = wrapped(max_tool_uses=2)
    env.step(SHOUT)
    moment = Snapshot.from_json(env.snapshot().to_json())
    env.step(SHOUT)
    env.step("stop")
    env.set_state(pickle.loads(pickle.dumps(moment)))
    assert env.tool_use_counter == 1
    assert env.step(SHOUT).obs.endswith(LAST_USE)


@pytest.mark.parametrize("branch", [lambda env: env.fork(), lambda env: env.spawn(same_state=True), copy.deepcopy])
def test_a_fork_goes_on_by_itself(branch):
    env = wrapped()
    env.step(SHOUT)
    twin = branch(env)
    assert twin.tools[0] is not env.tools[0]
    twin.step(SHOUT)
    twin.step("hello")
    assert (env.tool_use_counter, twin.tool_use_counter) == (1, 2)
    assert (heard(env), heard(twin)) == ([], ["hello"])


def test_a_spawned_env_has_the_settings_and_no_episode():
    env = wrapped(tool_reward=0.5)
    twin = env.spawn(turns=1)
    with pytest.raises(ResetNeeded):
        twin.step(SHOUT)
    twin.reset()
    assert twin.step(SHOUT).reward == 0.5
    assert twin.step("hello").truncated


def session_env(**options):
    return wrapped(PythonCodeTool(sandbox=FakeSandbox(**options), stateful=True))


def say(env, code):
    return env.step(f"<python>{code}</python>").obs


def test_a_session_branches_with_its_env():
    env = session_env()
    say(env, "x = 2")
    moment, twin = env.snapshot(), env.fork()
    say(twin, "x = 3")
    say(env, "x = 4")
    assert ["3" in say(twin, "x"), "4" in say(env, "x")] == [True, True]
    for _ in range(2):
        env.restore(moment)
        assert "2" in say(env, "x")
        say(env, "x = 5")


def test_sessions_end_with_envs_and_moments():
    env = session_env()
    say(env, "x = 2")
    sessions = env.tools[0].sandbox.sessions
    moment, twin = env.snapshot(), env.fork()
    env.restore(moment)
    assert [session.closed for session in sessions] == [True, False, False, False]
    del moment
    env.close()
    twin.reset()
    assert all(session.closed for session in sessions)


def test_a_session_that_cannot_fork_says_so():
    env = session_env(can_fork=False)
    env.snapshot()
    say(env, "x = 2")
    for branch in (env.snapshot, env.fork):
        with pytest.raises(SnapshotUnsupported, match="cannot fork"):
            branch()


def test_a_snapshot_with_a_session_in_it_stays_in_this_process():
    env = session_env()
    say(env, "x = 2")
    for write in (pickle.dumps, Snapshot.to_json):
        with pytest.raises(SnapshotUnsupported):
            write(env.snapshot())


# -- any text --------------------------------------------------------------------------------------

HOSTILE = {
    **JUNK,
    "unclosed": "<python>print(1)",
    "closed only": "</python>",
    "nested": "<python><python>1</python></python>",
    "fence in tag": "<python>```python\n1```</python>",
    "tag in fence": "```python\n<python>1</python>\n```",
    "unclosed fence": "```python\n1",
    "megabyte of code": f"<python>{'x' * 1_000_000}</python>",
    "megabyte of openings": "<python>" * 125_000,
    "megabyte of blocks": "<python></python>" * 60_000,
    "NUL": "<python>\0</python>",
    "lone surrogate": "<python>'\ud800'</python>",
}


@pytest.mark.parametrize("stateful", [False, True])
@pytest.mark.parametrize("action", HOSTILE.values(), ids=HOSTILE)
def test_any_action_is_answered(action, stateful):
    env = wrapped(PythonCodeTool(sandbox=FakeSandbox(), stateful=stateful), FindingTool(), max_tool_uses=2)
    for _ in range(4):
        obs, reward, terminated, truncated, info = env.step(action)
        assert isinstance(obs, str)
        assert isinstance(reward, float)
        assert not terminated
        assert not truncated
        assert info["use_tool"] in (True, False)


class Acquainted(BaseTool):
    """Remembers whom it met."""

    met = None

    def attach(self, env):
        self.met = env

    def instruction_string(self):
        return "Nothing to call."

    def find_call(self, action):
        return None


def test_a_tool_meets_the_env_that_it_serves_and_a_forks_tool_meets_the_fork():
    env = gem.make("game:GuessTheNumber-v1-easy", seed=0)
    wrapped = ToolEnvWrapper(env, [Acquainted])
    wrapped.reset()
    twin = wrapped.fork()
    assert wrapped.tools[0].met is env
    assert twin.tools[0].met is twin.env
    assert twin.env is not env
