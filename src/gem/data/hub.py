"""Data sets of the Hugging Face hub: its cache on this disk, and the hub itself. Downloads one split's files only.

`huggingface_hub` does the work, and reads `HF_TOKEN`, `HF_HOME`, `HF_ENDPOINT` and `HF_HUB_OFFLINE`.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

from gem._extras import need
from gem.data.files import open_files
from gem.data.folders import files_below
from gem.data.layout import Split, choose
from gem.data.rows import Rows
from gem.data.wanted import Wanted
from gem.errors import DataError, MissingExtra

ANSWER_WITHIN_S = 10.0
"""How long the hub may take to list a data set's files."""
LONGEST_REASON = 300


def in_cache(wanted: Wanted) -> Rows | str:
    """The rows, if the cache holds all files of their split; else a sentence why not."""
    try:
        library = _library()
    except MissingExtra as error:
        return str(error)
    where = f"the cache {library.constants.HF_HUB_CACHE}"
    try:
        root = _download(library, wanted, [], local_files_only=True)
        listed = _cached_listing(library, wanted)
        if listed is None and wanted.split is None:
            return f"{where} holds {wanted.name}, but perhaps not all its splits; say split="
        split = choose(listed or files_below(root), wanted.split, wanted.subset, f"{wanted.name} in {where}")
        _download(library, wanted, split.patterns, local_files_only=True)  # asks whether some are missing
    except library.utils.LocalEntryNotFoundError:
        at = f" at revision {wanted.revision!r}" if wanted.revision else ""
        return f"{where} holds no {wanted.name}{at}, or not all of it"
    except DataError as error:  # the hub may have more
        return str(error)
    except library.utils.HFValidationError as error:
        return f"{where}: {_brief(error)}"
    return _rows(wanted, root, split)


def on_hub(wanted: Wanted) -> Rows | str:
    """The rows, downloaded into the cache; or a sentence why not.

    Raises `DataNotFound` or `DataError` where the hub has the data set, but no such split of it.
    """
    try:
        library = _library()
    except MissingExtra as error:
        return str(error)
    where = library.constants.ENDPOINT
    if library.constants.HF_HUB_OFFLINE:
        return f"{where} was not asked, since HF_HUB_OFFLINE is set"
    troubles = (library.errors.HTTPError, OSError, ValueError, LookupError)  # the last two: what answers is no hub
    try:
        info = library.HfApi().dataset_info(wanted.name, revision=wanted.revision, timeout=ANSWER_WITHIN_S)
    except troubles as error:
        return f"{where}: {_brief(error)}"
    names = [file.rfilename for file in info.siblings or ()]
    split = choose(names, wanted.split, wanted.subset, f"{wanted.name} on {where}")
    try:
        root = _download(library, wanted, split.patterns)
    except troubles as error:
        return f"{where}: the download failed: {_brief(error)}"
    return _rows(wanted, root, split)


def _library() -> ModuleType:
    library = need("huggingface_hub", extra="hub")
    for module in ("constants", "errors", "utils"):
        need(f"huggingface_hub.{module}", extra="hub")
    return library


def _download(library: Any, wanted: Wanted, patterns: list[str], **options: Any) -> Path:
    """The folder that the files of these patterns are in, now or already."""
    options |= {"repo_type": "dataset", "revision": wanted.revision, "allow_patterns": patterns}
    return Path(library.snapshot_download(wanted.name, **options))


def _cached_listing(library: Any, wanted: Wanted) -> list[str] | None:
    """All files that the data set has on the hub, as the cache remembers; None where an older client filled it."""
    try:
        files = library.get_cached_repo_tree(wanted.name, repo_type="dataset", revision=wanted.revision)
    except AttributeError:
        return None
    except library.errors.CachedRepoTreeNotFoundError:
        return None
    return [file.path for file in files]


def _rows(wanted: Wanted, root: Path, split: Split) -> Rows:
    return open_files([root / file.path for file in split.files], wanted.name, split.name)


def _brief(error: Exception) -> str:
    """What a client's long message says first, and of what kind it is."""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message if len(message) <= LONGEST_REASON else message[:LONGEST_REASON] + '…'}"
