"""gem.search.dense and gem.search.embedders: neighbours of vectors, and where vectors come from."""

from __future__ import annotations

import json
import pickle
import sys
import types
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import numpy as np
import pytest

from gem import search
from gem.errors import ConfigError, MissingExtra, SearchUnavailable
from gem.search import EmbeddingEndpoint, Hit, embedder
from gem.search.dense import INDEX, VECTORS, DenseRetriever, DenseWriter
from gem.search.dense import PASSAGES as PASSAGES_FILE
from gem.search.embedders import SentenceTransformerEmbedder, vectors_of
from tests.search.corpora import PASSAGES, STRANGE_QUERIES, QuietServer, hashing, ids, many, running

pytest.importorskip("usearch", reason="the extra 'dense' is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dense") / "index"
    search.build(PASSAGES, folder, embed=hashing)
    return folder


@pytest.fixture(scope="module")
def retriever(folder):
    with DenseRetriever(folder, hashing) as retriever:
        yield retriever


class Embeddings(BaseHTTPRequestHandler):
    """An endpoint like OpenAI's, over the hashing embedder; the list comes back in the wrong order."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers.get("Authorization"), asked["model"], len(asked["input"])))
        rows = [{"index": n, "embedding": row.tolist()} for n, row in enumerate(hashing(asked["input"]))]
        body = json.dumps({"data": rows[::-1]}).encode() if self.server.body is None else self.server.body
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def endpoint():
    server = QuietServer(("127.0.0.1", 0), Embeddings)
    server.asked, server.body = [], None
    with running(server):
        server.url = f"http://127.0.0.1:{server.server_port}/v1"
        yield server


def test_the_nearest_passage_comes_first_and_whole(retriever):
    hits = retriever.search("the lighthouse keeper's novel", topk=2)
    assert hits[0].passage == PASSAGES[0]
    assert 1 >= hits[0].score > hits[1].score
    assert len(retriever) == 4


def test_the_same_words_are_as_near_as_can_be(retriever):
    assert retriever.search(PASSAGES[3].contents, 1)[0].score == pytest.approx(1, abs=1e-3)


def test_many_queries_are_embedded_at_once(folder):
    asked = []

    def counting(texts):
        asked.append(list(texts))
        return hashing(texts)

    with DenseRetriever(folder, counting) as retriever:
        answers = retriever.search_many(["lighthouse", "sea", "lighthouse", " "], 1)
    assert [ids(hits) for hits in answers] == [["harbour"], ["orme"], ["harbour"], []]
    assert asked == [["lighthouse", "sea"]]


@pytest.mark.parametrize("query", STRANGE_QUERIES, ids=lambda query: ascii(query[:12]))
def test_no_query_raises(retriever, query):
    assert all(isinstance(hit, Hit) for hit in retriever.search(query, 3))


def test_nothing_is_found_where_nothing_is_wanted(retriever):
    assert retriever.search("telmont", 0) == []
    assert retriever.search_many([], 3) == []


def test_more_than_there_is_gives_all(retriever):
    assert len(retriever.search("telmont", 10**30)) == 4


def test_many_threads_find_what_one_finds(retriever):
    queries = ["harbour novel", "varga", "telmont river", "orme sea"] * 25
    alone = [retriever.search(query) for query in queries]
    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(retriever.search, queries)) == alone


def test_of_many_passages_the_graph_is_followed(tmp_path, monkeypatch):
    monkeypatch.setattr("gem.search.dense.EXACT", 10)
    passages = many(300)
    search.build(passages, tmp_path / "index", embed=hashing)
    with search.open(tmp_path / "index", embed=hashing) as retriever:
        answers = retriever.search_many([passage.contents for passage in passages], 3)
    found = sum(passage.id in ids(hits) for passage, hits in zip(passages, answers, strict=True))
    assert found > 255


def test_a_pickle_finds_the_same(retriever):
    with pickle.loads(pickle.dumps(retriever)) as other:
        assert other.search("river") == retriever.search("river")


def test_a_closed_retriever_says_so(folder):
    retriever = DenseRetriever(folder, hashing)
    retriever.close()
    retriever.close()
    with pytest.raises(SearchUnavailable, match="closed"):
        retriever.search("orme")


@pytest.mark.parametrize("name", [PASSAGES_FILE, INDEX])
def test_a_folder_that_lacks_a_file_is_unavailable(tmp_path, name):
    for other in {PASSAGES_FILE, INDEX} - {name}:
        (tmp_path / other).write_bytes(b"")
    with pytest.raises(SearchUnavailable, match="not there"):
        DenseRetriever(tmp_path, hashing)


def test_a_damaged_index_is_unavailable(tmp_path, folder):
    (tmp_path / PASSAGES_FILE).write_bytes((folder / PASSAGES_FILE).read_bytes())
    (tmp_path / INDEX).write_bytes(b"<html>")
    with pytest.raises(SearchUnavailable, match=INDEX):
        DenseRetriever(tmp_path, hashing)


def test_vectors_beyond_the_committed_passages_are_overwritten(tmp_path):
    writer = DenseWriter(tmp_path, hashing)
    writer.add(PASSAGES[:2])
    with (tmp_path / VECTORS).open("ab") as file:
        file.write(b"\xff" * 10_000)  # a build that was killed before its passages were committed
    writer.close()
    writer = DenseWriter(tmp_path, hashing)
    assert (writer.count, writer.last_id) == (2, "varga")
    writer.add(PASSAGES[2:])
    writer.finish()
    writer.tidy()
    writer.close()
    assert not (tmp_path / VECTORS).exists()
    with DenseRetriever(tmp_path, hashing) as retriever:
        assert ids(retriever.search("orme sea", 1)) == ["orme"]


def test_an_embedder_that_changes_its_mind_is_noticed(tmp_path, folder):
    with (
        pytest.raises(SearchUnavailable, match="index has"),
        DenseRetriever(folder, lambda texts: np.ones((len(texts), 3))) as other,
    ):
        other.search("x")
    writer = DenseWriter(tmp_path, hashing)
    writer.add(PASSAGES)
    writer._embed = lambda texts: np.ones((len(texts), 3))
    with pytest.raises(SearchUnavailable, match="now 3"):
        writer.add(PASSAGES)
    writer.close()


def raising(texts):
    raise ZeroDivisionError("no batch")


@pytest.mark.parametrize(
    "embed",
    [
        raising,
        lambda texts: None,
        lambda texts: [[1.0]],
        lambda texts: [1.0, 2.0],
        lambda texts: [[np.nan], [1.0]],
        lambda texts: "ab",
    ],
)
def test_what_an_embedder_does_wrong_is_one_kind_of_error(embed):
    with pytest.raises(SearchUnavailable, match="embedder"):
        vectors_of(embed, ["a", "b"])


def test_vectors_have_length_one_and_nothing_stays_nothing():
    vectors = vectors_of(lambda texts: [[3.0, 4.0], [0.0, 0.0]], ["a", "b"])
    assert vectors.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0, 0]]


def test_an_endpoint_makes_vectors_in_order_and_in_pieces(endpoint):
    texts = [f"word{n}" for n in range(150)]
    embed = EmbeddingEndpoint(endpoint.url, "bge", token="t0ken")
    assert np.array_equal(embed(texts), hashing(texts))
    embed.close()
    assert endpoint.asked == [("/v1/embeddings", "Bearer t0ken", "bge", n) for n in (64, 64, 22)]


def test_an_index_remembers_the_endpoint_that_embedded_it(endpoint, tmp_path):
    name = f"{endpoint.url}#bge"
    assert search.build(PASSAGES, tmp_path / "index", embed=name).embedder == name
    with search.open(tmp_path / "index") as retriever:
        assert ids(retriever.search("lighthouse", 1)) == ["harbour"]


@pytest.mark.parametrize(
    "body", [b"<html>", b"{}", b'{"data": [1]}', b'{"data": [{"index": 0, "embedding": "x"}]}', b"[" * 99999]
)
def test_an_endpoint_that_answers_something_else_is_unavailable(endpoint, body):
    endpoint.body = body
    embed = EmbeddingEndpoint(endpoint.url, "bge")
    with pytest.raises(SearchUnavailable, match=r"embeddings|embedder"):
        vectors_of(embed, ["a"])
    embed.close()


def test_an_endpoint_needs_a_model():
    with pytest.raises(ConfigError, match="#MODEL"):
        embedder("http://localhost:8000/v1")


def test_a_model_of_sentence_transformers_is_loaded_when_it_is_first_asked(monkeypatch):
    class Model:
        def __init__(self, name):
            self.name = name

        def encode(self, texts, **_):
            return hashing(texts)

    monkeypatch.setitem(sys.modules, "sentence_transformers", types.SimpleNamespace(SentenceTransformer=Model))
    embed = embedder("all-MiniLM-L6-v2")
    assert isinstance(embed, SentenceTransformerEmbedder)
    assert embed._model is None
    assert np.array_equal(embed(["a b"]), hashing(["a b"]))
    assert embed._model.name == "all-MiniLM-L6-v2"


def test_without_sentence_transformers_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtra, match="pip install sentence-transformers"):
        vectors_of(embedder("all-MiniLM-L6-v2"), ["a"])


def test_without_the_extra_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "usearch.index", None)
    with pytest.raises(MissingExtra, match=r"gem-gym\[dense\]"):
        search.build(PASSAGES, tmp_path / "index", embed=hashing)
