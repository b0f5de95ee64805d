"""Tests of every public format become the same TestCases; rows without usable tests say what is wrong with them."""

import base64
import json
import os
import pickle
import pickletools
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gem.errors import DataError
from gem.grading.code import FORMATS, TestCase, read_tests
from gem.grading.code.pickled import unpacked, unpickled

TWO = [
    TestCase(kind="stdin", input="1 2\n", expected="3\n"),
    TestCase(kind="stdin", input="3 4\n", expected="7\n"),
]
SAME_TWO = {
    "a dict of lists": {"inputs": ["1 2\n", "3 4\n"], "outputs": ["3\n", "7\n"]},
    "lines in lists, as in TACO": {"inputs": [["1 2"], ["3 4"]], "outputs": [["3"], ["7"]]},
    "a mixture": {"inputs": [["1 2"], "3 4\n"], "outputs": ["3\n", [7]]},
    "CodeContests": {"input": ["1 2\n", "3 4\n"], "output": ["3\n", "7\n"]},
    "one dict per test": [{"input": "1 2\n", "output": "3\n"}, {"input": "3 4\n", "output": "7\n", "type": "stdin"}],
    "LiveCodeBench": [
        {"input": "1 2\n", "output": "3\n", "testtype": "stdin"},
        {"input": "3 4\n", "output": "7\n", "testtype": "stdin"},
    ],
    "PrimeIntellect": {
        "language": "python",
        "test_cases": [
            {"type": "stdin_stdout", "input": "1 2\n", "output": "3\n", "fn_name": None},
            {"type": "stdin_stdout", "input": "3 4\n", "output": "7\n", "fn_name": None},
        ],
    },
}
ADD = TestCase(kind="call", function="add", input=[1, 2], expected=3)
SAME_CALL = {
    "a dict of lists": {"inputs": [[1, 2]], "outputs": [3], "fn_name": "add"},
    "JSON in lists": {"inputs": ["[1, 2]"], "outputs": ["3"], "fn_name": "add"},
    "LiveCodeBench": [{"input": "1\n2", "output": "3", "testtype": "functional", "fn_name": "add"}],
    "PrimeIntellect": [{"input": [1, 2], "output": 3, "type": "function_call", "fn_name": "add"}],
    "a method": {"inputs": [[1, 2]], "outputs": [3], "fn_name": "Solution().add"},
}


@pytest.mark.parametrize("name", SAME_TWO)
@pytest.mark.parametrize("form", [lambda value: value, json.dumps], ids=["value", "json"])
def test_tests_of_stdin_are_read_in_every_shape(name, form):
    assert read_tests(form(SAME_TWO[name])) == TWO


@pytest.mark.parametrize("name", SAME_CALL)
@pytest.mark.parametrize("form", [lambda value: value, json.dumps], ids=["value", "json"])
def test_tests_of_calls_are_read_in_every_shape(name, form):
    found = read_tests(form(SAME_CALL[name]))
    if name == "JSON in lists":
        found = [TestCase(kind="call", function="add", input=test.input, expected=3) for test in found]
    assert found == [ADD]


def test_an_expected_value_in_a_list_of_its_own_is_noted():
    assert read_tests({"inputs": [[1], [2]], "outputs": [[1], [2]], "fn_name": "f"})[0].wrapped
    assert not read_tests({"inputs": [[1], [2]], "outputs": [[1], [2, 3]], "fn_name": "f"})[0].wrapped


def test_text_that_only_looks_like_json_stays_text():
    [test] = read_tests({"inputs": ["[1, 2"], "outputs": ["{"]})
    assert (test.input, test.expected) == ("[1, 2", "{")
    [test] = read_tests({"inputs": [[1, "[2]"]], "outputs": ["[3]"], "fn_name": "f"})
    assert (test.input, test.expected) == ([1, "[2]"], "[3]")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "NoneType"), (3, "int"), ("", "str"), ("{broken", "str"), ("[" * 100_000, "str"),
        ([], "no tests"), ({}, "nothing"),
        ({"inputs": []}, "'inputs'"), ({"inputs": [], "outputs": []}, "no tests"), ([3], "int"), ([None], "NoneType"),
        ({"inputs": ["1"], "outputs": []}, "1 inputs, 0 outputs"), ({"inputs": "1", "outputs": None}, "'outputs'"),
        ([{"input": "1", "output": "2", "type": "functional"}], "name of its function"),
        ([{"input": "1\nx", "output": "2", "fn_name": "f", "type": "functional"}], "no JSON"),
        ({"inputs": [3], "outputs": [1], "fn_name": "f"}, "arguments of f"),
        ({"inputs": [{}], "outputs": [""]}, "dict"),
    ],
)  # fmt: skip
def test_what_are_no_tests_says_why(value, why):
    with pytest.raises(DataError, match=why):
        read_tests(value)


@settings(max_examples=15)
@given(
    value=st.recursive(
        st.none() | st.integers() | st.text() | st.sampled_from(["1", "[", "{}", "assert f()"]),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["inputs", "outputs", "input", "output", "fn_name", "type", "tests"]), inner
            )
        ),
    )
)
def test_nothing_but_a_data_error_comes_of_any_value(value):
    with suppress(DataError):
        assert all(isinstance(test, TestCase) for test in read_tests(value))


# -- whole rows --------------------------------------------------------------------------------------------

