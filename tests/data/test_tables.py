"""Rows of parquet files and Arrow tables."""

import math
import sys

import pytest

from gem import data
from gem.errors import DataError, MissingExtra

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

ROWS = [
    {"q": "a", "tests": {"inputs": ["1", "2"]}, "images": [{"bytes": b"\x89PNG\0", "path": "a.png"}], "x": 1.5},
    {"q": None, "tests": {"inputs": []}, "images": [{"bytes": None, "path": "b.png"}], "x": math.inf},
    {"q": "c", "tests": None, "images": [], "x": -1.0},
]


@pytest.fixture
def path(tmp_path):
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "rows.parquet", row_group_size=2)
    return tmp_path / "rows.parquet"


def test_nested_values_and_bytes_come_as_they_are(path):
    rows = data.load(path)
    assert list(rows) == ROWS
    assert [rows[2], rows[-3], rows[1]] == [ROWS[2], ROWS[0], ROWS[1]]


def test_nan_stays_nan(tmp_path):
    pq.write_table(pa.table({"x": [math.nan]}), tmp_path / "nan.parquet")
    assert math.isnan(data.load(tmp_path / "nan.parquet")[0]["x"])


@pytest.mark.parametrize("cut", [0, 3, 200, -1])
def test_a_truncated_file_is_refused_when_it_is_opened(path, cut):
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DataError, match=r"rows\.parquet: no whole parquet file"):
        data.load(path)


def test_a_table_without_rows_is_no_data_set(tmp_path):
    pq.write_table(pa.table({"q": pa.array([], pa.string())}), tmp_path / "empty.parquet")
    with pytest.raises(DataError, match="no rows"):
        data.load(tmp_path / "empty.parquet")


def test_without_pyarrow_its_extra_is_named(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtra, match=r"pip install 'gem-gym\[parquet\]'"):
        data.load(path)


def test_a_users_own_table_is_a_data_set():
    table = pa.concat_tables([pa.Table.from_pylist(ROWS), pa.Table.from_pylist(ROWS[:1])])
    rows = data.rows_of(table)
    assert len(rows) == 4
    assert rows[3] == ROWS[0]
    assert rows.fingerprint() == data.rows_of(table.combine_chunks()).fingerprint()
