"""Python values as JSON and back: numbers, text, bytes, lists, tuples, sets, dicts, enums, arrays, dataclasses.

Reading builds only dataclasses, enums and named tuples of modules that are already imported: an
untrusted text can hold wrong values, but runs no code. Snapshots use it.
"""

from __future__ import annotations

import base64
import dataclasses
import enum
import json
import sys
from collections import deque
from typing import Any, cast

import numpy as np

from gem.errors import SnapshotMismatch, SnapshotUnsupported

SCALARS = frozenset({bool, int, float, str})
CONTAINERS = frozenset({list, tuple, set, dict})


def dumps(value: Any) -> str:
    """One line of JSON. Raises `SnapshotUnsupported` for values of other kinds."""
    return json.dumps(_encode(value))


def loads(text: str) -> Any:
    """What `dumps` wrote. Raises `SnapshotMismatch` for any other text."""
    try:
        return _decode(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SnapshotMismatch(f"no value that this version of gem wrote: {error}") from error


def _encode(value: Any) -> Any:
    """`value` as plain JSON: what JSON lacks becomes `{"$kind": …}`."""
    match value:
        case enum.Enum():
            return {"$enum": _type_name(value), "name": value.name}
        case np.generic():
            return _encode(cast("Any", value).item())
        case None | bool() | int() | float() | str() if value is None or type(value) in SCALARS:
            return value
        case tuple() if hasattr(cast("Any", value), "_fields"):
            items = cast("tuple[Any, ...]", value)
            return {"$namedtuple": _type_name(items), "items": [_encode(item) for item in items]}
        case list() | tuple() | set() | dict() if type(cast("object", value)) not in CONTAINERS:
            raise _unsupported(cast("object", value))  # it would come back as the plain container
        case list():
            return [_encode(item) for item in cast("list[Any]", value)]
        case tuple():
            return {"$tuple": [_encode(item) for item in cast("tuple[Any, ...]", value)]}
        case set() | frozenset():
            members = cast("set[Any]", value)
            return {f"${type(members).__name__}": [_encode(item) for item in members]}
        case deque():
            queue = cast("deque[Any]", value)
            return {"$deque": [_encode(item) for item in queue], "maxlen": queue.maxlen}
        case bytes():
            return {"$bytes": base64.b64encode(value).decode("ascii")}
        case dict():
            pairs = cast("dict[Any, Any]", value).items()
            return {"$dict": [[_encode(key), _encode(item)] for key, item in pairs]}
        case np.ndarray() if not (array := cast("np.ndarray[Any, Any]", value)).dtype.hasobject:
            data = base64.b64encode(array.tobytes()).decode("ascii")
            return {"$array": data, "dtype": array.dtype.str, "shape": list(array.shape)}
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {field.name: _encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
            return {"$dataclass": _type_name(value), "fields": fields}
        case _:
            raise _unsupported(value)


def _unsupported(value: object) -> SnapshotUnsupported:
    return SnapshotUnsupported(f"a {type(value).__name__} cannot be written as JSON; pickle the snapshot instead")


def _decode(value: Any) -> Any:
    match value:
        case list():
            return [_decode(item) for item in cast("list[Any]", value)]
        case {"$tuple": items}:
            return tuple(_decode(items))
        case {"$namedtuple": name, "items": items}:
            return cast("Any", tuple).__new__(_known_type(name), _decode(items))
        case {"$set": items}:
            return set(_decode(items))
        case {"$frozenset": items}:
            return frozenset(_decode(items))
        case {"$deque": items, "maxlen": maxlen}:
            return deque(_decode(items), maxlen)
        case {"$bytes": data}:
            return base64.b64decode(data)
        case {"$dict": pairs}:
            return {_decode(key): _decode(item) for key, item in pairs}
        case {"$array": data, "dtype": dtype, "shape": shape}:
            return np.frombuffer(base64.b64decode(data), dtype).reshape(shape).copy()
        case {"$enum": name, "name": member}:
            return _known_type(name)[member]
        case {"$dataclass": name, "fields": fields}:
            return _build_dataclass(_known_type(name), {key: _decode(item) for key, item in fields.items()})
        case _:
            return value


def _type_name(value: object) -> str:
    return f"{type(value).__module__}:{type(value).__qualname__}"


def _known_type(name: str) -> Any:
    """The dataclass, enum or named tuple called `module:Class` in a module that is already imported."""
    module, _, path = name.partition(":")
    found: Any = sys.modules.get(module)
    for part in path.split("."):
        found = getattr(found, part, None)
    if _is_value_type(found):
        return found
    raise SnapshotMismatch(f"{name!r} is no dataclass, enum or named tuple of an imported module")


def _is_value_type(kind: Any) -> bool:
    if not isinstance(kind, type):
        return False
    named_tuple = issubclass(kind, tuple) and hasattr(cast("object", kind), "_fields")
    return named_tuple or dataclasses.is_dataclass(cast("object", kind)) or issubclass(kind, enum.Enum)


def _build_dataclass(kind: Any, fields: dict[str, Any]) -> Any:
    """Set the fields directly: `__post_init__` belongs to a new value, not to a remembered one."""
    built: Any = object.__new__(kind)
    for field in dataclasses.fields(kind):
        object.__setattr__(built, field.name, fields[field.name])
    return built
