"""gem.search.server: what it answers to clients of every kind."""

from __future__ import annotations

import http.client
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import msgpack
import pytest

from gem.errors import SearchUnavailable
from gem.search import HttpRetriever, MemoryRetriever
from gem.search.server import SearchServer
from tests.search.corpora import PASSAGES, Recorded, running

HARBOUR = {"id": "harbour", "contents": "The Glass Harbour\nA novel by Ines Varga about a lighthouse keeper."}


@pytest.fixture(scope="module")
def server():
    with MemoryRetriever(PASSAGES) as memory, running(SearchServer(memory, port=0)) as server:
        yield server


def ask(server, body, path="/retrieve", method="POST", **headers):
    """Status, media type and content of an answer."""
    connection = http.client.HTTPConnection(*server.server_address[:2], timeout=10)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        kind, content = response.headers.get_content_type(), response.read()
        return response.status, kind, (json.loads if kind == "application/json" else msgpack.unpackb)(content)
    finally:
        connection.close()


def asked(server, **content):
    return ask(server, json.dumps(content).encode())


def test_one_query_gets_one_list(server):
    status, kind, content = asked(server, query="lighthouse", topk=2, return_scores=True)
    assert (status, kind) == (200, "application/json")
    ((item,),) = content.values()
    assert item["document"] == HARBOUR
    assert item["score"] > 0


def test_several_queries_get_a_list_each(server):
    status, _, content = asked(server, queries=["lighthouse", "nonsense"], topk=2, return_scores=True)
    assert status == 200
    assert [[item["document"] for item in items] for items in content["result"]] == [[HARBOUR], []]


def test_msgpack_is_answered_in_msgpack_whatever_the_client_calls_it(server):
    body = msgpack.packb({"query": "lighthouse", "topk": 1, "return_scores": True})
    for headers in ({}, {"Content_Type": "application/msgpack"}, {"Content_Type": "application/x-www-form-urlencoded"}):
        status, kind, content = ask(server, body, **headers)
        assert (status, kind) == (200, "application/msgpack")
        assert content["result"][0]["document"] == HARBOUR


def test_without_scores_documents_come_alone(server):
    assert asked(server, query="lighthouse", return_scores=False)[2] == {"result": [HARBOUR]}
    assert asked(server, queries=["lighthouse"])[2] == {"result": [[HARBOUR]]}, "as Search-R1's servers do"


def test_topk_is_three_unless_it_is_said(server):
    assert len(asked(server, query="telmont varga", topk=None)[2]["result"]) == 3
    assert asked(server, query="telmont", topk=0)[2] == {"result": []}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b"{}", b'{"query": 5}', b'{"query": null}', b'{"queries": "x"}', b'{"queries": [1]}',
        b'{"query": "x", "topk": -1}', b'{"query": "x", "topk": 1e9}', b'{"query": "x", "topk": "3"}', b"\xc1", b"\x80",
        b'{"query": "x", "topk": true}', b'{"query": "x", "topk": 1' + b"0" * 5000 + b"}", b'{"a":' * 50_000,
        b'{"query": "x", "topk": 1001}', b"<html>", b"\x91" * 50_000, json.dumps({"queries": ["x"] * 5000}).encode(),
    ],
    ids=lambda body: ascii(body[:24]),
)  # fmt: skip
def test_a_wrong_request_is_explained(server, body):
    status, _, content = ask(server, body)
    assert status == 400
    assert 0 < len(content["error"]) < 300


def test_health_says_that_it_is_there(server):
    assert ask(server, None, "/health", "GET")[::2] == (200, {"status": "ok"})


@pytest.mark.parametrize(("path", "method"), [("/", "GET"), ("/retrieve", "GET"), ("/search", "POST")])
def test_other_paths_are_told_the_right_ones(server, path, method):
    status, _, content = ask(server, b"{}", path, method)
    assert status == 404
    assert "POST /retrieve" in content["error"]


def test_a_body_that_is_too_long_is_not_read():
    with running(SearchServer(Recorded(), port=0, max_body_mb=1)) as server:
        status, _, content = ask(server, b"", Content_Length=str(2 << 20))
    assert (status, content["error"]) == (413, "the body is at most 1048576 bytes")


def test_a_body_of_unknown_length_is_refused(server):
    assert ask(server, b"", Content_Length="many")[0] == 411


def test_a_token_is_asked_for():
    with running(SearchServer(Recorded(), port=0, token="t0kén")) as server:
        assert ask(server, b'{"query": "x"}')[0] == 401
        assert ask(server, b'{"query": "x"}', Authorization="Bearer wrong")[0] == 401
        assert ask(server, None, "/health", "GET")[0] == 200


def test_an_engine_that_fails_is_told_and_survived():
    retriever = Recorded(SearchUnavailable("the disk is gone"))
    with running(SearchServer(retriever, port=0)) as server:
        status, _, content = ask(server, b'{"query": "x"}')
        assert (status, content) == (502, {"error": "the disk is gone"})
        retriever.error = None
        assert ask(server, b'{"query": "x"}')[0] == 200


def test_an_engine_that_breaks_in_another_way_is_told_and_logged(caplog):
    retriever = Recorded(ZeroDivisionError("private"))
    with running(SearchServer(retriever, port=0)) as server:
        for content in ({"query": "x"}, {"queries": ["x", "y"]}):
            status, _, answer = asked(server, **content)
            assert (status, answer) == (500, {"error": "the search failed: ZeroDivisionError"})
        retriever.error = None
        assert asked(server, query="x")[0] == 200
    assert [record.exc_info[0] for record in caplog.records] == [ZeroDivisionError] * 2


@pytest.mark.parametrize("length", [{"Content-Length": "16"}, {"Transfer-Encoding": "chunked"}])
def test_the_body_of_a_question_of_health_is_not_taken_for_a_request(server, length):
    connection = http.client.HTTPConnection(*server.server_address[:2], timeout=10)
    connection.request("GET", "/health", headers=length)
    response = connection.getresponse()
    assert (response.status, response.getheader("Connection"), response.will_close) == (200, "close", True)
    response.read()
    connection.close()


def test_more_than_it_can_bear_is_sent_away():
    retriever = Recorded()
    retriever.gate.clear()
    with running(SearchServer(retriever, port=0, max_waiting=1)) as server, ThreadPoolExecutor(1) as threads:
        first = threads.submit(ask, server, b'{"query": "x"}')
        while not retriever.batches:
            threading.Event().wait(0.001)
        status, _, content = ask(server, b'{"query": "y"}')
        assert (status, content["error"]) == (503, "too many requests are waiting")
        retriever.gate.set()
        assert first.result()[0] == 200


def test_clients_are_answered_side_by_side():
    retriever = Recorded()
    retriever.gate.clear()
    with running(SearchServer(retriever, port=0)) as server, ThreadPoolExecutor(8) as threads:
        answers = [threads.submit(ask, server, json.dumps({"query": str(n)}).encode()) for n in range(8)]
        while len(retriever.batches) < 8:  # all of them are with the retriever before any is answered
            threading.Event().wait(0.001)
        retriever.gate.set()
        assert [answer.result()[2]["result"][0]["document"]["id"] for answer in answers] == [f"{n}0" for n in range(8)]


def test_a_client_that_goes_away_is_no_news(server, capfd):
    connection = http.client.HTTPConnection(*server.server_address[:2])
    connection.putrequest("POST", "/retrieve")
    connection.putheader("Content-Length", "1000")
    connection.endheaders()
    connection.close()
    with HttpRetriever(server.url, format="json") as remote:
        assert remote.search("sea")
    assert capfd.readouterr() == ("", "")
