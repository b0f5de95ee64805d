"""Which servers a configuration names, and several of them as one source of tools."""

from __future__ import annotations

import asyncio
import re

import pytest

import gem.mcp
from gem.errors import ConfigError
from gem.mcp import CallResult, TextContent, ToolSpec, sdk
from gem.mcp.several import Several
from tests.mcp.test_session import command, told


@pytest.fixture(scope="module", autouse=True)
def the_package_is_imported():
    sdk.load()


def test_several_servers_have_their_names_before_their_tools():
    with gem.mcp.connect({"mcpServers": {"a": command(), "a_b": command()}}) as both:
        names = [tool.name for tool in both.tools()]
        assert names[:2] == ["a_echo", "a_count"]
        assert len(names) == 24
        assert told(both.call("a_b_echo", {"text": "hi"})) == "hi"
        assert told(asyncio.run(both.acall("a_echo", {"text": "hi"}))) == "hi"
        assert "Did you mean 'a_echo'" in told(both.call("echo", {}))
        for unknown in (both.call("a_ecoh", {}), asyncio.run(both.acall("a_ecoh", {}))):
            assert "Did you mean 'a_echo'" in told(unknown)


def test_a_tool_is_found_where_the_name_of_one_server_begins_with_another_s():
    class Source:
        def __init__(self, name):
            self.name = name

        def tools(self):
            return [ToolSpec(self.name, "", {})]

        def call(self, name, arguments):
            return CallResult((TextContent(self.name),))

        def close(self):
            pass

    both = Several({"a": Source("b_c"), "a_b": Source("d")})
    for name, said in (("a_b_c", "b_c"), ("a_b_d", "d")):
        assert told(both.call(name, {})) == told(asyncio.run(both.acall(name, {}))) == said


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (7, "an address or a dict"),
        ("ftp://x", "begins with http:// or https://"),
        ({}, "names no server"),
        ({"mcpServers": {}}, "names no server"),
        ({"mcpServers": {"a": {"comand": "x"}}}, 'neither "command" nor "url". Did you mean \'command\'?'),
        ({"mcpServers": {"a": "x"}}, "is a dict"),
        ({"a": {"command": "x", "disabled": True}}, "all servers of the MCP config are disabled"),
        ({"command": ["x"]}, "is the name of a program"),
        ({"command": "x", "args": "y"}, "is a list of words"),
        ({"command": "x", "env": "y"}, "is a dict of texts"),
        ({"url": "http://x", "transport": "websocket"}, "no transport 'websocket'"),
    ],
)
def test_a_config_that_cannot_be_read_says_what_is_wrong(config, words):
    with pytest.raises(ConfigError, match=re.escape(words)):
        gem.mcp.connect(config)


def test_retries_are_not_negative():
    with pytest.raises(ConfigError):
        gem.mcp.connect(command(), max_retries=-1)
