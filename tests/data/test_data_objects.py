"""gem.data.rows_of: what users pass as `dataset=`."""

import pytest

from gem import data
from gem.errors import DataError, DataNotFound

ROWS = [{"q": "a"}, {"q": "b"}]


class Dataset:
    """As a `datasets.Dataset`: a length, rows by number, and columns by name."""

    def __len__(self):
        return len(ROWS)

    def __getitem__(self, key):
        return [row[key] for row in ROWS] if isinstance(key, str) else ROWS[key]


class Frame:
    """As much of a `pandas.DataFrame` as rows need."""

    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    @property
    def iloc(self):
        return type("Located", (), {"__getitem__": lambda _, where: Frame(self.rows[where])})()

    def to_dict(self, orient):
        assert orient == "records"
        return self.rows


@pytest.mark.parametrize("dataset", [ROWS, tuple(ROWS), Dataset(), Frame(ROWS), data.rows_of(ROWS)])
@pytest.mark.parametrize("split", [None, "train"])
def test_one_data_set_is_taken_as_it_is(dataset, split):
    rows = data.rows_of(dataset, split)
    assert list(rows) == ROWS
    assert rows[-1] == {"q": "b"}


@pytest.mark.parametrize("kind", [list, Dataset])
def test_a_dict_of_splits_needs_to_know_which(kind):
    splits = {"train": kind(ROWS) if kind is list else kind(), "test": [{"q": "t"}]}
    assert list(data.rows_of(splits, "train")) == ROWS
    assert data.rows_of(splits, "test").split == "test"
    with pytest.raises(DataError, match="several splits; say split= one of: 'train', 'test'"):
        data.rows_of(splits)
    with pytest.raises(DataNotFound, match=r"no split 'tset'\. Did you mean 'test'"):
        data.rows_of(splits, "tset")


def test_the_only_split_of_a_dict_needs_no_name():
    assert list(data.rows_of({"train": ROWS})) == ROWS


def test_a_list_may_change_afterwards():
    mine = list(ROWS)
    rows = data.rows_of(mine)
    mine.clear()
    assert list(rows) == ROWS


@pytest.mark.parametrize(
    ("dataset", "why"),
    [
        ([], "the list has no rows"),
        ({}, "no split|several splits"),
        (None, "NoneType is no data set"),
        (iter(ROWS), "make a list of an iterator"),
        (["a"], "row 0 of the list is a str; a row is a mapping"),
        ({"q": ["a", "b"]}, "holds columns"),
        ({"q": "a"}, "holds columns or one row"),
        ({"train": []}, "no rows"),
    ],
)
def test_what_is_no_data_set_is_refused_with_what_it_is(dataset, why):
    with pytest.raises(DataError, match=why):
        data.rows_of(dataset)


def test_a_later_row_that_is_no_mapping_is_named():
    rows = data.rows_of([{"q": "a"}, None])
    with pytest.raises(DataError, match="row 1 of the list is a NoneType"):
        rows[1]


def test_the_fingerprint_of_a_list_is_of_its_rows():
    assert data.rows_of(ROWS).fingerprint() == data.rows_of(list(ROWS)).fingerprint()
    assert data.rows_of(ROWS).fingerprint() != data.rows_of(ROWS[::-1]).fingerprint()