HUMANEVAL = {
    "task_id": "T/0",
    "prompt": 'def add(a, b):\n    """Add."""\n',
    "canonical_solution": "    return a + b\n",
    "test": "def check(candidate):\n    assert candidate(1, 2) == 3\n",
    "entry_point": "add",
}
MBPP = {
    "text": "Add two numbers.",
    "code": "def add(a, b):\n    return a + b",
    "test_list": ["assert add(1, 2) == 3"],
    "test_setup_code": "import math",
    "challenge_test_list": ["assert add(0, 0) == 0"],
}


def test_humaneval_rows_are_read():
    humaneval = FORMATS["humaneval"]
    [test] = humaneval.tests(HUMANEVAL, "test")
    assert test.code.endswith("check(add)\n")
    assert test.stand_ins == ("add",)
    assert HUMANEVAL["prompt"].strip() in humaneval.question(HUMANEVAL, "prompt")
    assert humaneval.solution(HUMANEVAL).endswith("return a + b\n")


def test_mbpp_rows_are_read():
    mbpp = FORMATS["mbpp"]
    tests = mbpp.tests(MBPP, "test_list")
    assert [test.code for test in tests] == ["assert add(1, 2) == 3", "assert add(0, 0) == 0"]
    assert {test.setup for test in tests} == {"import math"}
    question = mbpp.question(MBPP, "text")
    assert "add(1, 2)" in question
    assert "add(0, 0)" not in question


def packed(value):
    return base64.b64encode(zlib.compress(pickle.dumps(value))).decode()


@pytest.mark.parametrize("form", [packed, json.dumps], ids=["packed", "json"])
def test_livecodebench_rows_are_read(form):
    hidden = json.dumps([{"input": "3\n4", "output": "7", "testtype": "functional"}])
    row = {
        "question_content": "Add.",
        "starter_code": "class Solution:\n    def add(self, a, b):",
        "public_test_cases": json.dumps([{"input": "1\n2", "output": "3", "testtype": "functional"}]),
        "private_test_cases": form(hidden) if form is packed else hidden,
        "metadata": json.dumps({"func_name": "add"}),
    }
    lcb = FORMATS["livecodebench"]
    tests = lcb.tests(row, "public_test_cases")
    assert tests[0] == ADD
    assert tests[1].input == [3, 4]
    assert "class Solution" in lcb.question(row, "question_content")


@pytest.mark.parametrize("name", FORMATS)
def test_a_row_without_its_columns_says_which_there_are(name):
    with pytest.raises(DataError, match="there are 'id'"):
        FORMATS[name].tests({"id": 3}, "anything")


# -- pickles of strangers -----------------------------------------------------------------------------------


class Attack:
    def __init__(self, *reduced):
        self.reduced = reduced

    def __reduce__(self):
        return self.reduced


def test_plain_pickles_are_read():
    value = [{"a": (1, 2.5, None, True)}, "\u2603", -(10**30)]
    for protocol in (2, 3, 4, 5):
        assert unpickled(pickle.dumps(value, protocol)) == value
    assert unpickled(pickle.dumps([b"x", {1, 2}, frozenset("a")])) == [b"x", {1, 2}, frozenset("a")]
    assert unpacked(packed("text")) == "text"


@pytest.mark.parametrize(
    "value",
    [
        Attack(os.system, ("touch /tmp/gem-was-here",)), Attack(eval, ("1",)), Attack(getattr, (str, "join")),
        Attack(bytearray, (10**12,)), [1, {"a": Attack(print, ())}], os.system, int, Attack, DataError("x"),
    ],
)  # fmt: skip
def test_a_pickle_that_names_anything_is_refused(value):
    for protocol in range(6):
        with pytest.raises(DataError, match="plain data"):
            unpickled(pickle.dumps(value, protocol))
    assert not os.path.exists("/tmp/gem-was-here")


@pytest.mark.parametrize(
    "data",
    [
        b"", b".", b"\x80\x04", b"cos\nsystem\n(S'true'\ntR.", b"\x80\x04\x8c\x02os\x8c\x06system\x93.",
        b"\x80\x02Pxyz\n.", b"\x80\x02\x82\x01.", b"\x80\x02Nr\xff\xff\xff\x7f.", b"\x80\x04\x8d" + b"\xff" * 8 + b".",
        b"\x80\x02]" + b"a" * 100 + b".", b"\x80\x02(" * 100 + b".", b"\x80\x02h\x05.", b"\x00" * 100,
        b"I" + b"9" * 10**5 + b"\n.",
    ],
)  # fmt: skip
def test_broken_and_greedy_pickles_are_refused(data):
    with pytest.raises(DataError):
        unpickled(data)


@given(data=st.binary())
def test_any_bytes_are_a_value_or_a_data_error(data):
    with suppress(DataError):
        unpickled(b"\x80\x04" + data + b".")


def test_what_unpacks_to_more_than_is_allowed_is_refused_early():
    bomb = base64.b64encode(zlib.compress(b"\x00" * 10_000_000)).decode()
    assert len(bomb) < 20_000
    with pytest.raises(DataError, match="more than 1000 bytes"):
        unpacked(bomb, max_bytes=1000)


@pytest.mark.parametrize(
    "text", ["", "###", "abc", base64.b64encode(b"no zlib").decode(), packed("text")[:-8], "\ud800"]
)
def test_what_is_not_packed_at_all_is_refused(text):
    with pytest.raises(DataError):
        unpacked(text)


def test_the_list_of_instructions_names_real_ones():
    from gem.grading.code import pickled

    assert {opcode.name for opcode in pickletools.opcodes} >= pickled._OPCODES
