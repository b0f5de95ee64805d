"""JSON schemas from the signatures of methods, and the check of arguments against them.

Only what signatures here need: texts, numbers, truth values, lists of these, `Literal`s, `X | None` and defaults.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from gem.build import closest

NAMES = {str: "string", bool: "boolean", int: "integer", float: "number", NoneType: "null"}
KINDS = {
    "string": "a text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "null",
    "array": "a list",
}
MAX_WHOLE = 2**53
"""The largest whole number that every reader of JSON keeps exactly."""
SHOWN_CHARS = 60


def schema_of(method: Callable[..., Any]) -> dict[str, Any]:
    """The JSON schema of a method's arguments; `Annotated` texts become descriptions."""
    hints = get_type_hints(method, include_extras=True)
    properties: dict[str, Any] = {}
    required: list[str] = []
    for name, parameter in inspect.signature(method).parameters.items():
        if name == "self":
            continue
        properties[name] = _property(hints[name])
        if parameter.default is inspect.Parameter.empty:
            required.append(name)
        elif parameter.default is not None:
            properties[name]["default"] = parameter.default
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def complaint(arguments: Any, schema: dict[str, Any]) -> str | None:
    """Why `arguments` do not fit a schema of `schema_of`, in a sentence; None if they do."""
    if not isinstance(arguments, dict):
        return f"The arguments are an object such as {{}}, not {_shown(arguments)}."
    given, properties = cast("dict[str, Any]", arguments), schema["properties"]
    for name in given:
        if name not in properties:
            hint = closest(str(name)[:SHOWN_CHARS], list(properties))
            return f"There is no argument {_shown(name)}.{hint} There are: {', '.join(properties) or 'none'}."
    missing = [name for name in schema["required"] if name not in given]
    if missing:
        return f"Missing: {', '.join(missing)}."
    for name, value in given.items():
        why = _misfit(value, properties[name])
        if why:
            return f"The argument {name} {why}."
    return None


def _property(hint: Any) -> dict[str, Any]:
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return {**_property(parts[0]), "description": parts[1]}
    if origin is Literal:
        return {"type": "string", "enum": list(parts)}
    if origin is list:
        return {"type": "array", "items": _property(parts[0])}
    if origin in (Union, UnionType):
        (inner,) = (part for part in parts if part is not NoneType)
        found = _property(inner)
        return {**found, "type": [found["type"], "null"]}
    return {"type": NAMES[hint]}


def _misfit(value: Any, schema: dict[str, Any]) -> str | None:
    """What is wrong with one value, to be read behind its name."""
    wanted = cast("list[str]", schema["type"] if isinstance(schema["type"], list) else [schema["type"]])
    kind = _kind(value)
    if kind not in wanted and not (kind == "integer" and "number" in wanted):
        return f"is {' or '.join(KINDS[name] for name in wanted)}, not {_shown(value)}"
    if kind == "string":
        return _misspelt(value, schema)
    if kind in ("integer", "number"):
        return None if abs(value) <= MAX_WHOLE else "is too large a number"
    if kind == "array":
        return next((f"holds one that {why}" for item in value if (why := _misfit(item, schema["items"]))), None)
    return None


def _misspelt(text: str, schema: dict[str, Any]) -> str | None:
    if "enum" in schema and text not in schema["enum"]:
        return f"is one of {', '.join(schema['enum'])}, not {_shown(text)}"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "holds half a surrogate pair, which is no character"
    return None


def _kind(value: Any) -> str:
    """The JSON type of a value; "object" for all that no argument can be."""
    if isinstance(value, list):
        return "array"
    return NAMES.get(cast("type[Any]", type(value)), "object")


def _shown(value: Any) -> str:
    # Cut before repr: a value may be a megabyte long.
    try:
        text = repr(value[:SHOWN_CHARS] if isinstance(value, str) else value)[:SHOWN_CHARS]
    except (ValueError, RecursionError):  # a number of thousands of digits, or lists in lists without end
        text = "that"
    return text.encode("utf-8", "replace").decode()
