"""Messages between host, zygote and harness: what is sent arrives; what a program may have written is not trusted."""

from __future__ import annotations

import math
import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gem.sandbox.box import wire


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        yield ours, theirs


@given(
    st.integers(0, 255), st.integers(-(2**31), 2**31 - 1), st.integers(0, 255), st.floats(), st.integers(0, 2**32 - 1)
)
def test_a_report_comes_back_as_it_was(kind, code, limit, cpu_s, rss_kb):
    report = wire.Report(kind, code, limit, cpu_s, rss_kb)
    read = wire.report_of(report.packed())
    assert read is not None
    assert read[:3] == report[:3]
    assert read.rss_kb == rss_kb
    assert read.cpu_s == cpu_s or (math.isnan(read.cpu_s) and math.isnan(cpu_s))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_report_or_none(data):
    report = wire.report_of(data)
    assert (report is None) == (len(data) != len(wire.Report(0).packed()))


@given(st.binary(max_size=200))
def test_any_word_of_a_harness_is_ready_or_a_complaint(data):
    complaint = wire.complaint(data)
    assert isinstance(complaint, str)
    assert (complaint == "") == (data[:1] == b"\x01" and wire.report_of(data) is not None)


def test_a_broken_harness_says_why():
    assert wire.complaint(wire.Report(wire.READY).packed()) == ""
    assert "No space" in wire.complaint(wire.broken(OSError(28, "No space left")))
    assert wire.complaint(b"") == "its process has died"
    assert wire.complaint(wire.Report(wire.DONE).packed()) == "its process has died"
    assert len(wire.broken(ValueError("x" * 100_000))) < 2000


def test_a_message_brings_its_descriptors(ends):
    ours, theirs = ends
    reading, writing = os.pipe()
    wire.send(ours, {"kind": "a", "text": "ü"}, [writing])
    os.close(writing)
    message, descriptors = wire.receive(theirs)
    assert message == {"kind": "a", "text": "ü"}
    assert len(descriptors) == 1
    assert not os.get_inheritable(descriptors[0])
    os.write(descriptors[0], b"through")
    os.close(descriptors[0])
    assert os.read(reading, 100) == b"through"
    os.close(reading)


def test_messages_stay_apart(ends):
    ours, theirs = ends
    for number in range(3):
        wire.send(ours, {"number": number})
    assert [wire.receive(theirs) for _ in range(3)] == [({"number": number}, []) for number in range(3)]


def test_the_end_of_the_other_side_is_none(ends):
    ours, theirs = ends
    ours.close()
    assert wire.receive(theirs) is None


@pytest.mark.parametrize("data", [b"{", b"\xff\xfe", b"[" * 20_000, b"x" * 65_000])
def test_what_is_no_json_raises_what_the_listener_catches(ends, data):
    ours, theirs = ends
    ours.send(data)
    with pytest.raises((ValueError, RecursionError)):
        wire.receive(theirs)


def test_a_word_says_who_sent_it_where_the_socket_asks(ends):
    ours, theirs = ends
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    ours.send(b"hello")
    word = wire.hear(theirs)
    assert (word.data, word.descriptors, word.pid) == (b"hello", [], os.getpid())


def test_a_word_without_credentials_or_data_is_told_apart(ends):
    ours, theirs = ends
    ours.send(b"hello")
    assert wire.hear(theirs).pid == 0
    ours.close()
    assert wire.hear(theirs).data == b""
