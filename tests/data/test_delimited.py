"""Rows of CSV and TSV files: quoting, sizes, and what is refused."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem import data
from gem.errors import DataError


def written(tmp_path, content, name="rows.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_every_value_is_a_text(tmp_path):
    rows = data.load(written(tmp_path, "q,a\nlicence,007\nnone,\nnan,NaN\n"))
    assert list(rows) == [{"q": "licence", "a": "007"}, {"q": "none", "a": ""}, {"q": "nan", "a": "NaN"}]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_quoted_fields_hold_commas_quotes_and_line_ends(tmp_path, end):
    text = end.join(["\ufeffq,a", "", '"1, ""2""', '3",x', "", "y,z", ""])
    assert list(data.load(written(tmp_path, text))) == [{"q": f'1, "2"{end}3', "a": "x"}, {"q": "y", "a": "z"}]


def test_a_tsv_is_split_at_tabs(tmp_path):
    assert data.load(written(tmp_path, "q\ta\n1, 2\t3\n", "rows.tsv"))[0] == {"q": "1, 2", "a": "3"}


def test_a_field_may_be_huge(tmp_path):
    huge = "x" * 1_000_000
    rows = data.load(written(tmp_path, f"q,a\n{huge},1\n"))
    assert rows[0]["q"] == huge


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=5))
def test_what_the_csv_module_writes_is_read_back(tmp_path_factory, pairs):
    pairs = [tuple(_encodable(text) for text in pair) for pair in pairs]
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("q", "a"), *pairs])
    rows = data.load(written(tmp_path_factory.mktemp("rows"), out.getvalue()))
    assert [(row["q"], row["a"]) for row in rows] == pairs


def _encodable(text):
    return text.encode("utf-8", "ignore").decode()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("q,a\n1,2\n\n3\n", "line 4: 1 fields, where the header has 2"),
        ("q,a\n1,2,3\n", "line 2: 3 fields"),
        ('q,a\n1,"2\n3,4\n', "line 2: unexpected end of data"),
        ('q,a\n1,2\n"x"y,2\n', "line 3: .* expected after"),
        ("q,q\n1,2\n", "two columns 'q'"),
        (b"q,a\n1,\xff\n", "line 2: byte 6 is not UTF-8"),
        ("q,a\n", "no rows"),
    ],
)
def test_a_broken_file_is_refused_with_its_line_when_it_is_opened(tmp_path, text, why):
    with pytest.raises(DataError, match=why):
        data.load(written(tmp_path, text))
