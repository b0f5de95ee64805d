"""BaseTool: what a subclass gets, and what it must say."""

import copy

import pytest

from gem.tools import BaseTool
from gem.tools.base_tool import UNKNOWN, ToolUnavailable, no_call
from tests.tools.fakes import TagTool


def test_a_tool_must_say_how_it_is_called_and_do_something():
    tool = BaseTool(num_workers=2)
    assert (tool.tool_type, tool.num_workers, tool.find_call("x")) == ("base", 2, UNKNOWN)
    with pytest.raises(NotImplementedError, match="instruction_string"):
        tool.instruction_string()
    with pytest.raises(NotImplementedError, match="execute_action"):
        tool.execute_action("x")


def test_an_answer_is_the_four_that_existing_code_unpacks():
    is_valid, has_error, observation, parsed_action = TagTool().execute_action("so <shout>a</shout> there")
    assert (is_valid, has_error, observation, parsed_action) == (True, False, "shout: A", "so <shout>a</shout>")
    assert tuple(no_call("x")) == (False, True, "", "x")


def test_a_spawned_tool_shares_the_configuration_and_forgets_the_episode():
    tool = TagTool()
    tool.state, tool.shared = ["now"], object()
    twin = tool.spawn()
    assert twin.shared is tool.shared
    assert (twin.state, tool.state) == (None, ["now"])


def test_a_deep_copy_is_at_the_same_moment():
    tool = TagTool()
    tool.state, tool.shared = ["now"], object()
    twin = copy.deepcopy(tool)
    twin.state.append("then")
    assert twin.shared is tool.shared
    assert tool.state == ["now"]


def test_a_reset_tool_remembers_nothing():
    tool = TagTool()
    tool.state = ["now"]
    tool.reset()
    assert tool.state is None


def test_trouble_of_the_world_is_an_error_of_its_own():
    with pytest.raises(ToolUnavailable, match="nobody"):
        TagTool().execute_action("<shout>gone</shout>")
