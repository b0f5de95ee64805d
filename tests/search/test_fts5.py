"""gem.search.fts5: finding passages with SQLite's own index, in memory and on disk."""

from __future__ import annotations

import copy
import gc
import pickle
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem import search
from gem.errors import DataError, SearchUnavailable
from gem.search import Hit, MemoryRetriever, Passage, Retriever, fts5
from gem.search.fts5 import FILE, Fts5Retriever, Fts5Writer
from tests.search.corpora import PASSAGES, STRANGE_QUERIES, ids


@pytest.fixture(scope="module")
def memory():
    with MemoryRetriever(PASSAGES) as retriever:
        yield retriever


@pytest.fixture
def on_disk(tmp_path):
    write(tmp_path, PASSAGES)
    with Fts5Retriever(tmp_path) as retriever:
        yield retriever


def write(folder, passages):
    writer = Fts5Writer(folder)
    writer.add(passages)
    writer.finish()
    writer.close()


def test_the_best_passage_comes_first_and_whole(memory):
    hits = memory.search("Who wrote The Glass Harbour?", topk=2)
    assert isinstance(hits[0], Hit)
    assert hits[0].passage == PASSAGES[0]
    assert hits[0].score > hits[1].score > 0


def test_disk_and_memory_find_the_same(memory, on_disk):
    for query in ("novels of Varga", "river", "cafe", "telmont orme", "nothing at all"):
        assert on_disk.search(query, 4) == memory.search(query, 4)
    assert len(on_disk) == len(memory) == len(PASSAGES)


def test_a_word_in_the_title_counts_more(memory):
    assert ids(memory.search("telmont", 4))[0] == "telmont"


@pytest.mark.parametrize(("query", "found"), [("keepers", "harbour"), ("CAFE", "telmont"), ("running sea", "orme")])
def test_word_forms_cases_and_accents_are_the_same(memory, query, found):
    assert ids(memory.search(query, 1)) == [found]


def test_equal_passages_come_in_the_order_of_the_corpus():
    with MemoryRetriever([Passage(str(n), "Twin", "the same text") for n in range(50)]) as retriever:
        assert ids(retriever.search("twin text", 5)) == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("query", STRANGE_QUERIES, ids=lambda query: ascii(query[:12]))
def test_no_query_raises(memory, query):
    assert all(isinstance(hit, Hit) for hit in memory.search(query, 3))


@given(st.text(st.characters(codec=None), max_size=40), st.integers(-3, 10))
def test_no_text_at_all_raises(query, topk):
    with MemoryRetriever(PASSAGES) as retriever:
        assert len(retriever.search(f"telmont {query}", topk)) <= max(0, topk)


@pytest.mark.parametrize("query", ['"telmont" AND', "telmont*", "-telmont", "title:telmont", "telmont NOT telmont"])
def test_operators_are_only_text(memory, query):
    assert "telmont" in ids(memory.search(query, 3))


def test_a_query_of_stop_words_alone_still_finds(memory):
    assert memory.search("the of and", 1)


@pytest.mark.parametrize("topk", [0, -1])
def test_nothing_is_found_where_nothing_is_wanted(memory, topk):
    assert memory.search("telmont", topk) == []


def test_more_than_there_is_gives_all_that_fits(memory):
    assert set(ids(memory.search("telmont", 10**30))) == {"telmont", "varga", "orme"}


def test_many_queries_are_answered_in_their_order(memory):
    answers = memory.search_many(["harbour", "nonsense", "orme"], 1)
    assert [ids(hits) for hits in answers] == [["harbour"], [], ["orme"]]


def test_of_a_large_corpus_only_the_rarest_words_are_looked_for(monkeypatch):
    passages = [Passage(str(n), "", f"common word{n % 10} rare{n}") for n in range(300)]
    with MemoryRetriever(passages) as retriever:
        whole = retriever.search("common word7 rare7", 40)
        monkeypatch.setattr(fts5, "BUDGET", 40)
        few = retriever.search("common word7 rare7", 40)
        assert whole[0].passage == few[0].passage == passages[7]
        assert len(whole) == 40
        assert {hit.passage.text.split()[1] for hit in few} == {"word7"}
        assert len(retriever.search("common", 3)) == 3, "a common word is looked for if there is no other"
        assert retriever.search("common absent", 1), "a word that is nowhere does not hide the others"


