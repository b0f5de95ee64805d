"""gem.data.load: where a name is looked for, in which order, and what is said where nothing is found."""

import os

import pytest

from gem import data
from gem.errors import ConfigError, DataError, DataNotFound, MissingExtra

ROW = '{"q": "here"}\n'


@pytest.fixture(autouse=True)
def _no_hub(monkeypatch):
    """As on a machine without `huggingface_hub`: importing it takes long."""

    def missing(module, *, extra):
        raise MissingExtra(f"{module!r} is not installed. Run: pip install 'gem-gym[{extra}]'")

    monkeypatch.setattr("gem.data.hub.need", missing)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GEM_DATA_DIR", str(tmp_path / "sets"))
    return tmp_path / "sets"


def put(path, text=ROW):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("file", "split"),
    [
        ("owner/name/train.jsonl", "train"), ("owner/name/data/train-00000-of-00001.jsonl", "train"),
        ("owner/name.jsonl", None), ("owner__name/train.jsonl", "train"), ("owner__name.jsonl.gz", None),
        ("owner/name/train/0.jsonl", None),
    ],
)  # fmt: skip
def test_a_name_is_found_in_the_folder_of_data_sets(folder, file, split):
    path = put(folder / file)
    if path.suffix == ".gz":
        import gzip

        path.write_bytes(gzip.compress(ROW.encode()))
    rows = data.load("owner/name", split)
    assert list(rows) == [{"q": "here"}]
    assert rows.name == "owner/name"


def test_folder_takes_the_place_of_the_variable(folder, tmp_path):
    put(folder / "name/train.jsonl", '{"q": "there"}\n')
    put(tmp_path / "mine/name/train.jsonl")
    assert data.load("name", "train", folder=tmp_path / "mine")[0] == {"q": "here"}


def test_a_split_that_the_folder_lacks_is_not_looked_for_elsewhere(folder):
    put(folder / "owner/name/train.jsonl")
    with pytest.raises(DataNotFound, match=r"owner/name has no split 'test'\. It has: 'train'\."):
        data.load("owner/name", "test")


def test_a_single_file_has_no_splits(folder):
    put(folder / "owner/name.jsonl")
    with pytest.raises(DataNotFound, match="has no split 'train'"):
        data.load("owner/name", "train")


def test_paths_are_files_and_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    path = put(tmp_path / "sets/train.jsonl")
    for name in (path, str(path), "./sets/train.jsonl", "sets/train.jsonl", "~/sets/train.jsonl"):
        assert len(data.load(name)) == 1
    for name in (path.parent, "./sets", "~/sets"):
        assert data.load(name, "train").split == "train"
        assert data.load(name).split == "train"
    assert data.load(path, "train").split == "train"


def test_a_bare_name_is_never_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GEM_DATA_DIR", raising=False)
    put(tmp_path / "sets/train.jsonl")
    with pytest.raises(DataNotFound, match=r"The path here is written '\./sets'"):
        data.load("sets")


@pytest.mark.parametrize("name", ["./nothing", "./nothing.jsonl", "nothing.jsonl", "/nothing/at/all", "./no\0name"])
def test_a_path_that_is_not_there_says_so(name):
    with pytest.raises(DataNotFound, match=r"No such file|null byte"):
        data.load(name)


def test_a_data_set_that_is_there_twice_is_refused(folder):
    put(folder / "owner/name/train.jsonl")
    put(folder / "owner__name.csv", "q\nother\n")
    with pytest.raises(DataError, match="owner/name is there more than once"):
        data.load("owner/name", "train")


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "rows.jsonl")
    with pytest.raises(DataError, match="is no file"):
        data.load(tmp_path / "rows.jsonl")


def test_a_file_of_another_kind_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"files of \.parquet, \.jsonl, .* are read"):
        data.load(put(tmp_path / "notes.txt"))


@pytest.mark.parametrize("name", ["", "a/b/c", "a/../../etc", "a b", "owner/", "bad\0name"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(ConfigError, match="no name of a data set"):
        data.load(name)


def test_missing_data_name_every_place_the_ways_to_get_them_and_what_is_like_them(folder):
    put(folder / "owner/problems/train.jsonl")
    with pytest.raises(DataNotFound) as caught:
        data.load("owner/problem", "test")
    message = str(caught.value)
    for part in (
        "no data set 'owner/problem' (split 'test')", "Did you mean 'owner/problems'",
        f"{folder} holds no owner/problem",
        "'huggingface_hub' is not installed", "hf download --repo-type dataset owner/problem",
        f"{folder}/owner/problem/test.jsonl", "dataset=",
    ):  # fmt: skip
        assert part in message


def test_rows_of_takes_a_name_or_a_path(folder):
    path = put(folder / "owner/name/train.jsonl")
    assert data.rows_of("owner/name", "train").source is data.rows_of(path).source
