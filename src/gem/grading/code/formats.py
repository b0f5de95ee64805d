"""Tests as public data sets keep them, made into `TestCase`s. Reads rows; fetches nothing.

APPS, TACO, CodeContests and PrimeIntellect have one dict per problem or one per test, LiveCodeBench the latter with
half of them pickled, HumanEval and MBPP have assertions. A row without usable tests is a `DataError` that says why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from gem.errors import DataError
from gem.grading.code.pickled import unpacked
from gem.grading.code.test_case import TestCase

Row = Mapping[str, Any]

INPUTS, OUTPUTS = ("inputs", "input"), ("outputs", "output")
FUNCTIONS = ("fn_name", "func_name", "function_name")
KINDS = ("type", "testtype")
IN_A_LIST = ("test_cases", "tests")
"""Keys that data sets use for the same thing."""
_DEFINED = re.compile(r"^(?:def|class)\s+(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Format:
    """Where the rows of a data set have what an env asks of them."""

    question: Callable[[Row, str], str]
    """The text for the agent, from a row and the name of its question column."""
    tests: Callable[[Row, str], list[TestCase]]
    """The tests, from a row and the name of its test column."""
    solution: Callable[[Row], str | None]
    """A program that passes, if the row has one."""


def read_tests(value: Any) -> list[TestCase]:
    """The tests in a dict of lists, a list of dicts, or JSON of either. Raises `DataError` where there are none."""
    value = _parsed(value)
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, Any]", value)
        inner = _first(fields, IN_A_LIST)
        tests = read_tests(inner) if inner is not None else _of_dict(fields)
    elif isinstance(value, list):
        tests = [test for item in cast("list[Any]", value) for test in _of_item(item)]
    else:
        raise DataError(f"tests are a dict, a list or JSON of one, not {type(value).__name__}")
    if not tests:
        raise DataError("there are no tests")
    return tests


# -- one dict with all tests, or one per test -------------------------------------------------------------


def _of_item(item: Any) -> list[TestCase]:
    item = _parsed(item)
    if isinstance(item, str) and "assert" in item:
        return [TestCase(kind="assert", code=item)]
    if not isinstance(item, Mapping):
        raise DataError(f"a test is a dict, not {type(item).__name__}")
    fields = cast("Mapping[str, Any]", item)
    return _of_dict(fields) if "inputs" in fields else [_single(fields)]


def _of_dict(fields: Mapping[str, Any]) -> list[TestCase]:
    given, wanted = _given_and_wanted(fields)
    if not (isinstance(given, list) and isinstance(wanted, list)):
        return [_single(fields)]
    inputs, outputs = cast("list[Any]", given), cast("list[Any]", wanted)
    if len(inputs) != len(outputs):
        raise DataError(f"{len(inputs)} inputs, {len(outputs)} outputs")
    function = str(_first(fields, FUNCTIONS) or "")
    if not function:
        return [_stdin(one, other) for one, other in zip(inputs, outputs, strict=True)]
    wrapped = all(isinstance(value, list) and len(cast("list[Any]", value)) == 1 for value in outputs)
    return [_call(function, one, other, wrapped) for one, other in zip(inputs, outputs, strict=True)]


def _given_and_wanted(fields: Mapping[str, Any]) -> tuple[Any, Any]:
    given, wanted = _first(fields, INPUTS), _first(fields, OUTPUTS)
    if given is None or wanted is None:
        raise DataError(f"tests need inputs and outputs, and have {', '.join(map(repr, fields)) or 'nothing'}")
    return given, wanted


def _single(fields: Mapping[str, Any]) -> TestCase:
    """The test of a dict with one input; a functional one has its arguments as a list, or as lines of JSON."""
    given, wanted = _given_and_wanted(fields)
    kind, function = str(_first(fields, KINDS) or ""), str(_first(fields, FUNCTIONS) or "")
    if kind in ("stdin", "stdin_stdout") or not (function or kind):
        return _stdin(given, wanted)
    if not function:
        raise DataError(f"a test of type {kind!r} without the name of its function")
    if isinstance(given, str):
        args = [_json(line) for line in given.split("\n") if line.strip()]
        return _call(function, args, _json(wanted) if isinstance(wanted, str) else wanted, wrapped=False)
    return _call(function, given, wanted, wrapped=isinstance(wanted, list) and len(cast("list[Any]", wanted)) == 1)


def _stdin(given: Any, wanted: Any) -> TestCase:
    return TestCase(kind="stdin", input=_text(given), expected=_text(wanted))


def _call(function: str, args: Any, wanted: Any, wrapped: bool) -> TestCase:
    if isinstance(args, str):
        args, wanted = _parsed(args), _parsed(wanted)
    if not isinstance(args, list):
        raise DataError(f"the arguments of {function} are a list, not {type(args).__name__}")
    name = function.removeprefix("Solution().").removeprefix("Solution.")
    return TestCase(kind="call", function=name, input=cast("list[Any]", args), expected=wanted, wrapped=wrapped)


def _text(value: Any) -> str:
    """Text as a program reads or prints it: the items of a list are lines."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(f"{_text(line)}\n" for line in cast("list[Any]", value))
    if value is None or isinstance(value, (bool, int, float)):
        return str(value)
    raise DataError(f"stdin and stdout are text, not {type(value).__name__}")


