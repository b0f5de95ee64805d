"""gem.data and the Hugging Face hub: the real client, against a hub on loopback."""

import socket
import time
from pathlib import Path

import pytest

from gem import data
from gem.errors import DataError, DataNotFound, MissingExtra
from tests.data.fake_hub import COMMIT, FakeHub

errors = pytest.importorskip("huggingface_hub.errors")
constants = pytest.importorskip("huggingface_hub.constants")
pytestmark = pytest.mark.slow  # the first of them imports the client

NAME = "owner/sums"
FILES = {
    "README.md": b"# Sums",
    "data/train-00000-of-00002.jsonl": b'{"q": "1+1"}\n{"q": "1+2"}\n',
    "data/train-00001-of-00002.jsonl": b'{"q": "1+3"}\n',
    "data/test-00000-of-00001.jsonl": b'{"q": "9+9"}\n',
    "extra/test.jsonl": b'{"q": "0+0"}\n',
}


OUT_OF_ORDER = (503, {}, b"")


@pytest.fixture
def hub(tmp_path, monkeypatch):
    hub = FakeHub(NAME, dict(FILES))
    point_at(hub.url, tmp_path, monkeypatch)
    yield hub
    hub.close()


def point_at(url, tmp_path, monkeypatch):
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.delenv("GEM_DATA_DIR", raising=False)
    from huggingface_hub.utils import disable_progress_bars

    disable_progress_bars()


def test_a_split_is_downloaded_once_and_no_other_file(hub):
    rows = data.load(NAME, "train")
    assert [row["q"] for row in rows] == ["1+1", "1+2", "1+3"]
    assert hub.downloads() == ["data/train-00000-of-00002.jsonl", "data/train-00001-of-00002.jsonl"]
    hub.asked.clear()
    assert len(data.load(NAME, "train")) == 3
    assert not hub.asked


def test_the_cache_serves_without_a_hub(hub):
    data.load(NAME, "test")
    hub.broken = OUT_OF_ORDER
    assert data.load(NAME, "test")[0] == {"q": "9+9"}


def test_a_split_that_the_cache_lacks_is_fetched(hub):
    data.load(NAME, "test")
    assert len(data.load(NAME, "train")) == 3


def test_a_shard_that_the_cache_lacks_is_fetched(hub):
    rows = data.load(NAME, "train")
    Path(rows.place(2).partition(",")[0]).unlink()
    assert [row["q"] for row in data.load(NAME, "train")] == ["1+1", "1+2", "1+3"]


def test_a_subset_is_a_folder_of_its_own(hub):
    assert data.load(NAME, "test", subset="extra")[0] == {"q": "0+0"}
    assert hub.downloads() == ["extra/test.jsonl"]


def test_a_split_that_the_hub_lacks_is_named_with_those_it_has(hub):
    with pytest.raises(DataNotFound, match=r"no split 'trian'\. Did you mean 'train'\? It has: 'test', 'train'"):
        data.load(NAME, "trian")


def test_without_a_split_the_splits_are_named(hub):
    with pytest.raises(DataError, match="several splits; say split= one of: 'test', 'train'"):
        data.load(NAME)


def test_what_the_cache_holds_in_part_is_not_taken_for_all(hub):
    """One split and one subset are here; which of them is meant is asked all the same, hub or no hub."""
    data.load(NAME, "test", subset="extra")
    hub.broken = OUT_OF_ORDER
    with pytest.raises(DataNotFound, match=r"several splits; say split= one of: 'test', 'train'"):
        data.load(NAME)
    with pytest.raises(DataNotFound, match="holds no owner/sums, or not all of it"):
        data.load(NAME, "test")


def test_a_cache_of_an_older_client_needs_to_be_told_the_split(hub, monkeypatch):
    data.load(NAME, "test")
    hub.broken = OUT_OF_ORDER

    def unlisted(*_, **__):
        raise errors.CachedRepoTreeNotFoundError

    monkeypatch.setattr("huggingface_hub.get_cached_repo_tree", unlisted)
    assert data.load(NAME, "test")[0] == {"q": "9+9"}
    with pytest.raises(DataNotFound, match="perhaps not all its splits; say split="):
        data.load(NAME)


def test_a_revision_is_asked_for_by_its_name(hub):
    assert len(data.load(NAME, "train", revision=COMMIT)) == 3
    with pytest.raises(DataNotFound, match=r"revision 'v9'(.|\n)*Revision"):
        data.load(NAME, "train", revision="v9")


def test_the_token_of_the_environment_is_shown_to_the_hub(hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    data.load(NAME, "test")
    assert hub.token == "Bearer hf_secret"


def test_an_unknown_name_says_every_place_and_every_way(hub, tmp_path):
    with pytest.raises(DataNotFound) as caught:
        data.load("owner/summs", "train")
    message = str(caught.value)
    for part in (
        "no data set 'owner/summs' (split 'train')", "GEM_DATA_DIR is not set", str(tmp_path / "cache"), hub.url,
        "RepositoryNotFoundError", "pip install 'gem-gym[hub]'", "hf download --repo-type dataset owner/summs",
        "GEM_DATA_DIR=/data", "/data/owner/summs/train.jsonl",
    ):  # fmt: skip
        assert part in message


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (OUT_OF_ORDER, "503"),
        ((401, {"X-Error-Code": "GatedRepo"}, b"{}"), "GatedRepoError"),
        ((200, {}, b"<html>Please sign in to the airport's network</html>"), "Decode"),
        ((200, {}, b"{}"), "KeyError|TypeError|has no attribute"),
    ],
)
def test_a_hub_that_gives_no_list_of_files_is_a_place_where_nothing_was_found(hub, answer, why):
    hub.broken = answer
    with pytest.raises(DataNotFound, match=why):
        data.load(NAME, "train")


def test_a_download_that_fails_is_said_and_its_part_is_never_read(hub):
    hub.lost.add("data/train-00001-of-00002.jsonl")
    for _ in range(2):
        with pytest.raises(DataNotFound, match="the download failed"):
            data.load(NAME, "train")
    hub.lost.clear()
    assert len(data.load(NAME, "train")) == 3


def test_a_shard_that_the_hub_lacks_is_an_error(hub):
    del hub.files["data/train-00001-of-00002.jsonl"]
    with pytest.raises(DataError, match="1 of the 2 shards of 'train'"):
        data.load(NAME, "train")


def test_offline_mode_asks_nobody(hub, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(DataNotFound, match="HF_HUB_OFFLINE is set"):
        data.load(NAME, "train")
    assert not hub.asked


def test_a_hub_that_refuses_connections_is_an_error_at_once(tmp_path, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets the port, and nobody answers
        point_at(f"http://127.0.0.1:{taken.getsockname()[1]}", tmp_path, monkeypatch)
        begun = time.monotonic()
        with pytest.raises(DataNotFound, match=r"Connect|refused"):
            data.load(NAME, "train")
        assert time.monotonic() - begun < 5


def test_without_the_library_its_extra_is_named(monkeypatch):
    def missing(module, *, extra):
        raise MissingExtra(f"{module!r} is not installed. Run: pip install 'gem-gym[{extra}]'")

    monkeypatch.setattr("gem.data.hub.need", missing)
    monkeypatch.delenv("GEM_DATA_DIR", raising=False)
    with pytest.raises(DataNotFound, match="'huggingface_hub' is not installed"):
        data.load(NAME, "train")
