"""Which files of a folder are which split."""

import re

import pytest

from gem.data.layout import choose
from gem.errors import DataError, DataNotFound

HASHED = "-00000-of-00001-a09b74b3ef9c3b56.parquet"


def chosen(paths, split=None, subset=None):
    return [file.path for file in choose(paths, split, subset, "here").files]


@pytest.mark.parametrize(
    ("paths", "train"),
    [
        (["train.jsonl", "test.jsonl"], ["train.jsonl"]),
        (["README.md", "train.csv.gz", "test.csv.gz"], ["train.csv.gz"]),
        (["data/train.json", "data/test.json", "dataset_infos.json"], ["data/train.json"]),
        (["train-1.csv", "train-01-of-02.csv", "train-00-of-02.csv"], ["train-00-of-02.csv", "train-01-of-02.csv"]),
        ([f"data/train{HASHED}", f"data/test{HASHED}"], [f"data/train{HASHED}"]),
        (["train/0001.csv", "train/0000.csv", "test/0000.csv"], ["train/0000.csv", "train/0001.csv"]),
        (["train/part-00000-8f.snappy.parquet", "test/part-00000-8f.csv"], ["train/part-00000-8f.snappy.parquet"]),
        (["train/easy.jsonl", "train/hard.jsonl", "test/easy.jsonl"], ["train/easy.jsonl", "train/hard.jsonl"]),
        (["data/train/data-00000-of-00001.json"], ["data/train/data-00000-of-00001.json"]),
        (["math/0.parquet", "train.parquet", "_temporary/train.parquet", ".git/train.parquet"], ["train.parquet"]),
        (["default/train.parquet", "other/train.parquet"], ["default/train.parquet"]),
    ],
)  # fmt: skip
def test_the_usual_layouts_have_a_split_called_train(paths, train):
    assert chosen(paths, "train") == train


def test_a_subset_is_a_folder_that_is_no_split():
    paths = ["main/train-00000-of-00001.parquet", "socratic/train-00000-of-00001.parquet"]
    assert chosen(paths, "train", "socratic") == [paths[1]]
    with pytest.raises(DataError, match="several subsets; say subset= one of: 'main', 'socratic'"):
        chosen(paths, "train")
    with pytest.raises(DataNotFound, match=r"no subset 'mian'\. Did you mean 'main'"):
        chosen(paths, "train", "mian")
    assert chosen(paths[:1], "train") == paths[:1]


def test_the_only_split_needs_no_name():
    assert chosen(["validation.jsonl"]) == ["validation.jsonl"]


@pytest.mark.parametrize("split", ["Train", "val", "tr"])
def test_nothing_stands_in_for_a_split(split):
    with pytest.raises(DataNotFound, match=f"here has no split '{split}'.* It has: 'train', 'validation'"):
        chosen(["train.jsonl", "validation.jsonl"], split)


@pytest.mark.parametrize(
    ("paths", "why"),
    [
        (["train-00000-of-00003.csv", "train-00002-of-00003.csv"], "2 of the 3 shards of 'train'"),
        (["train-00000-of-00001.csv", "data/train-00000-of-00001.csv"], "2|1 of the 1 shards"),
        (["train-00000-of-00001.csv", "train-00000-of-00002.csv"], "more than one split 'train'"),
        (["train.csv", "train.jsonl"], "more than one split 'train': train.csv, train.jsonl"),
        (["train.csv", "train-00000-of-00001.csv"], "more than one split"),
        (["train.csv", "train/0.csv"], "more than one split"),
        (["train/0.csv", "train/1.jsonl"], "more than one split"),
    ],
)
def test_a_split_that_is_there_in_part_or_twice_is_refused(paths, why):
    with pytest.raises(DataError, match=why):
        chosen(paths, "train")


@pytest.mark.parametrize("paths", [[], ["README.md", "model.safetensors", "train.arrow", "train.parquet.gz"]])
def test_a_folder_without_data_says_so(paths):
    with pytest.raises(DataNotFound, match="here holds no data files"):
        chosen(paths)


def test_patterns_take_in_files_that_are_still_missing():
    from fnmatch import fnmatchcase

    split = choose(["train/0000.csv", "odd [1]/train.csv"], "train", "", "here")
    assert any(fnmatchcase("train/0001.csv", pattern) for pattern in split.patterns)
    (pattern,) = choose(["odd [1]/train.csv"], "train", None, "here").patterns
    assert fnmatchcase("odd [1]/train.csv", pattern)
    assert not re.match("odd 1", pattern)
