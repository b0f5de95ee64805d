"""Reading tool calls in whatever an agent writes."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem.mcp.calls import find_call, first_call


def written(name, arguments):
    return f"<tool_call><tool_name>{name}</tool_name><arguments>{arguments}</arguments></tool_call>"


@pytest.mark.parametrize(
    "arguments",
    [
        '{"a": 1}',
        ' \n{"a": 1}\n ',
        '```json\n{"a": 1}\n```',
        '```\n{"a": 1}\n```',
        '<![CDATA[{"a": 1}]]>',
        '<![CDATA[\n```json\n{"a": 1}\n```\n]]>',
    ],
)
def test_the_form_of_ours_is_read_however_its_json_is_wrapped(arguments):
    action = f"I think so. {written(' add ', arguments)} and so on"
    call = first_call(action)
    assert (call.name, call.arguments, call.trouble) == ("add", {"a": 1}, None)
    assert action[call.start : call.end] == written(" add ", arguments)


@pytest.mark.parametrize(
    "inside",
    [
        '{"name": "add", "arguments": {"a": 1}}',
        '\n{"name": "add", "arguments": "{\\"a\\": 1}"}\n',
        '```json\n{"arguments": {"a": 1}, "name": "add"}\n```',
        '{"name": "add", "parameters": {"a": 1}}',
    ],
)
def test_the_form_of_hermes_and_qwen_is_read_too(inside):
    call = first_call(f"<tool_call>{inside}</tool_call>")
    assert (call.name, call.arguments, call.trouble) == ("add", {"a": 1}, None)


@pytest.mark.parametrize(
    "inside", ["<tool_name>now</tool_name>", '{"name": "now"}', '{"name": "now", "arguments": null}']
)
def test_a_call_without_arguments_has_none(inside):
    call = first_call(f"<tool_call>{inside}</tool_call>")
    assert (call.name, call.arguments, call.trouble) == ("now", {}, None)


def test_only_the_first_call_counts_and_what_follows_is_not_part_of_it():
    action = written("a", "{}") + written("b", "{}")
    call = first_call(action)
    assert call.name == "a"
    assert action[: call.end] == written("a", "{}")


def test_the_marks_may_stand_in_the_strings_of_the_arguments():
    text = "</arguments></tool_call> <tool_call>"
    action = written("write", json.dumps({"text": text})) + " more"
    call = first_call(action)
    assert call.arguments == {"text": text}
    assert action[call.end :] == " more"


@pytest.mark.parametrize("cut", ["</tool_call>", "</arguments></tool_call>"])
def test_a_call_that_sampling_stopped_at_its_closing_mark_is_read(cut):
    action = written("add", '{"a": 1}').removesuffix(cut)
    call = first_call(action)
    assert (call.name, call.arguments, call.end) == ("add", {"a": 1}, len(action))


@pytest.mark.parametrize("action", ["", "no call", "<tool_name>x</tool_name>", "<tool_cal>", "</tool_call>"])
def test_text_without_a_call_has_none(action):
    assert first_call(action) is None
    assert find_call(action) is None


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("", "there is no <tool_name>"),
        ("add", "there is no <tool_name>"),
        ("<tool_name>", "not closed"),
        ("<tool_name> </tool_name>", "is empty"),
        ('<tool_name>add</tool_name><arguments>{"a": }</arguments>', "line 1, column 7"),
        ('<tool_name>add</tool_name><arguments>{"a": 1,\n "b" 2}</arguments>', "line 2, column 6, near"),
        ("<tool_name>add</tool_name><arguments>[1]</arguments>", "a list, not an object"),
        ("<tool_name>add</tool_name><arguments>7</arguments>", "a number, not an object"),
        ("<tool_name>add</tool_name><arguments>{} {}</arguments>", "more than one JSON value"),
        ("<tool_name>add</tool_name><arguments>{'a': 1}</arguments>", "double quotes"),
        ('<tool_name>add</tool_name><arguments>{"a": NaN}</arguments>', "NaN is no number"),
        ("<tool_name>add</tool_name><arguments>" + '{"a":' * 100_000, "nested too deep"),
        ('<tool_name>add</tool_name><arguments>{"a": ' + "9" * 5000 + "}</arguments>", "cannot be read"),
        ('{"arguments": {}}', 'no "name"'),
        ('{"name": 7}', 'no "name"'),
        ('{"name": "add", "arguments": [1]}', "a list, not an object"),
        ('{"name": "add", "arguments": "no json"}', "no JSON in the arguments"),
        ('{"name": "add", }', "no JSON in the call"),
    ],
)
def test_what_is_no_call_is_told_with_the_place(inside, told):
    call = first_call(f"first <tool_call>{inside}</tool_call> then")
    assert told in call.trouble
    assert (call.start, call.name) == (6, "")


def test_a_call_that_breaks_off_is_told_so():
    action = '<tool_call><tool_name>add</tool_name><arguments>{"a": 1'
    assert "where the text ends" in first_call(action).trouble


PIECES = st.sampled_from(
    [*'<>/{}[]":,` \n1a', "tool_call", "<tool_call>", "<tool_name>", "</tool_name>", "<arguments>"]
)
VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=9)


@given(st.lists(PIECES).map("".join))
def test_no_text_raises(text):
    for action in (text, f"<tool_call>{text}", f"<tool_call>{text}</tool_call>"):
        call = first_call(action)
        assert call is None or 0 <= call.start < call.end <= len(action)


@given(st.dictionaries(st.text(max_size=9), VALUES | st.lists(VALUES, max_size=3), max_size=3))
def test_all_json_objects_come_through(arguments):
    assert first_call(written("f", json.dumps(arguments))).arguments == arguments
    assert first_call(written("f", json.dumps(arguments, ensure_ascii=False))).arguments == arguments


@pytest.mark.parametrize(
    "action",
    [
        "<tool_call>" * 90_000,
        "<tool_call>" + "<tool_name>" * 90_000,
        "<tool_call>{" + '"a":' * 200_000,
        "<tool_call>" + " " * 1_000_000,
        written("f", '{"a": "' + "x" * 1_000_000 + '"}'),
        written("f", "{" * 1_000_000),
    ],
)
def test_a_megabyte_is_read_in_no_time(action):
    begun = time.process_time()
    first_call(action)
    assert time.process_time() - begun < 0.2
