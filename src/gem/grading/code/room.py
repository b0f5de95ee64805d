"""What stands in the sandbox around a solution, or around tests that ask for one. The standard library only.

`gem.grading.code.programs` puts its text at the head of a program, so it imports nothing of gem. There are two kinds
of rooms. In one, `play` answers calls with the solution, and knows no test. In the other, `examine` runs the test,
knows no solution, and says which calls it needs answered. Only data pass between them, through the host: so a
solution can return what it likes, but never reach what judges it. Whatever it forges is just one more answer.
"""

# pyright: standard
# The values here are of any kind: strict typing would say so in every line.

import ast
import builtins
import io
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

MAX_JSON_INT = 2**63
LEETCODE = """
import bisect, collections, functools, heapq, itertools, math, operator, random, re, string, sys
from bisect import *
from collections import *
from functools import *
from heapq import *
from itertools import *
from math import *
from typing import *
"""
"""What LeetCode has imported before a solution begins."""


# -- values as JSON: what JSON lacks is an object with a single key, its kind -----------------------------


class Opaque:
    """A value of another room that cannot travel; its methods can be called if it has a number there."""

    def __init__(self, number: int | None, text: str) -> None:
        self.number, self.text = number, text

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or self.number is None:
            raise AttributeError(name)
        return lambda *args, **kwargs: ask([{"ref": self.number}, name], args, kwargs)

    def __repr__(self) -> str:
        return self.text


def encode(value: Any) -> Any:
    """`value` as JSON; iterators are used up, and what is no data becomes a description of itself."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value) if abs(value) < MAX_JSON_INT else {"int": hex(value)}
    if isinstance(value, float):
        return float(value)
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": value.hex()}
    if isinstance(value, list):
        return _items(value)
    for kind in (tuple, set, frozenset):
        if isinstance(value, kind):
            return {kind.__name__: _items(value)}
    if isinstance(value, dict):
        return {"dict": [[encode(key), encode(item)] for key, item in value.items()]}
    if isinstance(value, Opaque):
        return {"opaque": value.text} if value.number is None else {"ref": value.number}
    if callable(getattr(value, "tolist", None)):
        return encode(value.tolist())
    if isinstance(value, Iterable) and not isinstance(value, type):
        return {"iterator": _items(value)}
    return {"opaque": repr(value)[:1000]}


def _items(values: Iterable[Any]) -> list[Any]:
    return [encode(item) for item in values]


def decode(tree: Any, values: "list[Any] | None" = None) -> Any:
    """What `encode` was given; a `ref` is looked up in `values`, and stays one where there are none."""
    if isinstance(tree, list):
        return [decode(item, values) for item in tree]
    if not isinstance(tree, dict):
        return tree
    [(kind, content)] = tree.items()
    if kind == "ref":
        return Opaque(content, f"<value {content}>") if values is None else values[content]
    if kind == "opaque":
        return Opaque(None, content)
    return _BUILDERS[kind](content, values)


_BUILDERS: dict[str, Callable[[Any, Any], Any]] = {
    "int": lambda text, _: int(text, 16),
    "complex": lambda parts, _: complex(*parts),
    "bytes": lambda text, _: bytes.fromhex(text),
    "tuple": lambda items, values: tuple(decode(items, values)),
    "set": lambda items, values: set(decode(items, values)),
    "frozenset": lambda items, values: frozenset(decode(items, values)),
    "iterator": lambda items, values: iter(decode(items, values)),
    "dict": lambda pairs, values: {decode(key, values): decode(item, values) for key, item in pairs},
}


# -- the room of the solution -----------------------------------------------------------------------------


def play(solution: str, setup: str = "") -> None:
    """Answer the calls that stdin asks for, one line each: the value, or the exception."""
    request = _request()
    names = _namespace("solution")
    if "class Solution" in solution:
        _run(LEETCODE, "leetcode.py", names)
    _run(setup, "setup.py", names)
    try:
        _run(solution, "solution.py", names)
    except Exception as error:  # noqa: BLE001 - the solution's own
        _print_traceback(error)
        sys.exit(1)
    values: list[Any] = []
    for call in request["calls"]:
        target, args, kwargs = json.loads(call)
        _say(request["nonce"], _answer(names, values, target, args, kwargs))


def _answer(names: "dict[str, Any]", values: "list[Any]", target: Any, args: Any, kwargs: Any) -> "dict[str, Any]":
    """Call the target, which is a name, or a method of an earlier value; the value is kept for later calls."""
    try:
        function = _function(names, values, target)
        before = json.dumps(args)
        decoded = decode(args, values)
        value = function(*decoded, **decode(kwargs, values))
        values.append(value)
        tree = encode(value)
        if isinstance(tree, dict) and "opaque" in tree:
            tree = {"ref": len(values) - 1}
        answer = {"value": tree}
        changed = encode(decoded)
        return answer if json.dumps(changed) == before else {**answer, "args": changed}
    except Exception as error:  # noqa: BLE001 - the solution's own
        values.append(None)
        _print_traceback(error)
        return {"error": [type(error).__name__, str(error)[:1000]]}


def _function(names: "dict[str, Any]", values: "list[Any]", target: Any) -> Any:
    if isinstance(target, list):
        return getattr(decode(target[0], values), target[1])
    if target not in names and "Solution" in names:
        return getattr(names["Solution"](), target)
    if target not in names:
        raise NameError(f"the program defines no {target}")
    return names[target]


def _print_traceback(error: Exception) -> None:
    """As Python does, without this file's part of it."""
    trace = error.__traceback__
    while trace and trace.tb_frame.f_code.co_filename == _run.__code__.co_filename:
        trace = trace.tb_next
    traceback.print_exception(error.with_traceback(trace))


