"""The ladder of levels: each rung runs programs, the best that holds is taken, and what is missing is said."""

from __future__ import annotations

import logging

import pytest

from gem import sandbox
from gem.errors import ConfigError, SandboxUnavailable
from gem.sandbox.zygote import ladder
from gem.sandbox.zygote.ladder import RUNGS, layers_named, level_of

ALL = ("namespaces", "landlock", "seccomp")


@pytest.fixture
def fresh_ladder():
    """Nothing is remembered of this machine, before and after."""
    for found in (ladder.tried_rungs, ladder.best_layers):
        found.cache_clear()
    yield
    for found in (ladder.tried_rungs, ladder.best_layers):
        found.cache_clear()


@pytest.mark.slow
@pytest.mark.parametrize("rung", RUNGS)
def test_every_rung_runs_programs_on_its_own(rung):
    with sandbox.make("zygote", layers=RUNGS[rung], zygotes=1) as made:
        assert (made.level.name, made.level.layers) == (rung, RUNGS[rung])
        assert made.level.safe
        result = made.run("print(int(input()) + 1); open('a', 'w').write('b')", "1")
        assert (result.status, result.stdout) == ("ok", "2\n"), result
        assert [each.stdout for each in made.run_tests("print(input())", ["a", "b"])] == ["a\n", "b\n"]
        with made.session() as session:
            session.cell("x = 1")
            assert session.cell("x").stdout == "1\n"
        assert made.run("while True: pass", timeout_s=0.2).timed_out
        assert made.run("open('/etc/passwd')").status == "error"
        assert made.run("import socket; socket.socket()").status == "error"
        assert made.run("import os; os.fork()").status == "error"


@pytest.mark.slow
@pytest.mark.parametrize("rung", RUNGS)
def test_every_rung_passes_the_trial(rung):
    assert ladder.try_layers(layers_named(RUNGS[rung])) == ""


@pytest.mark.slow
@pytest.mark.parametrize("missing", ["landlock", "seccomp"])
def test_the_trial_finds_out_what_a_missing_layer_would_have_held(missing):
    layers = tuple(name for name in ("landlock", "seccomp") if name != missing)
    complaint = ladder.try_layers(layers_named(layers))
    assert "could do what it must not" in complaint
    assert ("reads" in complaint) == (missing == "landlock")
    assert ("opens a socket" in complaint) == (missing == "seccomp")


def test_levels_say_what_each_side_rests_on():
    full = level_of(layers_named(ALL))
    assert (full.name, full.layers, full.safe) == ("full", ALL, True)
    for words, side in (
        (("mount namespace", "Landlock"), full.files),
        (("network namespace", "seccomp"), full.network),
        (("process namespace", "seccomp"), full.processes),
        (("rlimit", "tmpfs"), full.memory),
    ):
        assert all(word in side for word in words), side
    lower = level_of(layers_named(("landlock", "seccomp")))
    assert (lower.name, lower.safe) == ("no namespaces", True)
    assert "namespace" not in lower.files + lower.network + lower.processes
    assert level_of(layers_named(("namespaces", "seccomp"))).name == "no landlock"


@pytest.mark.parametrize("layers", [("landlock",), ("seccomp",)])
def test_a_level_with_a_side_on_nothing_is_unsafe(layers):
    level = level_of(layers_named(layers))
    assert not level.safe
    assert "nothing" in (level.files, level.network, level.processes)


@pytest.mark.slow
@pytest.mark.parametrize("layers", [("landlock",), ("seccomp",)])
def test_an_unsafe_level_is_made_only_for_who_allows_it(layers):
    with pytest.raises(SandboxUnavailable, match="allow_unsafe"):
        sandbox.make("zygote", layers=layers, zygotes=1)
    with sandbox.make("zygote", layers=layers, zygotes=1, allow_unsafe=True) as made:
        assert made.run("print(1)").stdout == "1\n"


@pytest.mark.parametrize("layers", [("gvisor",), ("namespaces", "selinux"), ("",)])
def test_an_unknown_layer_is_named(layers):
    with pytest.raises(ConfigError, match="landlock, namespaces, seccomp"):
        sandbox.make("zygote", layers=layers)


@pytest.mark.slow
def test_where_the_best_rung_holds_nothing_is_said(fresh_ladder, caplog):
    with caplog.at_level(logging.WARNING):
        assert ladder.best_layers() == layers_named(ALL)
    assert [rung.name for rung in ladder.tried_rungs()] == ["full"]
    assert not [record for record in caplog.records if "level" in record.message]


def failing(*rungs):
    """A trial in which these rungs fail and the others hold."""
    bad = [layers_named(RUNGS[rung]) for rung in rungs]
    return lambda layers: "it is forbidden here" if layers in bad else ""


def test_a_lower_rung_is_taken_with_one_word_and_the_reason(fresh_ladder, monkeypatch, caplog):
    monkeypatch.setattr(ladder, "try_layers", failing("full", "no landlock"))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert ladder.best_layers() == layers_named(("landlock", "seccomp"))
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "'no namespaces'" in record.message
    assert "it is forbidden here" in record.message
    tried = ladder.tried_rungs()
    assert [(rung.name, rung.holds) for rung in tried] == [
        ("full", False),
        ("no landlock", False),
        ("no namespaces", True),
    ]


@pytest.mark.slow
def test_a_sandbox_on_a_machine_without_namespaces_says_its_level(fresh_ladder, monkeypatch):
    monkeypatch.setattr(ladder, "try_layers", failing("full", "no landlock"))
    with sandbox.make(zygotes=1) as made:
        assert made.level.name == "no namespaces"
        assert made.run("print(1)").stdout == "1\n"


def test_without_any_rung_there_is_no_sandbox_and_every_reason_is_told(fresh_ladder, monkeypatch):
    monkeypatch.setattr(ladder, "try_layers", failing(*RUNGS))
    for _ in range(2):
        with pytest.raises(SandboxUnavailable) as caught:
            sandbox.make()
    message = str(caught.value)
    assert all(rung in message for rung in RUNGS)
    assert "it is forbidden here" in message
    assert "gem-gym doctor" in message


@pytest.mark.slow
def test_who_allows_it_gets_a_plain_process_where_no_rung_holds(fresh_ladder, monkeypatch, caplog):
    monkeypatch.setattr(ladder, "try_layers", failing(*RUNGS))
    with caplog.at_level(logging.WARNING), sandbox.make(allow_unsafe=True) as made:
        assert (made.level.name, made.level.safe) == ("none", False)
        assert made.run("print(1)").stdout == "1\n"
    assert any("without protection" in record.message for record in caplog.records)


def test_a_trial_program_that_does_not_sing_is_a_complaint():
    from gem.sandbox.result import Result

    assert ladder._complaint(Result(status="ok", stdout="sang []\n")) == ""
    assert "reads gem" in ladder._complaint(Result(status="ok", stdout="sang ['reads gem']\n"))
    assert "did not run" in ladder._complaint(Result(status="error", stderr="Traceback\nOSError: no"))
    assert "OSError: no" in ladder._complaint(Result(status="error", stderr="Traceback\nOSError: no"))
    assert ladder._complaint(Result(status="killed", stdout="sang []\n"))
