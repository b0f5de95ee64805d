"""Pickles of plain data from strangers: LiveCodeBench keeps its private tests as base64 of zlib of pickle.

Reads them without running anything: only instructions that build text, bytes, numbers and containers pass.
"""

from __future__ import annotations

import base64
import binascii
import io
import pickle
import pickletools
import zlib
from typing import Any, NoReturn

from gem.errors import DataError

MAX_BYTES = 64 * 2**20
"""What a compressed text may unpack to."""
MAX_INSTRUCTIONS = 2_000_000
"""How many steps a pickle may take to build its value: tests of thousands of cases need some ten thousand."""

_PLAIN = """
    PROTO FRAME STOP MARK MEMOIZE BINPUT LONG_BINPUT BINGET LONG_BINGET NONE NEWTRUE NEWFALSE
    BININT BININT1 BININT2 LONG1 BINFLOAT SHORT_BINUNICODE BINUNICODE BINUNICODE8 SHORT_BINBYTES BINBYTES BINBYTES8
    EMPTY_LIST APPEND APPENDS LIST EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_DICT SETITEM SETITEMS DICT
    EMPTY_SET ADDITEMS FROZENSET
"""
_OPCODES = frozenset(_PLAIN.split())
"""All that plain data need; nothing here finds a name, calls or imports."""


def unpacked(text: str, max_bytes: int = MAX_BYTES) -> Any:
    """The value behind base64 of zlib of pickle. Raises `DataError` for anything but plain data of bounded size."""
    try:
        packed = base64.b64decode(text, validate=True)
        unzipper = zlib.decompressobj()
        data = unzipper.decompress(packed, max_bytes)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise DataError(f"not base64 of zlib: {error}") from error
    if unzipper.unconsumed_tail or not unzipper.eof:
        raise DataError(f"unpacks to more than {max_bytes} bytes, or is cut off")
    return unpickled(data)


def unpickled(data: bytes) -> Any:
    """The plain value that was pickled. Raises `DataError` for any other pickle, before anything of it is built."""
    try:
        _check_instructions(data)
        return _PlainUnpickler(io.BytesIO(data)).load()
    except DataError:
        raise
    except Exception as error:  # the unpickler raises whatever comes to it for broken data
        raise DataError(f"a broken pickle: {type(error).__name__}: {error}") from error


def _check_instructions(data: bytes) -> None:
    for number, (opcode, argument, _) in enumerate(pickletools.genops(data)):
        if number >= MAX_INSTRUCTIONS:
            raise DataError(f"a pickle of more than {MAX_INSTRUCTIONS} instructions")
        if opcode.name not in _OPCODES:
            raise DataError(f"a pickle that does more than hold plain data ({opcode.name})")
        if opcode.name == "LONG_BINPUT" and int(argument or 0) > len(data):
            raise DataError("a pickle that asks for memory without end")


class _PlainUnpickler(pickle.Unpickler):
    """Finds no class, should the list of instructions ever let one pass."""

    def find_class(self, module_name: str, global_name: str) -> NoReturn:
        raise DataError(f"a pickle that asks for {module_name}.{global_name}")

    def persistent_load(self, pid: Any) -> NoReturn:
        raise DataError(f"a pickle that asks for {pid!r}")
