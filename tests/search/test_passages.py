"""gem.search.passages and gem.search.corpus: rows and files become passages."""

from __future__ import annotations

import gzip
import json

import pytest

from gem.errors import ConfigError, DataError, DataNotFound
from gem.search import Passage, passage_of, read_passages
from gem.search.passages import split_contents


@pytest.mark.parametrize(
    ("row", "passage"),
    [
        ({"id": "a", "title": "T", "text": "x"}, Passage("a", "T", "x")),
        ({"id": 7, "title": None, "text": "x"}, Passage("7", "", "x")),
        ({"id": 0, "contents": '"Evan Morris"\nA poet.\nOf wit.'}, Passage("0", "Evan Morris", "A poet.\nOf wit.")),
        ({"_id": "b", "title": "T", "text": "x", "metadata": {}}, Passage("b", "T", "x")),
        ({"contents": "one line"}, Passage("3", "", "one line")),
        ({"id": "c", "title": "T", "contents": "a\nb"}, Passage("c", "T", "a\nb")),
        ({"id": "d", "text": "half \ud800"}, Passage("d", "", "half ?")),
        ({"id": "e", "text": " ", "content": "x"}, Passage("e", "", "x")),
    ],
)  # fmt: skip
def test_the_corpora_of_the_field_become_passages(row, passage):
    assert passage_of(row, 3) == passage


@pytest.mark.parametrize(
    "row", [{}, {"id": 1}, {"text": None}, {"text": ""}, {"text": 5}, {"text": [" "]}, [], "text", None]
)
def test_a_row_without_text_is_named(row):
    with pytest.raises(DataError, match=r"shard 2, row 41 (has no text|is no row)"):
        passage_of(row, 41, "shard 2, row {}".format)


@pytest.mark.parametrize(
    ("contents", "parts"),
    [
        ("T\nx", ("T", "x")), ('"T"\nx', ("T", "x")), ("x", ("", "x")), ("\nx", ("", "x")), ("x\n", ("", "x")),
        ('"\nx', ('"', "x")),
    ],
)  # fmt: skip
def test_the_first_line_of_contents_is_the_title(contents, parts):
    assert split_contents(contents) == parts


@pytest.mark.parametrize("passage", [Passage("1", "T", "x"), Passage("1", "", "x\ny"), Passage("1", "T", "x\n\ny")])
def test_contents_are_read_as_they_were_written(passage):
    assert split_contents(passage.contents) == passage[1:]


def test_a_file_of_json_lines_is_read_packed_or_not(tmp_path):
    lines = '\ufeff{"id": "a", "text": "x"}\n\n{"contents": "T\\ny"}\n'.encode()
    (tmp_path / "a.jsonl").write_bytes(lines)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines))
    expected = [Passage("a", "", "x"), Passage("1", "T", "y")]
    assert list(read_passages(tmp_path / "a.jsonl")) == expected
    assert list(read_passages(str(tmp_path / "a.jsonl.gz"))) == expected


@pytest.mark.parametrize("line", ["<html>", "[1]", '{"id": 3}', '{"text": "x"', "[" * 10_000, "null"])
def test_a_bad_line_is_named(tmp_path, line):
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "x"}) + "\n" + line + "\n")
    with pytest.raises(DataError, match=r"a\.jsonl, line 2 "):
        list(read_passages(tmp_path / "a.jsonl"))


@pytest.mark.parametrize(("name", "content"), [("a.jsonl.gz", b"no gzip"), ("a.jsonl", b"\xff\xfe\xfa")])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match="cannot be read"):
        list(read_passages(tmp_path / name))


def test_a_missing_file_is_told_at_once(tmp_path):
    with pytest.raises(DataNotFound):
        read_passages(tmp_path / "a.jsonl")


def test_other_files_are_for_the_command(tmp_path):
    with pytest.raises(ConfigError, match="gem-gym search build"):
        read_passages(tmp_path / "a.parquet")
