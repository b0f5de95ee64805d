"""Bundled data sets: names of their own, loaded once, pickled as their loader."""

import pickle

import pytest

from gem import data
from gem.data import bundled
from gem.errors import ConfigError, DataNotFound

ASKED = []


def sums():
    ASKED.append("sums")
    return {"train": [{"q": "1+1"}, {"q": "1+2"}], "test": [{"q": "9+9"}]}


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    monkeypatch.setattr(bundled, "_loaders", {})
    bundled._content.cache_clear()
    ASKED.clear()
    data.register_bundled("bundled:sums", f"{__name__}:sums")


def test_a_registered_name_loads_its_splits_once():
    assert list(data.load("bundled:sums", "train")) == [{"q": "1+1"}, {"q": "1+2"}]
    assert data.load("bundled:sums", "test")[0] == {"q": "9+9"}
    assert ASKED == ["sums"]


def test_it_pickles_as_its_loader(monkeypatch):
    packed = pickle.dumps(data.load("bundled:sums", "train")[1:])
    assert b"1+2" not in packed
    monkeypatch.setattr(bundled, "_loaders", {})  # as in a process that never registered it
    assert list(pickle.loads(packed)) == [{"q": "1+2"}]


def test_a_loader_may_give_a_path_or_a_list(tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"q": 1}\n')
    data.register_bundled("bundled:file", lambda: tmp_path / "rows.jsonl")
    data.register_bundled("bundled:list", lambda: [{"q": 2}])
    assert data.load("bundled:file")[0] == {"q": 1}
    assert data.load("bundled:list")[0] == {"q": 2}
    assert data.load("bundled:list").fingerprint() != data.load("bundled:file").fingerprint()


def test_an_unknown_name_is_looked_for_nowhere_else():
    with pytest.raises(DataNotFound, match=r"'bundled:sum'\. Did you mean 'bundled:sums'\? There are: bundled:sums"):
        data.load("bundled:sum")


def test_a_missing_split_is_named_with_those_there_are():
    with pytest.raises(DataNotFound, match=r"no split 'dev'.* It has: 'train', 'test'"):
        data.load("bundled:sums", "dev")


def test_a_name_is_given_once_and_begins_with_its_prefix():
    data.register_bundled("bundled:sums", f"{__name__}:sums")
    with pytest.raises(ConfigError, match="already"):
        data.register_bundled("bundled:sums", "elsewhere:rows")
    with pytest.raises(ConfigError, match="begin with 'bundled:'"):
        data.register_bundled("sums", "elsewhere:rows")
