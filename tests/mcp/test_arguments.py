"""The check of arguments before they are sent."""

from __future__ import annotations

import json
from functools import cache

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem.mcp import ToolSpec
from gem.mcp.arguments import Checker

PLAIN = {
    "type": "object",
    "properties": {
        "s": {"type": "string", "description": "a text"},
        "i": {"type": "integer", "default": 1},
        "n": {"type": "number"},
        "b": {"type": "boolean"},
    },
    "required": ["s"],
    "additionalProperties": False,
}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.5, 1.0]),
    st.text(max_size=3),
    st.just([]),
    st.just({}),
)


@cache
def checkers(schema):
    """Ours, and the library's."""
    return Checker({"t": ToolSpec("t", "", json.loads(schema))}), jsonschema.Draft202012Validator(json.loads(schema))


def complaint(schema, arguments):
    return Checker({"t": ToolSpec("t", "", schema)}).complaint("t", arguments)


@given(st.dictionaries(st.sampled_from("sinbx"), VALUES))
@pytest.mark.parametrize("schema", [PLAIN, {**PLAIN, "additionalProperties": True}, {**PLAIN, "required": []}])
def test_the_quick_check_of_plain_schemas_agrees_with_jsonschema(schema, arguments):
    checker, judge = checkers(json.dumps(schema))
    assert (checker.complaint("t", arguments) is None) == judge.is_valid(arguments)


def test_each_mistake_is_told_by_the_name_of_its_field():
    schema = {"type": "object", "properties": {"rows": {"type": "array", "items": PLAIN}}, "required": ["rows"]}
    told = complaint(schema, {"rows": [{"s": 1}, {"i": 2}]})
    assert (
        told
        == "The arguments of t do not fit: rows.0.s: 1 is not of type 'string'; rows.1: 's' is a required property."
    )


def test_no_more_than_three_mistakes_are_told():
    schema = {"type": "object", "properties": {str(n): {"enum": [n]} for n in range(9)}}
    assert complaint(schema, {str(n): "x" for n in range(9)}).count("is not one of") == 3


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "object", "properties": {"a": True}},
        {"type": "object", "properties": {"a": {"$ref": "https://nowhere.invalid/schema"}}},
        {"type": "object", "properties": {"a": {"$ref": "#/nowhere"}}},
        {"type": "object", "properties": {"a": {"type": "text"}}},
        {"type": "object", "properties": {"a": {"pattern": "(?<broken"}}},
        {"type": "object", "properties": {"a": {"type": ["string"]}}},
        {"type": "object", "properties": [], "required": 3},
        {"type": "object", "required": "a"},
        {"type": "object", "$schema": "https://nowhere.invalid/dialect", "properties": {"a": {"type": "string"}}},
        {"$ref": "#"},
    ],
)
def test_a_schema_that_is_broken_forbids_nothing(schema):
    assert complaint(schema, {"a": "text"}) is None


@pytest.mark.parametrize("name", ["", "T", "x" * 1_000_000, "\ud800"])
def test_an_unknown_tool_is_told_with_those_that_there_are(name):
    told = Checker({"t": ToolSpec("t")}).complaint(name, {})
    assert told.endswith("There are: t.")
    assert len(told) < 300


def test_without_tools_there_are_none():
    assert Checker({}).complaint("t", {}) == "There is no tool 't'. There are: none."
