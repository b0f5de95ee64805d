"""gem.search.build and gem.search.open: an index in a folder, made in batches, and gone on with after an interrupt."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gem import search
from gem.errors import ConfigError, DataError, SearchUnavailable, StorageError
from gem.search import Passage, building
from gem.search.manifest import FILE, Manifest
from tests.search.corpora import PASSAGES, hashing, ids, many

ROOT = Path(__file__).parents[2]
EMBEDS = {"fts5": None, "tantivy": None, "dense": hashing}
engines = pytest.mark.parametrize("engine", EMBEDS)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    from gem.search.dense import DenseWriter
    from gem.search.fts5 import Fts5Writer
    from gem.search.tantivy_index import TantivyWriter

    for writer in (DenseWriter, Fts5Writer, TantivyWriter):
        monkeypatch.setattr(writer, "BATCH", 10)


def broken_after(count, error=KeyboardInterrupt):
    yield from many(count)
    raise error


def contents(folder, engine, count):
    """All passages of an index, by asking for each."""
    with search.open(folder, embed=EMBEDS[engine]) as retriever:
        assert len(retriever) == count
        return [ids(retriever.search(f"vel{n} town {n}", 1)) for n in range(count)]


@engines
def test_what_is_built_is_opened_and_found(tmp_path, engine):
    told = []
    built = search.build(PASSAGES, tmp_path / "a/index", engine, embed=EMBEDS[engine], on_progress=told.append)
    assert built == Manifest.read(tmp_path / "a/index") == Manifest(engine, 4, finished=True)
    assert told == [0, 4]
    with search.open(str(tmp_path / "a/index"), embed=EMBEDS[engine]) as retriever:
        assert ids(retriever.search("the lighthouse novel", 1)) == ["harbour"]


@engines
@pytest.mark.parametrize("read", [0, 9, 25, 30])
def test_a_build_that_was_stopped_goes_on(tmp_path, engine, read):
    embed = EMBEDS[engine]
    with pytest.raises(KeyboardInterrupt):
        search.build(broken_after(read), tmp_path / "index", engine, embed=embed)
    if read:
        assert Manifest.read(tmp_path / "index") == Manifest(engine, read // 10 * 10)
        with pytest.raises(SearchUnavailable, match="interrupted"):
            search.open(tmp_path / "index", embed=embed)
    told = []
    search.build(many(35), tmp_path / "index", engine, embed=embed, on_progress=told.append)
    assert told == [read // 10 * 10, 35]
    assert contents(tmp_path / "index", engine, 35) == [[f"p{n}"] for n in range(35)]


@engines
def test_a_build_killed_between_index_and_manifest_counts_what_is_in_the_index(tmp_path, engine, monkeypatch):
    with pytest.raises(KeyboardInterrupt):
        search.build(broken_after(20), tmp_path / "index", engine, embed=EMBEDS[engine])
    Manifest(engine, 10).write(tmp_path / "index")  # as if the second batch was not yet noted
    search.build(many(25), tmp_path / "index", engine, embed=EMBEDS[engine])
    assert contents(tmp_path / "index", engine, 25) == [[f"p{n}"] for n in range(25)]


@engines
@pytest.mark.parametrize("count", [12, 30])
def test_a_build_stopped_at_its_very_end_is_finished_by_the_next(tmp_path, engine, count, monkeypatch):
    write = Manifest.write

    def stopping(manifest, folder):
        if manifest.finished:
            raise KeyboardInterrupt
        write(manifest, folder)

    with monkeypatch.context() as patched:
        patched.setattr(Manifest, "write", stopping)
        with pytest.raises(KeyboardInterrupt):
            search.build(many(12), tmp_path / "index", engine, embed=EMBEDS[engine])
    search.build(many(count), tmp_path / "index", engine, embed=EMBEDS[engine])
    assert contents(tmp_path / "index", engine, count) == [[f"p{n}"] for n in range(count)]
    assert not (tmp_path / "index/vectors.float32").exists()


@engines
def test_a_corpus_is_never_held_whole(tmp_path, engine):
    ahead = []

    def corpus():
        for drawn, passage in enumerate(many(55)):
            if drawn:
                ahead.append(drawn - Manifest.read(tmp_path / "index").passages)
            yield passage

    search.build(corpus(), tmp_path / "index", engine, embed=EMBEDS[engine])
    assert max(ahead) <= 10


@engines
def test_another_corpus_is_not_mixed_in(tmp_path, engine):
    with pytest.raises(KeyboardInterrupt):
        search.build(broken_after(20), tmp_path / "index", engine, embed=EMBEDS[engine])
    for other in (many(40, start=3), many(7)):
        with pytest.raises(DataError, match="another corpus"):
            search.build(other, tmp_path / "index", engine, embed=EMBEDS[engine])


@engines
def test_other_texts_of_the_same_ids_are_another_corpus(tmp_path, engine):
    with pytest.raises(KeyboardInterrupt):
        search.build(broken_after(20), tmp_path / "index", engine, embed=EMBEDS[engine])
    others = [passage._replace(text="Something else.") if passage.id == "p3" else passage for passage in many(30)]
    with pytest.raises(DataError, match="of its 20 passages some are others here"):
        search.build(others, tmp_path / "index", engine, embed=EMBEDS[engine])
    search.build(many(30), tmp_path / "index", engine, embed=EMBEDS[engine])
    assert contents(tmp_path / "index", engine, 30) == [[f"p{n}"] for n in range(30)]


def test_a_build_is_known_again_after_several_interruptions(tmp_path):
    for read in (10, 20, 30):
        with pytest.raises(KeyboardInterrupt):
            search.build(broken_after(read), tmp_path / "index", "fts5")
    others = [Passage(passage.id, "", "x") for passage in many(40)]
    with pytest.raises(DataError, match="of its 30 passages"):
        search.build(others, tmp_path / "index", "fts5")


def test_a_build_begun_with_another_engine_is_not_gone_on_with(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        search.build(broken_after(20), tmp_path / "index", "fts5")
    with pytest.raises(ConfigError, match="begun with fts5"):
        search.build(many(30), tmp_path / "index", "tantivy")


def test_a_finished_index_is_not_overwritten(tmp_path):
    search.build(PASSAGES, tmp_path / "index", "fts5")
    with pytest.raises(ConfigError, match="finished index of 4"):
        search.build(PASSAGES, tmp_path / "index", "fts5")


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    for out in (tmp_path, tmp_path / "thesis.tex"):
        with pytest.raises(ConfigError, match="no index"):
            search.build(PASSAGES, out, "fts5")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("corpus", [[], iter(())])
def test_an_empty_corpus_is_refused_and_leaves_nothing(tmp_path, corpus):
    with pytest.raises(DataError, match="empty"):
        search.build(corpus, tmp_path / "index")
    assert not (tmp_path / "index").exists()


def test_a_wrong_passage_is_named_and_what_came_before_is_kept(tmp_path):
    with pytest.raises(DataError, match="passage 12 is no Passage"):
        search.build([*many(12), Passage("x", "t", "")], tmp_path / "index", "fts5")
    assert Manifest.read(tmp_path / "index").passages == 10


def test_a_file_of_json_lines_is_a_corpus(tmp_path):
    lines = [json.dumps({"id": passage.id, "contents": passage.contents}) for passage in PASSAGES]
    (tmp_path / "wiki.jsonl").write_text("\n".join(lines))
    search.build(tmp_path / "wiki.jsonl", tmp_path / "index", "fts5")
    with search.open(tmp_path / "index") as retriever:
        assert retriever.search("lighthouse")[0].passage == PASSAGES[0]


def test_auto_takes_tantivy_if_it_is_there(tmp_path, monkeypatch):
    assert search.build(PASSAGES, tmp_path / "a").engine == "tantivy"
    monkeypatch.setattr(building, "find_spec", lambda name: None)
    assert search.build(PASSAGES, tmp_path / "b").engine == "fts5"
    assert search.build(PASSAGES, tmp_path / "c", embed=hashing).engine == "dense"


@pytest.mark.parametrize(("engine", "embed"), [("fts6", None), ("dense", None), ("fts5", hashing)])
def test_an_engine_that_cannot_be_is_refused(tmp_path, engine, embed):
    with pytest.raises(ConfigError, match=r"fts5|embed"):
        search.build(PASSAGES, tmp_path / "index", engine, embed=embed)
    assert not (tmp_path / "index").exists()


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="cannot be written"):
        search.build(PASSAGES, tmp_path / "file/index", "fts5")


def test_two_builds_in_one_folder_do_not_mix(tmp_path):
    def corpus():
        yield from many(15)
        with pytest.raises((StorageError, SearchUnavailable), match="lock"):
            search.build(many(30), tmp_path / engine, engine)
        yield from many(30, start=15)

    for engine in ("fts5", "tantivy"):
        assert search.build(corpus(), tmp_path / engine, engine).passages == 30


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "holds no index"), ("<html>", "cannot be read"), ("[]", "format None"), ('{"format": 99}', "format 99"),
        ('{"format": 1, "engine": "x", "colour": 1}', "damaged"), ('{"format": 1}', "damaged"),
        ('{"format": 1, "engine": "x", "finished": true}', "not known"),
        ('{"format": 1, "engine": "fts5", "finished": true}', "not there"),
        ('{"format": 1, "engine": "tantivy", "finished": true}', "cannot be used"),
    ],
)  # fmt: skip
def test_what_is_no_index_is_not_opened(tmp_path, content, said):
    if content is not None:
        (tmp_path / FILE).write_text(content)
    with pytest.raises(SearchUnavailable, match=said):
        search.open(tmp_path)


def test_a_missing_folder_is_told_with_the_command_that_makes_one(tmp_path):
    with pytest.raises(SearchUnavailable, match="gem-gym search build"):
        search.open(tmp_path / "nowhere")


def test_an_embedder_is_asked_for_only_where_one_is_used(tmp_path):
    search.build(PASSAGES, tmp_path / "words", "fts5")
    search.build(PASSAGES, tmp_path / "vectors", "dense", embed=hashing)
    with pytest.raises(ConfigError, match="embeds nothing"):
        search.open(tmp_path / "words", embed=hashing)
    with pytest.raises(ConfigError, match="give it again"):
        search.open(tmp_path / "vectors")


KILLED = """
import os, signal, sys
from gem import search
from gem.search import Passage, fts5, tantivy_index
fts5.Fts5Writer.BATCH = tantivy_index.TantivyWriter.BATCH = 100
def corpus():
    for n in range(10_000):
        if n == 777:
            os.kill(os.getpid(), signal.SIGKILL)
        yield Passage(f"p{n}", f"Town {n}", f"Vel{n} lies by the river Orm{n % 7}.")
search.build(corpus(), sys.argv[1], sys.argv[2])
"""


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["fts5", "tantivy"])
def test_a_killed_build_gives_the_same_index_in_the_end(tmp_path, engine, monkeypatch):
    monkeypatch.undo()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, tmp_path / "killed", engine], cwd=ROOT, env={**os.environ}, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert Manifest.read(tmp_path / "killed").passages == 700
    for name in ("killed", "whole"):
        search.build(many(1000), tmp_path / name, engine)
    with search.open(tmp_path / "killed") as killed, search.open(tmp_path / "whole") as whole:
        assert len(killed) == len(whole) == 1000
        for query in ("vel699", "vel700", "vel777", "vel999", "river orm3", "town"):
            assert sorted(killed.search(query, 1000)) == sorted(whole.search(query, 1000))
