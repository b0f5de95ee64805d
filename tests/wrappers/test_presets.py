"""Wrappers by name."""

import json
import sys

import pytest

from gem.errors import ConfigError
from gem.wrappers import EpisodeTrackingWrapper, ObservationWrapper
from gem.wrappers.presets import TOKENIZER_REQUIRED, WRAPPER_FACTORY, get_wrapper_fns
from tests.wrappers.chat_templates import TOKENIZERS
from tests.wrappers.scripted_env import Scripted

TOKENIZER = TOKENIZERS["no tools"]


def test_names_become_wrappers_the_innermost_first():
    env = Scripted("a", "b")
    for wrap in get_wrapper_fns(" concat , episode_tracking "):
        env = wrap(env)
    assert isinstance(env, EpisodeTrackingWrapper)
    assert isinstance(env.env, ObservationWrapper)


def test_no_names_are_no_wrappers():
    assert get_wrapper_fns("") == []


@pytest.mark.parametrize("name", [name for name in WRAPPER_FACTORY if name != "mcp_tool"])
def test_every_preset_wraps_an_env(name, monkeypatch):
    monkeypatch.setenv("SEARCH_URL", "http://127.0.0.1:9/retrieve")
    (wrap,) = get_wrapper_fns(name, tokenizer=TOKENIZER)
    env = wrap(Scripted("a", "b"))
    env.reset()
    assert "b" in env.step("x")[0]


@pytest.mark.parametrize(
    ("named", "better"),
    [
        ("concat_chat,python_tool", "python_tool,concat_chat"),
        ("concat, search_tool, episode_tracking", "search_tool,concat,episode_tracking"),
        ("python_tool,concat_with_action,bash_tool", "python_tool,bash_tool,concat_with_action"),
    ],
)
def test_a_history_inside_a_tool_is_warned_of_with_the_better_order(named, better, caplog):
    assert len(get_wrapper_fns(named, tokenizer=TOKENIZER)) == len(named.split(","))
    (record,) = caplog.records
    assert (record.levelname, record.name) == ("WARNING", "gem.wrappers.presets")
    assert record.getMessage().endswith(f"comes first: {better!r}")


@pytest.mark.parametrize("named", ["python_tool,concat_chat", "python_tool,search_tool", "concat,episode_tracking", ""])
def test_other_orders_are_no_matter_for_a_warning(named, caplog):
    get_wrapper_fns(named, tokenizer=TOKENIZER)
    assert not caplog.records


@pytest.mark.parametrize(
    ("name", "rewards"), [("search_tool", (0.3, 0.0, 0.0, 5)), ("search_tool_no_int_reward", (0.0, 0.0, 0.0, 5))]
)
def test_search_presets_pay_what_existing_scripts_expect(name, rewards):
    (wrap,) = get_wrapper_fns(name)
    env = wrap(Scripted("a", "b"))
    paid = env.tool_reward, env.tool_success_reward, env.tool_execute_error_reward, env.max_tool_uses
    assert paid == rewards
    (tool,) = env.tools
    assert (tool.tool_type, tool.topk, tool.timeout) == ("search", 3, 5)


@pytest.mark.slow
def test_the_mcp_preset_calls_the_servers_that_a_variable_names(tmp_path, monkeypatch):
    server = {"command": sys.executable, "args": ["-m", "gem.mcp.servers", "time"]}
    (tmp_path / "servers.json").write_text(json.dumps({"mcpServers": {"clock": server}}))
    monkeypatch.setenv("MCP_CONFIG", str(tmp_path / "servers.json"))
    (wrap,) = get_wrapper_fns("mcp_tool")
    with wrap(Scripted("a", "b")) as env:
        assert "days_in_month" in env.reset()[0]
        call = '<tool_name>days_in_month</tool_name><arguments>{"date": "2024-02-03"}</arguments>'
        assert env.step(f"<tool_call>{call}</tool_call>").obs == "29\n"
        assert "b" in env.step("x").obs


def test_the_mcp_preset_asks_for_servers(monkeypatch):
    monkeypatch.delenv("MCP_CONFIG", raising=False)
    (wrap,) = get_wrapper_fns("mcp_tool")
    with pytest.raises(ConfigError, match="MCP_CONFIG be an address"):
        wrap(Scripted("a", "b"))


def test_building_an_env_with_the_mcp_preset_opens_no_server(monkeypatch):
    monkeypatch.setenv("MCP_CONFIG", "http://127.0.0.1:9/mcp")
    (wrap,) = get_wrapper_fns("mcp_tool")
    wrap(Scripted("a", "b")).close()


def test_chats_ask_for_a_tokenizer():
    for name in TOKENIZER_REQUIRED:
        with pytest.raises(ConfigError, match="tokenizer="):
            get_wrapper_fns(name)


def test_an_unknown_name_offers_what_may_be_meant():
    with pytest.raises(ConfigError, match="Did you mean 'concat_chat'"):
        get_wrapper_fns("concat_chatt")