def _parsed(value: Any) -> Any:
    """A value that may be JSON text; other text stays as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"a value of a functional test is no JSON: {text[:60]!r}") from error


def _first(fields: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((fields[name] for name in names if fields.get(name) is not None), None)


# -- whole rows -------------------------------------------------------------------------------------------


def _column(row: Row, key: str) -> Any:
    if row.get(key) is None:
        raise DataError(f"no column {key!r}; there are {', '.join(map(repr, row))}")
    return row[key]


def _plain_question(row: Row, key: str) -> str:
    return str(_column(row, key))


def _plain_tests(row: Row, key: str) -> list[TestCase]:
    return read_tests(_column(row, key))


def _plain_solution(row: Row) -> str | None:
    """One of the solutions that a row of APPS or TACO lists, or its only one."""
    found = _parsed(_first(row, ("solution", "solutions", "reference")))
    if isinstance(found, list):
        found = cast("list[Any]", found)[0] if found else None
    return found if isinstance(found, str) and found.strip() else None


def _livecodebench_question(row: Row, key: str) -> str:
    starter = str(row.get("starter_code") or "").rstrip()
    rest = f"\n\nBegin with this code:\n\n{starter}\n" if starter else "\n\nRead from stdin and print to stdout.\n"
    return _plain_question(row, key) + rest


def _livecodebench_tests(row: Row, key: str) -> list[TestCase]:
    public, private = _parsed(_column(row, key)), row.get("private_test_cases")
    if isinstance(private, str) and private.strip() and private.lstrip()[0] not in "[{":
        private = unpacked(private)
    metadata = _parsed(row.get("metadata"))
    function = cast("dict[str, Any]", metadata).get("func_name") if isinstance(metadata, dict) else None
    items: list[Any] = []
    for part in (public, _parsed(private)):
        items += cast("list[Any]", part) if isinstance(part, list) else []
    return read_tests([{**_mapping(item), "fn_name": function} for item in items])


def _mapping(item: Any) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise DataError(f"a test is a dict, not {type(item).__name__}")
    return dict(cast("Mapping[str, Any]", item))


def _humaneval_tests(row: Row, key: str) -> list[TestCase]:
    name, test = str(_column(row, "entry_point")), str(_column(row, key))
    code = f"{test}\n\ncheck({name})\n"
    return [TestCase(kind="assert", code=code, setup=str(_column(row, "prompt")), stand_ins=(name,))]


def _humaneval_question(row: Row, key: str) -> str:
    return f"Complete this function, and give the whole of it:\n\n{_plain_question(row, key).rstrip()}\n"


def _humaneval_solution(row: Row) -> str | None:
    body = row.get("canonical_solution")
    return f"{row['prompt']}{body}" if body else None


def _mbpp_tests(row: Row, key: str) -> list[TestCase]:
    setup = "\n".join([str(row.get("test_setup_code") or ""), *map(str, row.get("test_imports") or ())])
    listed = [*_column(row, key), *(row.get("challenge_test_list") or ())]
    if not listed:
        raise DataError("there are no tests")
    text = "\n".join(map(str, listed))
    defined = dict.fromkeys(_DEFINED.findall(str(row.get("code") or "")))
    names = tuple(name for name in defined if re.search(rf"\b{name}\b", text))  # one of them is called `sum`
    return [TestCase(kind="assert", code=str(code), setup=setup.strip(), stand_ins=names) for code in listed]


def _mbpp_question(row: Row, key: str) -> str:
    shown = "\n".join(map(str, row.get("test_list") or ()))
    return f"{_plain_question(row, key).rstrip()}\n\nYour code is to pass these tests:\n\n{shown}\n"


FORMATS: dict[str, Format] = {
    "tests": Format(_plain_question, _plain_tests, _plain_solution),
    "livecodebench": Format(_livecodebench_question, _livecodebench_tests, _plain_solution),
    "humaneval": Format(_humaneval_question, _humaneval_tests, _humaneval_solution),
    "mbpp": Format(_mbpp_question, _mbpp_tests, lambda row: row.get("code")),
}
"""How rows are read, by name: "tests" takes whatever shape stands in the test column."""
