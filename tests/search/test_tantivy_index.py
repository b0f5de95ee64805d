"""gem.search.tantivy_index: an index of tantivy's."""

from __future__ import annotations

import gc
import importlib.util
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter, thread_time

import numpy as np
import pytest

from gem import search
from gem.errors import MissingExtra, SearchUnavailable
from gem.search import Hit, MemoryRetriever, Passage, tantivy_index
from gem.search.tantivy_index import TantivyRetriever, TantivyWriter
from tests.search.corpora import PASSAGES, STRANGE_QUERIES, ids, many

pytest.importorskip("tantivy", reason="the extra 'search' is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tantivy")
    write(folder, PASSAGES)
    return folder


@pytest.fixture(scope="module")
def retriever(folder):
    with TantivyRetriever(folder) as retriever:
        yield retriever


def write(folder, *batches):
    writer = TantivyWriter(folder)
    for batch in batches:
        writer.add(batch)
    writer.finish()
    writer.close()


def test_the_best_passage_comes_first_and_whole(retriever):
    hits = retriever.search("Who wrote The Glass Harbour?", topk=2)
    assert hits[0].passage == PASSAGES[0]
    assert hits[0].score > hits[1].score > 0
    assert len(retriever) == 4


def test_it_finds_what_the_engine_without_extras_finds(retriever):
    with MemoryRetriever(PASSAGES) as other:
        for query in ("novels of Varga", "river", "cafe", "telmont", "running", "nothing at all", "the"):
            assert set(ids(retriever.search(query, 4))) == set(ids(other.search(query, 4))), query


def test_capitals_of_all_alphabets_are_found_small_and_large(tmp_path):
    passages = [Passage("1", "İstanbul", "Ärger in Łódź."), Passage("2", "Istanbul", "arger in lodz")]
    write(tmp_path, passages)
    with TantivyRetriever(tmp_path) as retriever, MemoryRetriever(passages) as other:
        for query in ("İstanbul", "istanbul", "ISTANBUL", "ÄRGER", "ärger"):
            assert len(retriever.search(query)) == len(other.search(query)) == 2, query


def test_a_word_in_the_title_counts_more(retriever):
    assert ids(retriever.search("telmont", 4))[0] == "telmont"


@pytest.mark.parametrize("query", STRANGE_QUERIES, ids=lambda query: ascii(query[:12]))
def test_no_query_raises(retriever, query):
    assert all(isinstance(hit, Hit) for hit in retriever.search(query, 3))


@pytest.mark.parametrize("query", ['"telmont" AND', "telmont*", "-telmont", "title:telmont", "telmont NOT telmont"])
def test_operators_are_only_text(retriever, query):
    assert "telmont" in ids(retriever.search(query, 3))


def test_nothing_is_found_where_nothing_is_wanted(retriever):
    assert retriever.search("telmont", 0) == retriever.search("telmont", -1) == []


def test_more_than_there_is_gives_all_that_fits(retriever):
    assert len(retriever.search("telmont", 10**30)) == 3


def test_an_id_is_not_searched(retriever):
    assert ids(retriever.search("varga", 4)) == ["varga", "harbour"]


def test_equal_passages_come_in_the_order_of_the_corpus(tmp_path):
    twins = [Passage(str(n), "Twin", "the same text") for n in range(50)]
    write(tmp_path, twins[:20], twins[20:])
    with TantivyRetriever(tmp_path) as retriever:
        assert ids(retriever.search("twin text", 50)) == [str(n) for n in range(50)]


def test_of_a_large_corpus_only_the_rarest_words_are_looked_for(retriever, monkeypatch):
    monkeypatch.setattr(tantivy_index, "BUDGET", 2)
    assert set(ids(retriever.search("telmont novels", 4))) == {"harbour", "varga"}


def test_many_threads_find_what_one_finds(retriever):
    queries = ["harbour novel", "varga", "telmont river", "orme sea"] * 25
    alone = [retriever.search(query) for query in queries]
    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(retriever.search, queries)) == alone


def test_a_pickle_finds_the_same(retriever):
    with pickle.loads(pickle.dumps(retriever)) as other:
        assert other.search("river") == retriever.search("river")


def test_a_writer_goes_on_where_the_last_one_committed(tmp_path):
    write(tmp_path, many(10))
    writer = TantivyWriter(tmp_path)
    assert (writer.count, writer.last_id) == (10, "p9")
    writer.add(many(12, start=10))
    assert (writer.count, writer.last_id) == (12, "p11")
    writer.close()
    assert len(TantivyRetriever(tmp_path)) == 12


def test_what_was_not_committed_is_not_there(tmp_path):
    writer = TantivyWriter(tmp_path)
    writer.add(many(3))
    with pytest.raises(AttributeError):
        writer.add([*many(5), None])
    writer.close()
    writer = TantivyWriter(tmp_path)
    assert writer.count == 3
    writer.close()


def test_two_writers_do_not_mix(tmp_path):
    writer = TantivyWriter(tmp_path)
    with pytest.raises(SearchUnavailable, match="lock"):
        TantivyWriter(tmp_path)
    writer.close()


def test_a_folder_without_an_index_is_unavailable(tmp_path):
    with pytest.raises(SearchUnavailable, match="cannot be used"):
        TantivyRetriever(tmp_path)


def test_a_folder_that_cannot_be_written_is_read_all_the_same(folder, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("os.access", lambda path, mode: False)
    retriever = TantivyRetriever(folder)
    (links,) = tmp_path.iterdir()
    assert (links / "meta.json").is_symlink()
    assert ids(retriever.search("lighthouse")) == ["harbour"]
    del retriever
    gc.collect()
    assert list(tmp_path.iterdir()) == []
    assert (folder / "meta.json").exists()


def test_without_the_extra_it_says_what_to_install(monkeypatch, folder):
    monkeypatch.setitem(__import__("sys").modules, "tantivy", None)
    with pytest.raises(MissingExtra, match=r"gem-gym\[search\]"):
        TantivyRetriever(folder)


@pytest.mark.slow
@pytest.mark.xdist_group("search-engine")
def test_two_hundred_thousand_passages_are_found_within_milliseconds(tmp_path):
    """The figures proper are benchmarks/search.py's; here it is this thread's own time, which others do not disturb."""
    corpus = _generated_corpus()
    total = 200_000
    search.build(corpus.passages(total), tmp_path / "index", "tantivy")
    questions = corpus.questions(100)
    begun = perf_counter()
    with search.open(tmp_path / "index") as retriever:
        assert perf_counter() - begun < 1
        assert len(retriever) == total
        times_ms, found = [], 0
        for query, wanted in questions:
            begun = thread_time()
            found += wanted in ids(retriever.search(query, 10))
            times_ms.append(1e3 * (thread_time() - begun))
    assert found >= 0.95 * len(questions)
    assert np.percentile(times_ms, 50) < 5
    assert np.percentile(times_ms, 95) < 25


def _generated_corpus():
    path = Path(__file__).parents[2] / "benchmarks/search_corpus.py"
    spec = importlib.util.spec_from_file_location("benchmarks_search_corpus", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
