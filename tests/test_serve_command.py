"""gem-gym serve: a corpus as a service."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gem import search
from gem.cli import main, serve
from gem.search import HttpRetriever, server
from tests.search.corpora import PASSAGES, hashing, ids

ROOT = Path(__file__).parent.parent


@pytest.fixture
def index(tmp_path):
    search.build(PASSAGES, tmp_path / "index", "fts5")
    return tmp_path / "index"


@pytest.fixture
def stopped(monkeypatch):
    """Servers get Ctrl-C as soon as they would serve; what they served is noted."""
    servers = []

    def serve_forever(self):
        servers.append((self.retriever, self.token, self.server_address))
        raise KeyboardInterrupt

    monkeypatch.setattr(server.SearchServer, "serve_forever", serve_forever)
    return servers


def test_it_says_where_it_listens_and_ends_with_ctrl_c(index, stopped, capsys):
    assert main(["serve", "search", str(index), "--port", "0", "--token", "x"]) == 0
    ((retriever, token, (host, port)),) = stopped
    assert capsys.readouterr().out == f"{index} at http://{host}:{port}/retrieve, until Ctrl-C\nstopped\n"
    assert (host, token, len(retriever)) == ("127.0.0.1", "x", 4)


def test_what_is_embedded_is_embedded_in_batches(tmp_path, stopped, monkeypatch):
    monkeypatch.setattr("gem.search.opening.embedder", lambda name: hashing)
    search.build(PASSAGES, tmp_path / "index", embed=hashing)
    assert main(["serve", "search", str(tmp_path / "index"), "--port", "0", "--embed", "model"]) == 0
    assert isinstance(stopped[0][0], search.BatchingRetriever)


@pytest.mark.parametrize("words", [[], ["search"], ["nothing", "x"], ["search", "x", "--port", "many"]])
def test_a_wrong_command_line_is_explained_and_exits_with_2(words, capsys):
    assert main(["serve", *words]) == 2
    assert "usage: gem-gym serve" in capsys.readouterr().err


def test_a_folder_without_an_index_exits_with_2(tmp_path, capsys):
    assert main(["serve", "search", str(tmp_path)]) == 2
    assert "holds no index" in capsys.readouterr().err


def test_a_port_that_is_taken_exits_with_2(index, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["serve", "search", str(index), "--port", str(taken.getsockname()[1])]) == 2
    assert "cannot be listened at" in capsys.readouterr().err
    assert main(["serve", "search", str(index), "--port", "99999"]) == 2


def test_more_kinds_of_service_can_be_added():
    assert set(serve.SERVICES) == {"search"}


@pytest.mark.slow
def test_a_served_index_answers_many_clients_and_ends_quietly(index):
    words = [sys.executable, "-m", "gem", "serve", "search", index, "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            url = process.stdout.readline().split(" at ")[1].split(",")[0]
            with HttpRetriever(url) as remote, ThreadPoolExecutor(16) as threads:
                answers = list(threads.map(remote.search, ["lighthouse"] * 64))
        finally:
            process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=10)
    assert all(ids(hits) == ["harbour"] for hits in answers)
    assert (process.returncode, rest, errors) == (0, "stopped\n", "")
