"""Optional dependencies: import one where it is used, or say what to install."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from gem.errors import MissingExtra


def need(module: str, *, extra: str) -> ModuleType:
    """Import `module`, which belongs to the optional dependencies `extra`.

    Raises `MissingExtra` with the command that installs it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtra(f"{module!r} is not installed. Run: pip install 'gem-gym[{extra}]'") from error
