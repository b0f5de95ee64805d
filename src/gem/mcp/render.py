"""What an agent reads: the result of a call as a text, and tools as lines of a prompt."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from gem.mcp.protocol import CallResult, Content, ImageContent, ResourceContent, TextContent, ToolSpec

MAX_CHARS = 8000
MAX_DESCRIPTION_CHARS = 1000
MAX_TYPE_CHARS = 300
MAX_TYPE_DEPTH = 4
JSON_TYPES = {"integer": "integer", "number": "number", "string": "string", "boolean": "boolean", "null": "null"}


def rendered(result: CallResult, max_chars: int = MAX_CHARS) -> str:
    """The result as a text of at most `max_chars` characters and a note of what is left out.

    Texts come first, then a word on what is none, such as "[image/png, 12 kB]". The result as JSON is shown where
    there is nothing else, and the address of a resource where its text is missing.
    """
    texts = [item.text for item in result.content if isinstance(item, TextContent)]
    others = [_told(item) for item in result.content if not isinstance(item, TextContent)]
    parts = [part for part in (*texts, *others) if part]
    if not parts and result.structured is not None:
        parts = [json.dumps(result.structured, ensure_ascii=False, default=str)]
    return clipped("\n".join(parts), max_chars) if parts else "(the result is empty)"


def clipped(text: str, max_chars: int) -> str:
    """`text`, or its beginning and a note of how much is left out."""
    if len(text) <= max_chars:
        return text
    return f"{text[:max_chars]}\n[... {len(text) - max_chars:,} characters left out ...]"


def listed(tools: Sequence[ToolSpec]) -> str:
    """A tool per line, `name(argument: type, optional?: type): what it does`; below it what its arguments are."""
    return "\n".join(line for tool in tools for line in _lines(tool))


def _told(item: Content) -> str:
    if isinstance(item, ImageContent):
        return f"[{item.mime_type}, {_size(len(item.data))}]"
    assert isinstance(item, ResourceContent)
    if item.text is not None:
        return item.text
    return f"[{item.uri}]" if item.mime_type is None else f"[{item.uri}, {item.mime_type}]"


def _size(n_bytes: int) -> str:
    if n_bytes < 1000:
        return f"{n_bytes} bytes"
    return f"{n_bytes / 1e3:.0f} kB" if n_bytes < 1e6 else f"{n_bytes / 1e6:.1f} MB"


def _lines(tool: ToolSpec) -> list[str]:
    properties = _properties(tool.schema)
    required = _required(tool.schema)
    arguments = ", ".join(
        f"{name}{'' if name in required else '?'}: {_type(schema, tool.schema)}" for name, schema in properties.items()
    )
    described = " ".join(clipped(tool.description, MAX_DESCRIPTION_CHARS).split())
    lines = [f"- {tool.name}({arguments}){': ' if described else ''}{described}"]
    for name, schema in properties.items():
        words = schema.get("description")
        if isinstance(words, str) and words.strip():
            lines.append(f"    {name}: {' '.join(clipped(words, MAX_TYPE_CHARS).split())}")
    return lines


def _properties(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = schema.get("properties")
    if not isinstance(found, dict):
        return {}
    items = cast("dict[str, Any]", found).items()
    return {name: cast("dict[str, Any]", value) if isinstance(value, dict) else {} for name, value in items}


def _required(schema: dict[str, Any]) -> set[str]:
    found = schema.get("required")
    return {str(name) for name in cast("list[Any]", found)} if isinstance(found, list) else set()


def _type(schema: dict[str, Any], root: dict[str, Any]) -> str:
    return clipped(_type_of(schema, root, MAX_TYPE_DEPTH), MAX_TYPE_CHARS)


def _type_of(schema: Any, root: dict[str, Any], depth: int) -> str:
    """A schema in the manner of TypeScript."""
    if not isinstance(schema, dict) or depth == 0:
        return "any"
    known = _resolved(cast("dict[str, Any]", schema), root)
    if "const" in known:
        return _json(known["const"])
    if isinstance(known.get("enum"), list):
        return " | ".join(_json(value) for value in known["enum"])
    for key in ("anyOf", "oneOf"):
        if isinstance(known.get(key), list):
            return " | ".join(dict.fromkeys(_type_of(part, root, depth - 1) for part in known[key]))
    kind = known.get("type")
    kinds = cast("list[Any]", kind) if isinstance(kind, list) else [kind]
    return " | ".join(_type_named(one, known, root, depth) for one in kinds)


def _type_named(kind: Any, schema: dict[str, Any], root: dict[str, Any], depth: int) -> str:
    if kind == "array":
        inner = _type_of(schema.get("items"), root, depth - 1)
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if kind == "object" or (kind is None and "properties" in schema):
        properties, required = _properties(schema), _required(schema)
        if not properties:
            return "object"
        fields = (
            f"{name}{'' if name in required else '?'}: {_type_of(value, root, depth - 1)}"
            for name, value in properties.items()
        )
        return f"{{{', '.join(fields)}}}"
    return JSON_TYPES.get(kind, "any") if isinstance(kind, str) else "any"


def _resolved(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """What a reference within the document points to; the schema itself if it is none."""
    path = schema.get("$ref")
    if not isinstance(path, str) or not path.startswith("#/"):
        return schema
    found: Any = root
    for key in path[2:].split("/"):
        found = cast("dict[str, Any]", found).get(key) if isinstance(found, dict) else None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
