"""What travels to other processes: finding what does not, and making errors that do."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any, cast

DEPTH = 6
"""How far down to look for the culprit."""


Dumps = Callable[[Any], bytes]
"""A way of pickling: the standard library's, or one that knows more."""


def pack(message: Any) -> bytes:
    """A message as bytes."""
    return pickle.dumps(message, pickle.HIGHEST_PROTOCOL)


def travels(value: Any, dumps: Dumps = pack) -> bool:
    """Whether it can be pickled."""
    try:
        dumps(value)
    except Exception:  # noqa: BLE001 - pickling calls anybody's code
        return False
    return True


def unpicklable(value: Any, name: str, dumps: Dumps = pack) -> str:
    """Which part of `value` cannot be pickled, and what it is, in words: "info['lock'] is a lock"."""
    for path, part in _parts(value, name):
        if path.count(".") + path.count("[") <= DEPTH and not travels(part, dumps):
            return unpicklable(part, path, dumps)
    return f"{name} is a {type(value).__module__}.{type(value).__qualname__}, which cannot be pickled"


def portable_error(error: Exception) -> Exception:
    """The error if it survives the journey, else another one with its words; its traceback becomes a note."""
    text = "".join(traceback.format_exception(error))
    try:
        survives = type(pickle.loads(pickle.dumps(error))) is type(error)
    except Exception:  # noqa: BLE001 - an exception's own code runs here
        survives = False
    if not survives:
        error = RuntimeError(f"{type(error).__name__}: {error}")
    error.add_note(f"In the worker:\n{text}")
    return error


def _parts(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """What `value` consists of, by name."""
    if isinstance(value, Mapping):
        for key, part in cast("Mapping[Any, Any]", value).items():
            yield f"{name}[{key!r}]", part
    elif hasattr(value, "_fields"):  # a named tuple
        for field in value._fields:
            yield f"{name}.{field}", getattr(value, field)
    elif isinstance(value, (list, tuple)):
        for index, part in enumerate(cast("list[Any]", value)):
            yield f"{name}[{index}]", part
    elif isinstance(value, partial):
        of = cast("partial[Any]", value)
        yield f"{name}.func", of.func
        yield from _parts(of.args, f"{name}.args")
        yield from _parts(of.keywords, f"{name}.keywords")
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield f"{name}.{field.name}", getattr(value, field.name)
    elif not isinstance(value, type) and hasattr(value, "__dict__"):
        for attribute, part in cast("dict[str, Any]", vars(value)).items():
            yield f"{name}.{attribute}", part
