"""The two ends of a grader's channel, each with a stand-in for the other."""

from __future__ import annotations

import socket
import threading
from contextlib import closing

import pytest

from gem.grading.math import judging, process, wire
from gem.grading.math.driving import drive
from gem.grading.math.nursery import Grader


@pytest.fixture
def channel():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(10)
        yield ours, theirs


def test_a_grader_answers_each_request_and_ends_after_so_many(channel, monkeypatch):
    host, far = channel
    monkeypatch.setattr(process, "ANSWERS", 2)
    monkeypatch.setattr(judging, "judged", lambda answer, golds: "correct" if answer in golds else "wrong")
    for answer in ("\ud800\x00", "b", "c"):
        host.sendall(wire.request(answer, ("a", "\ud800\x00")))
    process.attend(far)
    far.shutdown(socket.SHUT_RDWR)
    assert host.recv(100) == b".c.W"


def test_a_grader_that_has_grown_ends_after_its_answer(channel, monkeypatch):
    host, far = channel
    sizes = iter([0, process.GROWTH_KB + 1])
    monkeypatch.setattr(process, "_grown_kb", lambda: next(sizes))
    monkeypatch.setattr(judging, "judged", lambda answer, golds: "unparsable")
    host.sendall(wire.request("a", ("a",)))
    process.attend(far)
    assert host.recv(100) == b".U"


@pytest.mark.parametrize("sent", [b"", b"\x00\x00", b"\x00\x00\x00\x09[]"])
def test_a_grader_ends_with_its_host(channel, sent):
    host, far = channel
    host.sendall(sent)
    host.shutdown(socket.SHUT_WR)
    process.attend(far)


@pytest.mark.parametrize(
    ("said", "reply", "is_fit"),
    [
        (b".c", "correct", True), (b".w", "wrong", True), (b".u", "unparsable", True), (b".C", "correct", False),
        (b".", "died", False), (b".?", "died", False), (b"", "never began", False), (b"c", "never began", False),
    ],
)  # fmt: skip
def test_what_a_grader_says_is_understood(channel, said, reply, is_fit):
    host, far = channel
    far.sendall(said)
    far.shutdown(socket.SHUT_WR)
    grader = Grader(1, host)
    assert drive(grader.ask(wire.request("a", ("a",)), timeout_s=5.0)) == reply
    assert grader.is_fit == is_fit


def test_the_time_counts_from_the_beginning_and_a_silent_grader_is_unfit(channel):
    host, far = channel
    grader = Grader(1, host)
    beginning = threading.Timer(0.05, far.sendall, [wire.BEGUN])
    beginning.start()
    assert drive(grader.ask(wire.request("a", ("a",)), timeout_s=0.01)) == "timeout"
    assert not grader.is_fit
    beginning.join()


def test_whoever_leaves_in_the_middle_leaves_an_unfit_grader(channel):
    host, _ = channel
    grader = Grader(1, host)
    with closing(grader.ask(wire.request("a", ("a",)), timeout_s=1.0)) as talk:
        next(talk)
    assert not grader.is_fit


def test_any_text_travels():
    for text in ("", "é", "\ud800", "\x00", "\U0001f600" * 10):
        content = wire.request(text, (text, "3"))
        assert wire.SIZE.unpack(content[:4]) == (len(content) - 4,)
        assert wire.pair(content[4:]) == (text, (text, "3"))
