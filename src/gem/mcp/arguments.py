"""Whether a call fits the tools that there are, told before it is sent: each mistake by the name of its field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from gem._extras import need
from gem.build import closest
from gem.mcp.protocol import CallResult, TextContent, ToolSpec

MAX_COMPLAINTS = 3
PLAIN_TYPES = {"string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,)}
PLAIN_KEYS = {"type", "title", "description", "default", "examples"}
"""What may stand in a schema that is plain: beside the type, words that allow and forbid nothing."""
PLAIN_ROOT_KEYS = PLAIN_KEYS | {"properties", "required", "additionalProperties", "$schema"}
MAX_COMPLAINT_CHARS = 200
MAX_NAMES = 20
MAX_NAME_CHARS = 100


class Checker:
    """Checks calls of one list of tools; schemas are read once."""

    def __init__(self, tools: Mapping[str, ToolSpec]) -> None:
        self._tools = tools
        self._validators: dict[str, Any] = {}
        self._plain = {name: _plain_types(tool.schema) for name, tool in tools.items()}

    def complaint(self, name: str, arguments: dict[str, Any]) -> str | None:
        """What is wrong with a call, in sentences for its author; None if nothing is."""
        spec = self._tools.get(name)
        if spec is None:
            return self._unknown(name)
        if unsendable := _unsendable(arguments):
            return f"The arguments of {name} cannot be sent: {unsendable}."
        if _plainly_fits(spec.schema, self._plain[name], arguments):
            return None
        found = self._misfits(spec, arguments)
        return f"The arguments of {name} do not fit: {'; '.join(found)}." if found else None

    def _unknown(self, name: str) -> str:
        known = list(self._tools)
        listed = ", ".join(known[:MAX_NAMES]) + (", …" if len(known) > MAX_NAMES else "")
        short = name[:MAX_NAME_CHARS]
        return f"There is no tool {short!r}.{closest(short, known)} There are: {listed or 'none'}."

    def _misfits(self, spec: ToolSpec, arguments: dict[str, Any]) -> list[str]:
        """Sentences on the first few; none where the schema itself is broken, which the server will notice."""
        jsonschema = need("jsonschema", extra="mcp")
        unresolvable = need("referencing.exceptions", extra="mcp").Unresolvable
        try:
            if spec.name not in self._validators:
                self._validators[spec.name] = _validator(spec.schema)
            errors = self._validators[spec.name].iter_errors(arguments)
            first = [error for error, _ in zip(errors, range(MAX_COMPLAINTS), strict=False)]
        except (jsonschema.SchemaError, unresolvable, re.error, RecursionError, AttributeError, TypeError):
            return []
        return [_sentence(error) for error in first]


def refusal(why: str) -> CallResult:
    """The result of a call that is not made."""
    return CallResult((TextContent(why),), is_error=True)


def _plain_types(schema: dict[str, Any]) -> dict[str, tuple[type, ...]] | None:
    """The Python types of the arguments, None unless the schema says nothing beyond types and what is required.

    Most schemas are of this kind, and to check them so takes 2 µs, by `jsonschema` 50 µs: an eighth of a whole call.
    """
    found: Any = schema.get("properties") or {}
    if schema.get("type") != "object" or not PLAIN_ROOT_KEYS.issuperset(schema) or not isinstance(found, dict):
        return None
    properties = cast("dict[str, Any]", found)
    if not isinstance(schema.get("required") or [], list) or not all(map(_is_plain, properties.values())):
        return None
    return {name: PLAIN_TYPES[inner["type"]] for name, inner in properties.items()}


def _is_plain(schema: Any) -> bool:
    """Whether one argument's schema is its type and no more."""
    if not isinstance(schema, dict):
        return False
    inner = cast("dict[str, Any]", schema)
    return PLAIN_KEYS.issuperset(inner) and inner.get("type") in list(PLAIN_TYPES)


def _plainly_fits(schema: dict[str, Any], types: dict[str, tuple[type, ...]] | None, arguments: dict[str, Any]) -> bool:
    """Whether the arguments fit without any doubt; else `jsonschema` has the say."""
    if types is None or not all(name in arguments for name in schema.get("required") or ()):
        return False
    return all(type(value) in types.get(name, ()) for name, value in arguments.items())


def _validator(schema: dict[str, Any]) -> Any:
    """Of the schema's own dialect. A reference that leads out of the document is never followed."""
    jsonschema, registry = need("jsonschema", extra="mcp"), need("referencing", extra="mcp").Registry()
    dialect = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    dialect.check_schema(schema)
    return dialect(schema, registry=registry)


def _sentence(error: Any) -> str:
    """One mistake: where it is, and what it is."""
    place = ".".join(str(step) for step in error.absolute_path)
    message = str(error.message)
    if len(message) > MAX_COMPLAINT_CHARS:  # it quotes the value, which may be a megabyte
        message = f"{message[: MAX_COMPLAINT_CHARS // 2]} … {message[-MAX_COMPLAINT_CHARS // 2 :]}"
    hint = ""
    if error.validator == "additionalProperties":
        known = [str(name) for name in error.schema.get("properties") or ()]
        strange = [name for name in error.instance if name not in known]
        hint = closest(str(strange[0])[:MAX_NAME_CHARS], known).rstrip("?") if strange else ""
        hint = f" ({hint.strip()}?)" if hint else f" (there are: {', '.join(known) or 'none'})"
    return f"{place}: {message}{hint}" if place else f"{message}{hint}"


def _unsendable(arguments: dict[str, Any]) -> str | None:
    """Why JSON in UTF-8 cannot hold the arguments; None if it can."""
    try:
        _encode(arguments).encode()
    except UnicodeEncodeError:
        return "a text holds half a surrogate pair, which is no character"
    except RecursionError:
        return "they are nested too deep"
    except ValueError:
        return "a number is infinite, or none"
    except TypeError as error:
        return str(error)
    return None


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
