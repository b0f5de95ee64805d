"""gem-gym search: an index from a corpus of any format, and questions to it."""

from __future__ import annotations

import csv
import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gem import search
from gem.cli import main
from gem.cli import search as command
from gem.search.fts5 import Fts5Writer
from gem.search.server import SearchServer
from tests.search.corpora import PASSAGES, many, running

ROOT = Path(__file__).parent.parent


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "towns.jsonl"
    path.write_text("".join(json.dumps({"id": each.id, "contents": each.contents}) + "\n" for each in PASSAGES))
    return path


@pytest.fixture
def index(tmp_path):
    search.build(PASSAGES, tmp_path / "index", "fts5")
    return tmp_path / "index"


def test_a_corpus_becomes_an_index_that_answers(corpus, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["search", "build", str(corpus), "--engine", "fts5"]) == 0
    printed = capsys.readouterr()
    assert re.match(r"towns.index: 4 passages, fts5, \d+ MB, \d+ s\n", printed.out)
    assert "passages 4/4" in printed.err
    assert main(["search", "query", "towns.index", "the", "lighthouse", "--topk", "1"]) == 0
    assert re.match(r"1\. The Glass Harbour  \([\d.]+\)\n   A novel by Ines", capsys.readouterr().out)


def test_formats_that_need_a_reader_are_read_by_gem_data(tmp_path, capsys):
    with (tmp_path / "towns.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("id", "title", "text"), *PASSAGES])
    assert main(["search", "build", str(tmp_path / "towns.csv"), "--out", str(tmp_path / "a"), "--engine", "fts5"]) == 0
    with search.open(tmp_path / "a") as retriever:
        assert retriever.search("lighthouse", 1)[0].passage == PASSAGES[0]


def test_passages_without_ids_have_the_same_ones_from_a_path(tmp_path):
    path = tmp_path / "towns.jsonl"
    path.write_text("".join(json.dumps({"text": each.text}) + "\n\n" for each in PASSAGES))
    assert main(["search", "build", str(path), "--out", str(tmp_path / "a"), "--engine", "fts5"]) == 0
    search.build(path, tmp_path / "b", "fts5")
    for name in ("a", "b"):
        with search.open(tmp_path / name) as retriever:
            assert [retriever.search(each.text, 1)[0].passage.id for each in PASSAGES] == ["0", "1", "2", "3"]


def test_an_answer_can_be_read_by_programs(index, capsys):
    assert main(["search", "query", str(index), "telmont", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [search.Passage(row["id"], row["title"], row["text"]) in PASSAGES for row in rows] == [True] * 3
    assert rows[0]["score"] > rows[1]["score"]


def test_a_service_is_asked_by_its_url(capsys):
    with search.MemoryRetriever(PASSAGES) as memory, running(SearchServer(memory, port=0, token="x")) as server:
        for format in ("json", "msgpack", "search-r1"):
            assert main(["search", "query", server.url, "lighthouse", "--token", "x", "--format", format]) == 0
            assert "The Glass Harbour" in capsys.readouterr().out


def test_nothing_found_exits_with_1(index, capsys):
    assert main(["search", "query", str(index), "nonsense"]) == 1
    assert capsys.readouterr() == ("", "nothing found\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["query", "{index}"], "what is to be found"),
        (["query", "{tmp}/nowhere", "x"], "holds no index"),
        (["query", "http://127.0.0.1:1/retrieve", "x"], "failed"),
        (["build", "{corpus}", "other.jsonl"], "one too many"),
        (["build", "{tmp}/nowhere.jsonl"], "nowhere.jsonl"),
        (["build", "{corpus}", "--out", "{tmp}"], "no index"),
        (["build", "{corpus}", "--out", "{index}"], "finished index"),
        (["build", "{corpus}", "--out", "{tmp}/new", "--engine", "fts"], "Did you mean 'fts5'"),
        (["build", "{tmp}/bad.jsonl", "--out", "{tmp}/new", "--engine", "fts5"], "bad.jsonl, line 2 has no text"),
        (["build", "{tmp}/empty.jsonl", "--out", "{tmp}/new"], "empty"),
    ],
)
def test_a_mistake_in_what_was_asked_is_one_line_and_exits_with_2(
    words, said, corpus, index, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("gem.search.service_client.FIRST_PAUSE_S", 0)
    (tmp_path / "bad.jsonl").write_text('{"text": "x"}\n{"id": 5}\n')
    (tmp_path / "empty.jsonl").write_text("")
    places = {"corpus": corpus, "index": index, "tmp": tmp_path}
    assert main(["search", *(word.format(**places) for word in words)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("gem-gym: ")
    assert printed.err.count("\n") == 1
    assert said in printed.err


def test_an_interrupted_build_says_how_to_go_on_and_does(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(Fts5Writer, "BATCH", 10)
    corpus = tmp_path / "towns.jsonl"
    corpus.write_text("".join(json.dumps(each._asdict()) + "\n" for each in many(35)))
    words = ["search", "build", str(corpus), "--out", str(tmp_path / "index"), "--engine", "fts5"]
    read = command._passages

    def interrupted(rows):
        for number, passage in enumerate(read(rows)):
            if number == 25:
                raise KeyboardInterrupt
            yield passage

    with monkeypatch.context() as patched:
        patched.setattr(command, "_passages", interrupted)
        assert main(words) == 130
    assert "give the same command again" in capsys.readouterr().err
    assert main(words) == 0
    with search.open(tmp_path / "index") as retriever:
        assert len(retriever) == 35


def test_without_a_terminal_a_long_build_says_something_now_and_then(monkeypatch, capsys):
    seconds = iter([0.0, 5.0, 11.0, 11.0, 12.0, 13.0])
    monkeypatch.setattr(command, "monotonic", lambda: next(seconds))
    with command._progress(5000) as tell:
        for done in (0, 1000, 2000, 5000):
            tell(done)
    assert capsys.readouterr().err == "passages 1,000/5,000\npassages 5,000/5,000\n"


def test_in_a_terminal_there_is_a_bar(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with command._progress(2000) as tell:
        tell(2000)
    assert "100%" in capsys.readouterr().err


@pytest.mark.slow
def test_ctrl_c_stops_a_build_at_once_and_leaves_what_was_safe(tmp_path):
    corpus = tmp_path / "towns.jsonl"
    corpus.write_text("".join(json.dumps(each._asdict()) + "\n" for each in many(12_000)))
    code = """
import os, signal, sys
from gem.cli import main, search
read = search._passages
def passages(rows):
    for number, passage in enumerate(read(rows)):
        if number == 11_000:
            os.kill(os.getpid(), signal.SIGINT)
        yield passage
search._passages = passages
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main(sys.argv[1:]))
"""
    words = ["search", "build", corpus, "--out", tmp_path / "index", "--engine", "fts5"]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout) == (130, "")
    assert "Traceback" not in done.stderr
    assert search.build(many(12_000), tmp_path / "index", "fts5").passages == 12_000
    assert signal.getsignal(signal.SIGINT) is not None