def test_what_no_file_can_hold_is_replaced():
    with MemoryRetriever([Passage("a\ud800", "t\0t", "half \udfff of it\0 there")]) as retriever:
        (hit,) = retriever.search("half there")
    assert hit.passage == Passage("a?", "t\0t", "half ? of it\0 there")


def test_an_empty_corpus_is_refused():
    with pytest.raises(DataError, match="no passages"):
        MemoryRetriever([])


@pytest.mark.parametrize("wrong", [("a", "b", "c"), Passage("1", "t", ""), Passage("1", "t", None), {"text": "x"}])
def test_what_is_no_passage_is_refused_by_its_number(wrong):
    with pytest.raises(DataError, match="passage 1 is no Passage"):
        MemoryRetriever([PASSAGES[0], wrong])


@pytest.mark.parametrize("kind", ["memory", "on_disk"])
def test_many_threads_find_what_one_finds(kind, request):
    retriever: Retriever = request.getfixturevalue(kind)
    queries = ["harbour novel", "varga", "telmont river", "orme sea"] * 25
    alone = [retriever.search(query) for query in queries]
    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(retriever.search, queries)) == alone


def test_copies_share_the_index(memory):
    assert copy.deepcopy(memory) is memory
    assert copy.copy(memory) is memory


@pytest.mark.parametrize("kind", ["memory", "on_disk"])
def test_a_pickle_finds_the_same(kind, request):
    retriever = request.getfixturevalue(kind)
    with pickle.loads(pickle.dumps(retriever)) as other:
        assert other.search("river") == retriever.search("river")


def test_a_closed_retriever_says_so_and_may_be_closed_twice():
    retriever = MemoryRetriever(PASSAGES)
    retriever.close()
    retriever.close()
    with pytest.raises(SearchUnavailable, match="closed"):
        retriever.search("orme")


def test_a_forgotten_retriever_closes_itself():
    retriever = MemoryRetriever(PASSAGES)
    connections = retriever._connections
    del retriever
    gc.collect()
    with pytest.raises(SearchUnavailable, match="closed"), connections.lent():
        pass


def test_a_connection_lent_at_closing_is_closed_when_it_comes_back():
    retriever = MemoryRetriever(PASSAGES)
    with retriever._connections.lent() as connection:
        retriever.close()
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(sqlite3.ProgrammingError):
        connection.execute("SELECT 1")


def test_a_missing_index_is_unavailable(tmp_path):
    with pytest.raises(SearchUnavailable, match="not there"):
        Fts5Retriever(tmp_path)


def test_a_file_that_is_no_database_is_unavailable(tmp_path):
    (tmp_path / FILE).write_bytes(b"<html>" * 1000)
    with pytest.raises(SearchUnavailable, match="cannot be read"):
        Fts5Retriever(tmp_path)


def test_a_folder_with_odd_letters_opens(tmp_path):
    folder = tmp_path / "a b?c#d%20é"
    folder.mkdir()
    write(folder, PASSAGES)
    with Fts5Retriever(folder) as retriever:
        assert len(retriever) == 4


def test_reading_leaves_the_folder_as_it_is(tmp_path):
    write(tmp_path, PASSAGES)
    with Fts5Retriever(tmp_path) as retriever:
        retriever.search("orme")
        assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_no_more_connections_are_opened_than_are_used_at_once(on_disk):
    with ThreadPoolExecutor(32) as threads:
        list(threads.map(on_disk.search, ["orme"] * 200))
    assert len(on_disk._connections._idle) <= on_disk._connections._places._initial_value


def test_the_package_names_what_it_offers():
    assert {"Hit", "MemoryRetriever", "Passage", "Retriever"} <= set(vars(search))
