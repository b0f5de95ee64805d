"""What agents read of results and tools."""

from __future__ import annotations

import pytest

from gem.mcp import CallResult, ImageContent, ResourceContent, TextContent, ToolSpec
from gem.mcp.render import listed, rendered
from gem.mcp.results import result_of, spec_of


def test_texts_come_first_and_what_is_none_is_named():
    picture, sound = ImageContent(b"\0" * 12_345), ImageContent(b"\0" * 1_500_000, "audio/wav")
    resource, link = ResourceContent("file:///a", "its text"), ResourceContent("file:///b")
    result = CallResult((picture, TextContent("one"), resource, link, sound, TextContent("two")))
    assert rendered(result) == "one\ntwo\n[image/png, 12 kB]\nits text\n[file:///b]\n[audio/wav, 1.5 MB]"


def test_json_is_shown_where_there_is_nothing_else():
    assert rendered(CallResult((), structured={"a": "ä"})) == '{"a": "ä"}'
    assert rendered(CallResult((TextContent("text"),), structured={"a": 1})) == "text"
    assert rendered(CallResult((TextContent(""),))) == "(the result is empty)"


def test_a_long_result_is_cut_with_a_note():
    shown = rendered(CallResult((TextContent("x" * 5000),)), max_chars=10)
    assert shown == f"{'x' * 10}\n[... 4,990 characters left out ...]"


def test_results_are_read_from_the_wire():
    sent = {
        "content": [
            {"type": "text", "text": "a"},
            {"type": "image", "data": "AAA=", "mimeType": "image/gif"},
            {"type": "audio", "data": "A", "mimeType": "audio/wav"},
            {"type": "resource", "resource": {"uri": "u:1", "blob": "AAA=", "mimeType": "x/y"}},
            {"type": "resource_link", "uri": "u:2", "name": "n"},
            {"type": "of tomorrow", "n": 1},
        ],
        "isError": True,
        "structuredContent": {"k": 1},
    }
    assert result_of(sent) == CallResult(
        (
            TextContent("a"),
            ImageContent(b"\0\0", "image/gif"),
            TextContent("[audio/wav that could not be decoded]"),
            ResourceContent("u:1", None, "x/y"),
            ResourceContent("u:2"),
            TextContent('{"type": "of tomorrow", "n": 1}'),
        ),
        is_error=True,
        structured={"k": 1},
    )
    assert result_of({}) == CallResult()


def test_a_tool_without_a_schema_takes_an_object():
    assert spec_of({"name": "t", "title": "T"}) == ToolSpec("t", "T")


def test_a_tool_is_a_line_and_its_described_arguments_below():
    schema = {
        "type": "object",
        "properties": {
            "path": {"type": "string", "description": "where\n  it is"},
            "mode": {"enum": ["r", "w"]},
            "lines": {"type": "array", "items": {"type": ["integer", "null"]}},
            "where": {"$ref": "#/$defs/Spot"},
            "either": {"anyOf": [{"type": "string"}, {"type": "number"}]},
            "free": {},
        },
        "required": ["path"],
        "$defs": {"Spot": {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]}},
    }
    assert listed([ToolSpec("open", "Open it.\nReally.", schema), ToolSpec("now")]) == (
        '- open(path: string, mode?: "r" | "w", lines?: (integer | null)[], where?: {x: number}, '
        "either?: string | number, free?: any): Open it. Really.\n"
        "    path: where it is\n"
        "- now()"
    )


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"$ref": "#/properties/a"}}},
        {"properties": {"a": {"$ref": "#/nowhere/b"}}},
        {"properties": {"a": True, "b": 3}, "required": "a"},
        {"properties": [1]},
        {"properties": {"a": {"enum": "x", "type": 7, "anyOf": 3}}},
        {"properties": {"a": {"enum": [str(n) * 50 for n in range(1000)]}}},
    ],
)
def test_a_strange_schema_is_listed_somehow(schema):
    assert len(listed([ToolSpec("t", "d" * 5000, schema)])) < 3000
