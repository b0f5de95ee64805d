"""Which files of a folder are which split, by their names alone: the layouts that data sets are published in.

    train.jsonl   train-00000-of-00004.parquet   data/test-00000-of-00001.parquet   train/0000.parquet
    main/train-00000-of-00001.parquet            (the split "train" of the subset "main")

It reads no file, so that a hub's list of names serves as well as a folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from gem.build import closest
from gem.data.files import kind_of
from gem.errors import DataError, DataNotFound

SPLIT_FOLDERS = frozenset({"train", "test", "validation", "valid", "val", "dev", "eval"})
"""Folders with these names are splits, whatever their files are called."""
NO_DATA = frozenset({"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "metadata.json"})
SHARD = re.compile(r"(?P<split>.+?)[-_.](?P<number>\d{2,})-of-(?P<count>\d{2,})(-[0-9a-f]{16})?")
PART = re.compile(r"(part[-_.]?)?\d+([-_.].*)?|(data|part)")
"""Names of files that say nothing but their place among others."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file's place in its data set, as its path says it."""

    path: str
    subset: str
    """Folders above it that are no split, such as "main"; mostly empty."""
    split: str
    shard: tuple[int, int] | None = None
    """Its number and how many there are, if the name says so."""
    in_split_folder: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """The files of one split, in order."""

    name: str
    files: tuple[DataFile, ...]

    @property
    def patterns(self) -> list[str]:
        """Glob patterns of all its files, those that may still be missing among them."""
        folders = {str(PurePosixPath(file.path).parent) for file in self.files if file.in_split_folder}
        names = {file.path for file in self.files if not file.in_split_folder}
        return [f"{_literal(folder)}/*" for folder in sorted(folders)] + [_literal(name) for name in sorted(names)]


def choose(paths: Iterable[str], split: str | None, subset: str | None, where: str) -> Split:
    """The split's files among `paths`, which are relative to the data set's folder.

    Raises `DataNotFound` with the splits or subsets there are, and `DataError` where more than one would do, where
    shards are missing, or where two files claim to be the same split.
    """
    found = list(_data_files(paths))
    if not found:
        raise DataNotFound(f"{where} holds no data files that are read here")
    subsets = sorted({file.subset for file in found})
    subset = _one_of(subsets, subset, "subset", where, preferred=("", "default"))
    here = [file for file in found if file.subset == subset]
    name = _one_of(sorted({file.split for file in here}), split, "split", where)
    return Split(name, _whole([file for file in here if file.split == name], name, where))


def _data_files(paths: Iterable[str]) -> Iterator[DataFile]:
    for path in sorted(paths):
        parts = PurePosixPath(path).parts
        hidden = any(part.startswith((".", "_", "/")) for part in parts)  # nor does a listing lead out of its folder
        if not hidden and parts[-1] not in NO_DATA and (kind := kind_of(path)):
            stem = parts[-1][: parts[-1].lower().rindex(kind)]
            yield _placed(path, stem, [part for part in parts[:-1] if part != "data"])


def _placed(path: str, stem: str, folders: list[str]) -> DataFile:
    shard = SHARD.fullmatch(stem)
    number = (int(shard["number"]), int(shard["count"])) if shard else None
    name = shard["split"] if shard else stem
    if folders and (PART.fullmatch(name) or (folders[-1] in SPLIT_FOLDERS and name not in SPLIT_FOLDERS)):
        return DataFile(path, "/".join(folders[:-1]), folders[-1], number, in_split_folder=True)
    return DataFile(path, "/".join(folders), name, number)


def _one_of(known: list[str], wanted: str | None, what: str, where: str, preferred: tuple[str, ...] = ()) -> str:
    """The one that is wanted; without a wish the only one, or the first of `preferred` that exists."""
    listed = ", ".join(repr(name) for name in known)
    if wanted is not None:
        if wanted in known:
            return wanted
        raise DataNotFound(f"{where} has no {what} {wanted!r}.{closest(wanted, known)} It has: {listed}.")
    choice = known if len(known) == 1 else [name for name in preferred if name in known]
    if not choice:
        raise DataError(f"{where} has several {what}s; say {what}= one of: {listed}")
    return choice[0]


def _whole(files: list[DataFile], split: str, where: str) -> tuple[DataFile, ...]:
    """The files, if together they are the split: one file, all shards of it, or all files of its folder."""
    names = ", ".join(file.path for file in files[:4]) + (", …" if len(files) > 4 else "")
    counts = {file.shard[1] if file.shard else None for file in files}
    together = len({kind_of(file.path) for file in files}) == 1 and (
        len(files) == 1 or counts != {None} or all(file.in_split_folder for file in files)
    )
    if not together or len(counts) > 1:
        raise DataError(f"{where} has more than one split {split!r}: {names}; give the path of the one that you mean")
    numbers = sorted(file.shard[0] for file in files if file.shard)
    if numbers:
        count = counts.pop() or 0
        if len(numbers) != count or len(set(numbers)) != count:
            raise DataError(f"{where} has {len(set(numbers))} of the {count} shards of {split!r}, each once: {names}")
    return tuple(files)


def _literal(path: str) -> str:
    """A glob pattern that matches just this path."""
    return re.sub(r"([*?[])", r"[\1]", path)
