"""Rows by name: looks in a fixed order of places, and says all of them where nothing is found.

A path; then `GEM_DATA_DIR`; then the Hugging Face cache; then its hub. A `bundled:` name is looked up among those that
packages registered, and nowhere else. Nothing ever stands in for data that are missing.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from gem.build import closest
from gem.data.bundled import PREFIX, bundled_names, load_bundled
from gem.data.files import KINDS, kind_of
from gem.data.folders import rows_at
from gem.data.hub import in_cache, on_hub
from gem.data.objects import rows_of_object
from gem.data.rows import Rows
from gem.data.wanted import Wanted
from gem.errors import ConfigError, DataError, DataNotFound

FOLDER_VARIABLE = "GEM_DATA_DIR"
NAME = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")


def load(
    name: str | Path,
    split: str | None = None,
    *,
    subset: str | None = None,
    folder: str | Path | None = None,
    revision: str | None = None,
) -> Rows:
    """The rows of a data set by its name or path, opened once per process however often it is asked for.

        rows = data.load("axon-rl/GSM-8k", "train")
        rows = data.load("./problems.jsonl")

    What begins with `/`, `./`, `../` or `~`, or ends as a data file does, is a path; anything else is a name. `subset`
    is what publishers also call a configuration. `folder` takes the place of `GEM_DATA_DIR`; `revision` is the hub's.

    Raises `DataNotFound` with every place that was looked at, and how to get the data; `DataError` for what cannot be
    read, or where `split` or `subset` must be said; `MissingExtra` for a format whose library is not installed.
    """
    if isinstance(name, Path) or name.startswith(("/", "./", "../", "~")) or name in (".", ".."):
        return rows_at(Path(name).expanduser(), split, subset)
    if name.startswith(PREFIX):
        return load_bundled(name, split)
    if kind_of(name):
        return rows_at(Path(name), split, subset)
    if not NAME.fullmatch(name):
        raise ConfigError(
            f"{name!r} is no name of a data set: one is 'name' or 'owner/name', and a path begins with ./"
        )
    wanted = Wanted(name, split, subset, revision, _folder(folder))
    looked: list[str] = []
    for place in (in_folder, in_cache, on_hub):
        found = place(wanted)
        if isinstance(found, Rows):
            return found
        looked.append(found)
    raise DataNotFound(_nowhere(wanted, looked))


def rows_of(dataset: Any, split: str | None = None) -> Rows:
    """The rows of what a user may pass as `dataset=`.

    That is a name or path, `Rows`, a list of dicts, a `datasets.Dataset` or `DatasetDict`, a DataFrame, an Arrow table.
    `split` chooses among several; what is one data set already is taken as it is.
    """
    return load(dataset, split) if isinstance(dataset, (str, Path)) else rows_of_object(dataset, split)


def in_folder(wanted: Wanted) -> Rows | str:
    """The rows in the user's folder of data sets, or a sentence why not.

    A data set that is there is taken at its word: a split that it lacks is not looked for elsewhere.
    """
    if wanted.folder is None:
        return f"{FOLDER_VARIABLE} is not set"
    stems = [wanted.folder / stem for stem in dict.fromkeys((wanted.name, wanted.name.replace("/", "__")))]
    files = [Path(f"{stem}{kind}{packed}") for stem in stems for kind in KINDS for packed in ("", ".gz")]
    found = [path for path in stems if path.is_dir()] + [path for path in files if path.is_file()]
    if not found:
        return f"{wanted.folder} holds no {wanted.name}"
    if len(found) > 1:
        raise DataError(f"{wanted.name} is there more than once: {', '.join(map(str, found))}")
    return rows_at(found[0], wanted.split, wanted.subset, wanted.name)


def _folder(folder: str | Path | None) -> Path | None:
    named = folder or os.environ.get(FOLDER_VARIABLE)
    return Path(named).expanduser() if named else None


def _nowhere(wanted: Wanted, looked: list[str]) -> str:
    """What to tell a user whose data set is nowhere: where it was looked for, and how to get it."""
    asked = repr(wanted.name) + (f" (split {wanted.split!r})" if wanted.split else "")
    hint = closest(wanted.name, _local_names(wanted.folder))
    if Path(wanted.name).exists():
        hint += f" The path here is written './{wanted.name}'."
    places = "".join(f"\n  - {sentence}" for sentence in looked)
    revision = f" --revision {wanted.revision}" if wanted.revision else ""
    file = f"{wanted.folder or '/data'}/{wanted.name}/{wanted.split or 'train'}.jsonl"
    return (
        f"There is no data set {asked} here.{hint} Looked in:{places}\n"
        "Get it in one of these ways:\n"
        f"  - where there is a network: pip install 'gem-gym[hub]', "
        f"then hf download --repo-type dataset {wanted.name}{revision}\n"
        f"  - {FOLDER_VARIABLE}={wanted.folder or '/data'} with the file {file} (or .parquet, .csv)\n"
        f"  - give your own rows: dataset=[{{...}}, ...] or a path"
    )


def _local_names(folder: Path | None) -> list[str]:
    """Names that would have been found, to offer the closest."""
    names = bundled_names()
    if folder is not None and folder.is_dir():
        paths = [path for path in (*folder.glob("*"), *folder.glob("*/*")) if path.is_dir() or kind_of(path)]
        names += [path.relative_to(folder).as_posix().removesuffix(kind_of(path) or "/") for path in paths]
        names += [name.replace("__", "/") for name in names]
    return names
