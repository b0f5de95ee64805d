"""gem.search.http_retriever and its client, against our server and against services that misbehave, on loopback."""

from __future__ import annotations

import json
import pickle
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler

import msgpack
import pytest

from gem.errors import ConfigError, MissingExtra, SearchUnavailable
from gem.search import HttpRetriever, MemoryRetriever, Passage, service_client
from gem.search.server import SearchServer
from gem.search.wire import JSON
from tests.search.corpora import PASSAGES, STRANGE_QUERIES, QuietServer, ids, running

FORMATS = ("msgpack", "json", "search-r1")
GOOD = {"result": [{"document": {"contents": '"Telmont"\nA town.'}, "score": 2.5}]}


@pytest.fixture(scope="module")
def served():
    with MemoryRetriever(PASSAGES) as memory, running(SearchServer(memory, port=0)) as server:
        yield server


class Scripted(BaseHTTPRequestHandler):
    """Answers each request with the next (status, headers, body) of the server's script, the last one for ever."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        script, asked = self.server.script, self.server.asked
        asked.append((self.path, dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        status, headers, body = script[min(len(asked), len(script)) - 1]
        if status is None:  # the connection breaks
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def service():
    server = QuietServer(("127.0.0.1", 0), Scripted)
    server.script, server.asked = [], []
    with running(server):
        server.url = f"http://127.0.0.1:{server.server_port}/retrieve"
        yield server


@pytest.fixture
def client(service):
    """A retriever of the scripted service that does not really sleep: it notes its pauses."""
    retrievers = []

    def make(*script, **options):
        service.script = list(script)
        pauses = []
        retriever = HttpRetriever(service.url, sleep=pauses.append, **{"format": "json", **options})
        retrievers.append(retriever)
        return retriever, pauses

    yield make
    for retriever in retrievers:
        retriever.close()


def answer(content=GOOD, status=200, **headers):
    return status, headers, packed_json(content)


def packed_json(content):
    return json.dumps(content).encode()


def unavailable(why):
    return pytest.raises(SearchUnavailable, match=why)


# -- with our server ----------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_what_the_server_finds_arrives_whole(served, format):
    with MemoryRetriever(PASSAGES) as memory, HttpRetriever(served.url, format=format) as remote:
        for query in ("the glass harbour", "telmont river", "nonsense"):
            assert remote.search(query, 2) == memory.search(query, 2)
        assert remote.search_many(["harbour", "", "orme"], 1) == memory.search_many(["harbour", "", "orme"], 1)
        assert remote.search_many([], 1) == []
        assert remote.search("orme", 0) == []


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("query", STRANGE_QUERIES, ids=lambda query: ascii(query[:12]))
def test_no_query_raises(served, format, query):
    with HttpRetriever(served.url, format=format) as remote:
        assert len(remote.search(query, 3)) <= 3


def test_many_threads_find_what_one_finds(served):
    with HttpRetriever(served.url) as remote, ThreadPoolExecutor(16) as threads:
        queries = ["harbour novel", "varga", "telmont river", "orme sea"] * 10
        alone = [remote.search(query) for query in queries]
        assert list(threads.map(remote.search, queries)) == alone


def test_a_token_is_sent():
    with MemoryRetriever(PASSAGES) as memory, running(SearchServer(memory, port=0, token="t0ken")) as server:
        with HttpRetriever(server.url, token="t0ken") as remote:
            assert ids(remote.search("sea")) == ["orme"]
        for token in (None, "wrong"):
            with HttpRetriever(server.url, token=token) as remote, unavailable(r"401.*token is missing or wrong"):
                remote.search("sea")


def test_a_pickle_asks_the_same_service(served):
    with HttpRetriever(served.url, format="json") as remote, pickle.loads(pickle.dumps(remote)) as other:
        assert other.search("sea") == remote.search("sea")


# -- the contract -------------------------------------------------------------------------------


def test_the_request_is_the_one_that_services_of_the_field_read(client, service):
    for format, pack, unpack in (("msgpack", msgpack.packb, msgpack.unpackb), ("json", packed_json, json.loads)):
        service.asked.clear()
        retriever, _ = client((200, {}, pack(GOOD)), format=format)
        assert retriever.search("a town", 4) == [(Passage("", "Telmont", "A town."), 2.5)]
        path, headers, body = service.asked[0]
        assert (path, headers["Content-Type"]) == ("/retrieve", f"application/{format}")
        assert unpack(body) == {"query": "a town", "topk": 4, "return_scores": True}


def test_search_r1_is_asked_many_queries_at_once(client, service):
    result = [[{"document": {"id": "1", "contents": "T\nx"}, "score": 1.0}], []]
    retriever, _ = client(answer({"result": result}), format="search-r1")
    assert retriever.search_many(["a", "b"], 2) == [[(Passage("1", "T", "x"), 1.0)], []]
    assert [json.loads(body) for _, _, body in service.asked] == [
        {"queries": ["a", "b"], "topk": 2, "return_scores": True}
    ]


@pytest.mark.parametrize(
    "item",
    [
        {"document": {"contents": "T\nx"}, "score": 0}, {"contents": "T\nx"}, {"title": "T", "text": "x"},
        {"document": "T\nx"}, {"document": {"contents": "T\nx"}, "score": None},
        {"document": {"contents": "T\nx"}, "score": "high"}, {"document": {"contents": "T\nx"}, "score": float("nan")},
    ],
)  # fmt: skip
def test_documents_come_in_several_forms(client, item):
    retriever, _ = client(answer({"result": [item]}))
    assert retriever.search("x") == [(Passage("", "T", "x"), 0.0)]


def test_a_service_that_gives_more_than_was_asked_is_cut_short(client):
    retriever, _ = client(answer({"result": [{"contents": str(n)} for n in range(9)]}))
    assert len(retriever.search("x", 2)) == 2


def test_a_url_without_a_path_is_that_of_the_contract(served):
    with HttpRetriever(served.url.removesuffix("/retrieve")) as remote:
        assert remote.search("sea")


# -- services that misbehave --------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html><body>Bad gateway</body></html>", "text/html"), (b"<!doctype html>", "text/html; charset=utf-8"),
        (b"", JSON), (b"null", JSON), (b"[1]", JSON), (b"{}", JSON), (b'{"result": 5}', JSON),
        (b'{"result": [5]}', JSON), (b'{"result": [[5]]}', ""), (b'{"result": [{"document": {}}]}', JSON),
        (b'{"error": "no"}', JSON), (b"\xc1", ""),
        (b'{"result": [{"contents": "x", "score": 1' + b"0" * 400 + b"}]}", JSON), (b"[" * 100_000, JSON),
        (b"\x91" * 100_000, "application/msgpack"), (b"\x81\xa1", ""),
    ],
    ids=lambda value: ascii(value[:24]),
)  # fmt: skip
def test_what_is_no_answer_is_one_clear_error(client, format, body, kind):
    retriever, pauses = client((200, {"Content-Type": kind}, body), format=format)
    with pytest.raises(SearchUnavailable, match="answers no passages") as raised:
        retriever.search("x")
    assert len(str(raised.value)) < 500
    assert pauses == []


def test_a_web_page_is_called_one(client):
    retriever, _ = client((200, {"Content-Type": "text/html"}, b"<html>login</html>"))
    with pytest.raises(SearchUnavailable, match="but a web page"):
        retriever.search("x")


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_a_busy_service_is_asked_again_later_and_later(client, service, status):
    retriever, pauses = client(answer({}, status), answer({}, status), answer({}, status), answer())
    assert ids(retriever.search("x"))
    assert len(service.asked) == 4
    assert [0.05 < pauses[0] <= 0.1, 0.1 < pauses[1] <= 0.2, 0.2 < pauses[2] <= 0.4] == [True] * 3


def test_a_connection_that_breaks_is_made_again(client, service):
    retriever, pauses = client((None, {}, b""), answer())
    assert retriever.search("x")
    assert (len(service.asked), len(pauses)) == (2, 1)


def test_a_service_says_how_long_it_wants_to_be_left_alone(client):
    retriever, pauses = client(answer({}, 503, **{"Retry-After": "2"}), answer())
    assert retriever.search("x")
    assert pauses == [2.0]


def test_a_service_that_stays_broken_is_given_up(client, service):
    retriever, pauses = client((500, {}, b"<html>Traceback: no index</html>"), retries=2)
    with pytest.raises(SearchUnavailable, match="HTTP 500: <html>Traceback: no index"):
        retriever.search("x")
    assert (len(service.asked), len(pauses)) == (3, 2)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 301])
def test_what_will_not_get_better_is_not_tried_again(client, service, status):
    retriever, _ = client(answer({"error": "no such path"}, status))
    with pytest.raises(SearchUnavailable, match=f"HTTP {status}: .*no such path"):
        retriever.search("x")
    assert len(service.asked) == 1


def test_pauses_do_not_outlast_the_time_limit(client):
    retriever, pauses = client(answer({}, 503, **{"Retry-After": "60"}), timeout_s=5)
    with pytest.raises(SearchUnavailable, match="503"):
        retriever.search("x")
    assert pauses == []


def test_clients_that_failed_together_do_not_come_back_together(service):
    service.script = [answer({}, 500)]
    pauses = []
    for share in (0.0, 1.0):
        client = service_client.ServiceClient(
            service.url, sleep=pauses.append, jitter=lambda share=share: share, retries=1
        )
        with pytest.raises(SearchUnavailable):
            client.post(b"{}", "application/json")
        client.close()
    assert pauses == [0.1, 0.05]


def test_an_answer_that_breaks_off_is_asked_again(client, service):
    retriever, _ = client((200, {"Content-Length": "1000", "Connection": "close"}, b'{"result": ['), answer())
    assert retriever.search("x")
    assert len(service.asked) == 2


def test_a_huge_answer_is_not_read(client, monkeypatch):
    monkeypatch.setattr(service_client, "MAX_ANSWER", 1 << 16)
    retriever, _ = client(answer({"result": [{"contents": "x" * 200_000}]}))
    with pytest.raises(SearchUnavailable, match="answers more than"):
        retriever.search("x")


def test_a_connection_is_kept_and_a_tired_one_replaced(client, service):
    retriever, pauses = client(answer())
    retriever.search("x")
    (kept,) = retriever._client._idle._connections
    retriever.search("x")
    assert retriever._client._idle._connections == [kept]
    kept.sock.shutdown(socket.SHUT_RDWR)
    assert retriever.search("x")
    assert retriever._client._idle._connections != [kept]
    assert pauses == []


def test_a_fork_makes_connections_of_its_own(client, monkeypatch):
    retriever, _ = client(answer())
    retriever.search("x")
    (kept,) = retriever._client._idle._connections
    monkeypatch.setattr("os.getpid", lambda: -1)
    retriever.search("x")
    assert kept not in retriever._client._idle._connections
    assert kept.sock is not None, "it is still the parent's"
    kept.close()


def test_nobody_listening_is_unavailable():
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/retrieve"
    with HttpRetriever(url, retries=1, sleep=lambda _: None) as retriever, unavailable("ConnectionRefusedError"):
        retriever.search("x")


def test_a_service_that_never_answers_is_left_at_the_time_limit():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/retrieve"
        with HttpRetriever(url, timeout_s=0.1) as retriever, unavailable(r"did not answer within 0\.1 s"):
            retriever.search("x")


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: ", b""]
)
def test_a_service_that_drips_is_left_at_the_time_limit(head):
    done = threading.Event()

    def drip(listening):
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(head)
            while not done.wait(0.01):
                with suppress(ConnectionError):
                    connection.sendall(b" ")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening,))
        thread.start()
        try:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            with HttpRetriever(url, timeout_s=0.2) as retriever, unavailable(r"did not answer within 0\.2 s"):
                retriever.search("x")
        finally:
            done.set()
            thread.join()


def test_a_service_that_speaks_no_http_is_unavailable():
    def babble(listening):
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=babble, args=(listening,))
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with HttpRetriever(url, retries=0) as retriever, unavailable("BadStatusLine"):
            retriever.search("x")
        thread.join()


def test_a_closed_retriever_says_so(served):
    retriever = HttpRetriever(served.url)
    retriever.close()
    retriever.close()
    with pytest.raises(SearchUnavailable, match="closed"):
        retriever.search("x")


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("localhost:8000", {}), ("ftp://localhost", {}), ("http://", {}), ("", {}), ("http://x:many", {}),
        ("http://[::1", {}), ("http://x:0", {}), ("http://localhost/ü", {}), ("http://x/a b", {}),
        ("http://x/a\nb", {}),
        (f"http://{'x' * 80}.org", {}), ("http://x", {"token": "ключ"}), ("http://x", {"token": "a\nb"}),
        ("http://x", {"format": "xml"}), ("http://x", {"timeout_s": 0}), ("http://x", {"retries": -1}),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused(url, options):
    with pytest.raises(ConfigError):
        HttpRetriever(url, **options)


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "msgpack", None)
    with pytest.raises(MissingExtra, match=r"gem-gym\[search\]"):
        HttpRetriever("http://localhost:8000")
    HttpRetriever("http://localhost:8000", format="json").close()