# -- the room of the test ---------------------------------------------------------------------------------


class Unanswered(BaseException):
    """The test needs a call that has no answer yet; no `except Exception` of a test holds it up."""


_known: dict[str, Any] = {}
"""Calls as text, with their answers."""
_asked: list[str] = []


def examine(setup: str = "", stand_ins: "tuple[str, ...]" = ()) -> None:
    """Run the test that stdin has with the answers that stand there, and say how it ended or what it asks.

    Calls of names that neither the test nor its setup knows are asked for, and so are those of `stand_ins`.
    While any is open, the rest of the test is still gone through, to ask for as much as possible at once.
    """
    request = _request()
    _known.update(request["answers"])
    names = _namespace("examination")
    _run(setup, "setup.py", names)
    tree = ast.parse(request["test"])
    modules = _modules_used(tree)
    for name in (*stand_ins, *sorted(_unknown_names(tree) - names.keys())):
        names[name] = import_module(name) if name in modules and name not in stand_ins else _stand_in(name)
    names["__unanswered__"] = Unanswered
    tree = ast.fix_missing_locations(_Patience().visit(tree))
    outcome = _outcome(compile(tree, "test.py", "exec"), names)
    _say(request["nonce"], {"asked": _asked} if _asked else outcome)


def _outcome(code: Any, names: "dict[str, Any]") -> "dict[str, Any]":
    try:
        FunctionType(code, names)()
    except Unanswered:
        return {}
    except AssertionError as error:
        return {"failed": str(error)[:1000]}
    except Exception as error:  # noqa: BLE001 - the answer was not what the test can work with
        return {"raised": f"{type(error).__name__}: {str(error)[:1000]}"}
    return {"passed": True}


def ask(target: Any, args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> Any:
    """The answer to a call; `Unanswered` if there is none yet."""
    call = json.dumps([target, [encode(arg) for arg in args], {"dict": [[key, encode(kwargs[key])] for key in kwargs]}])
    if call not in _known:
        if call not in _asked:
            _asked.append(call)
        raise Unanswered
    answer = _known[call]
    if "error" in answer:
        raise _exception(*answer["error"])
    for arg, now in zip(args, answer.get("args", ()), strict=False):
        if isinstance(arg, list):
            arg[:] = decode(now)
        elif isinstance(arg, (dict, set)):
            arg.clear()
            arg.update(decode(now))
    return decode(answer["value"])


def _exception(name: str, message: str) -> Exception:
    """The one that the solution raised, if it is one of Python's own that a message makes.

    None that ends an iteration: `all(map(…))` would be true of a solution that raises it.
    """
    kind = getattr(builtins, name, None)
    odd = (UnicodeError, BaseExceptionGroup, StopIteration, StopAsyncIteration)
    if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, odd):
        return kind(message)
    return RuntimeError(f"{name}: {message}")


def _stand_in(name: str) -> Callable[..., Any]:
    return lambda *args, **kwargs: ask(name, args, kwargs)


def _unknown_names(tree: ast.AST) -> "set[str]":
    """Names that the test reads and that it gets from nowhere."""
    known = set(dir(builtins))
    read: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else known).add(node.id)
        elif isinstance(node, ast.arg):
            known.add(node.arg)
        elif isinstance(node, ast.alias):
            known.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)):
            known.add(node.name or "")
    return read - known


def _modules_used(tree: ast.AST) -> "set[str]":
    """Modules of the standard library that the test uses; some tests leave it to the solution to import them."""
    owners = (node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return {owner.id for owner in owners if isinstance(owner, ast.Name)} & sys.stdlib_module_names


class _Patience(ast.NodeTransformer):
    """Goes on after an assertion, or a round of a loop, whose calls are open."""

    def visit_Assert(self, node: ast.Assert) -> ast.stmt:
        return _patient([node])

    def visit_For(self, node: ast.For) -> ast.stmt:
        self.generic_visit(node)
        node.body = [_patient(node.body)]
        return node


def _patient(body: "list[ast.stmt]") -> ast.stmt:
    skip = ast.ExceptHandler(type=ast.Name(id="__unanswered__", ctx=ast.Load()), name=None, body=[ast.Pass()])
    return ast.copy_location(ast.Try(body=body, handlers=[skip], orelse=[], finalbody=[]), body[0])


# -- both ---------------------------------------------------------------------------------------------------


def _request() -> Any:
    """What the host asks; from here on, stdin is empty."""
    request = json.loads(sys.stdin.buffer.read())
    sys.stdin = io.TextIOWrapper(io.BytesIO())
    return request


def _namespace(name: str) -> "dict[str, Any]":
    module = sys.modules[name] = ModuleType(name)
    return vars(module)


def _run(source: str, file: str, names: "dict[str, Any]") -> None:
    FunctionType(compile(source, file, "exec", dont_inherit=True), names)()


def _say(nonce: str, message: Any) -> None:
    """A line for the host, past whatever the solution made of `sys.stdout`."""
    line = f"\n{nonce} {json.dumps(message)}\n".encode()
    while line:
        line = line[os.write(1, line) :]
