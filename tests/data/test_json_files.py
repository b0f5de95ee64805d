"""Rows of JSON files: what is a row, what is an error, and with which line."""

import gzip
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem import data
from gem.data import json_files
from gem.errors import DataError

ROWS = [{"q": "1+1", "a": 2}, {"q": "é😀\u2028", "a": None}, {"q": "", "tests": {"inputs": ["1\n"], "n": [[1]]}}]


def written(tmp_path, content, name="rows.jsonl"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def lines(rows, end="\n"):
    return "".join(json.dumps(row, ensure_ascii=False) + end for row in rows).encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", lines(ROWS)),
        ("a.ndjson", lines(ROWS)),
        ("CAPITALS.JSONL", lines(ROWS)),
        ("crlf.jsonl", lines(ROWS, "\r\n")),
        ("no_last_newline.jsonl", lines(ROWS).rstrip()),
        ("bom.jsonl", b"\xef\xbb\xbf" + lines(ROWS)),
        ("blank.jsonl", b"\n \t\r\n" + lines(ROWS, "\n\n  \n") + b"\n   "),
        ("packed.jsonl.gz", gzip.compress(lines(ROWS), mtime=0)),
        ("list.json", json.dumps(ROWS, indent=1).encode()),
        ("list_bom.json", b"\xef\xbb\xbf \n" + json.dumps(ROWS).encode()),
        ("lines.json", lines(ROWS)),
        ("packed.json.gz", gzip.compress(json.dumps(ROWS).encode(), mtime=0)),
    ],
)
def test_all_ways_to_write_the_same_rows_read_the_same(tmp_path, name, content):
    rows = data.load(written(tmp_path, content, name))
    assert list(rows) == ROWS
    assert [rows[index] for index in range(-3, 3)] == ROWS + ROWS


@given(st.lists(st.sampled_from([b'{"a": 1}', b'{"b": "x y"}', b"", b"  ", b"\r", b'\t{"c": [1, 2]} ']), min_size=1))
def test_any_mixture_of_rows_and_blanks_is_read_across_blocks(tmp_path_factory, pieces):
    content = b"\n".join(pieces)
    path = written(tmp_path_factory.mktemp("rows"), content)
    expected = [json.loads(piece) for piece in pieces if piece.strip()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_files, "BLOCK", 7)
        source = json_files.json_lines(path)
    assert [source.row(index) for index in range(len(source))] == expected


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        (b'{"a": 1}\n\n{"a": \n{"a": 3}\n', 3, "no JSON"),
        (b'{"a": 1}\n[1, 2]\n{"a": 3}\n', 2, "not a list"),
        (b'{"a": 1}\n7\n{"a": 3}\n', 2, "not a int"),
        (b'{"a": 1}\n{"a": "\xff"}\n{"a": 3}\n', 2, "byte 16 is not UTF-8"),
        (b'{"a": 1}\n' + b'{"a":' * 100_000 + b"\n{}\n", 2, "no JSON"),
        (b'{"a": 1}\n{"a": ' + b"9" * 5000 + b"}\n{}\n", 2, "no JSON"),
        (b'{"a": 1}\n{"a": 1} {"a": 2}\n{}\n', 2, "Extra data"),
        (b'{"a": 1}\n\0\n{}\n', 2, "no JSON"),
    ],
)
def test_an_unreadable_row_is_named_by_file_and_line(tmp_path, content, line, why):
    rows = data.load(written(tmp_path, content))
    assert rows[0] == {"a": 1}
    with pytest.raises(DataError, match=rf"rows\.jsonl, line {line}\b.*{why}"):
        rows[1]


def test_a_file_cut_off_in_its_last_line_is_refused_when_it_is_opened(tmp_path):
    with pytest.raises(DataError, match=r"line 3: no JSON.*the last line is cut off"):
        data.load(written(tmp_path, lines(ROWS)[:-20]))


def test_a_file_that_is_no_json_is_refused_when_it_is_opened(tmp_path):
    with pytest.raises(DataError, match="line 1: no JSON"):
        data.load(written(tmp_path, b"question,answer\n1,2\n"))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.json", b'[{"a": 1}, 7]', "item 2: a row is an object"),
        ("a.json", b'[{"a": 1}', "no JSON"),
        ("a.json", b'[{"a": "\xff"}]', "line 1: byte 8 is not UTF-8"),
        ("a.json", b'{\n "rows": []\n}', "line 1: no JSON"),
        ("a.jsonl", '{"a": 1}'.encode("utf-16"), "UTF-16"),
        ("a.jsonl.gz", gzip.compress(lines(ROWS), mtime=0)[:-12], "a.jsonl.gz"),
        ("a.jsonl.gz", lines(ROWS), "gzip"),
    ],
)
def test_a_broken_file_is_refused_when_it_is_opened(tmp_path, name, content, why):
    with pytest.raises(DataError, match=why):
        data.load(written(tmp_path, content, name))


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.tsv", "a.jsonl.gz"])
@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_no_data_set(tmp_path, name, content):
    content = gzip.compress(content) if name.endswith(".gz") else content
    with pytest.raises(DataError, match="no rows"):
        data.load(written(tmp_path, content, name))


def test_nan_and_infinity_are_the_floats_they_say(tmp_path):
    row = data.load(written(tmp_path, b'{"a": NaN, "b": -Infinity}\n'))[0]
    assert math.isnan(row["a"])
    assert row["b"] == -math.inf


def test_a_file_that_changes_under_its_reader_is_an_error_and_is_read_anew_when_loaded_again(tmp_path):
    path = written(tmp_path, lines(ROWS))
    rows = data.load(path)
    path.write_bytes(b'{"q": "shorter"}\n')
    with pytest.raises(DataError, match="has changed"):
        rows[0]
    assert list(data.load(path)) == [{"q": "shorter"}]


def test_a_file_that_disappears_is_an_error(tmp_path):
    path = written(tmp_path, lines(ROWS))
    rows = data.load(path)
    path.unlink()
    with pytest.raises(DataError, match="no such file"):
        rows[0]


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_what_a_reader_does_to_nested_values_stays_with_it(tmp_path, name):
    rows = data.load(written(tmp_path, b'[{"a": [1]}]' if name == "a.json" else b'{"a": [1]}\n', name))
    rows[0]["a"].append(2)
    assert rows[0] == {"a": [1]}
