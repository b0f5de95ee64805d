"""`gem.sandbox.make`: the right class for each name, and a plain word for what cannot be had."""

from __future__ import annotations

import pytest

from gem import sandbox
from gem.errors import ConfigError, SandboxUnavailable
from gem.sandbox import BACKENDS, Limits, Sandbox, backends
from gem.sandbox.level import UNSAFE, Level
from gem.sandbox.profile import profile_of
from gem.sandbox.result import Result, kept, unavailable
from gem.sandbox.zygote.ladder import layers_named, level_of

MADE = []
"""The fakes of one test."""


class FakeSandbox(Sandbox):
    """Runs nothing, and remembers whether it was closed."""

    LEVEL = level_of(layers_named(("landlock", "seccomp")))

    def __init__(self, *, limits=None, profile=None, colour="grey"):
        super().__init__(limits=limits, profile=profile, concurrency=2)
        self.colour = colour
        self.closed = False
        MADE.append(self)

    @property
    def level(self):
        return self.LEVEL

    def _run(self, code, stdin, limits):
        return Result(status="ok", stdout=f"{code!r} {stdin!r} {limits.timeout_s} {limits.memory_mb}")

    def session(self, limits=None):
        raise SandboxUnavailable("no sessions here")

    def close(self):
        self.closed = True
        super().close()


class UnsafeSandbox(FakeSandbox):
    """The same without any protection."""

    LEVEL = UNSAFE


@pytest.fixture(autouse=True)
def fakes(monkeypatch):
    monkeypatch.setitem(BACKENDS, "fake", f"{__name__}:FakeSandbox")
    monkeypatch.setitem(BACKENDS, "unsafe", f"{__name__}:UnsafeSandbox")
    MADE.clear()


@pytest.mark.parametrize("name", ["zygot", "", "ZYGOTE", "none", "gvisor", "auto "])
def test_an_unknown_backend_is_said_with_all_that_are_known(name):
    with pytest.raises(ConfigError, match="podman") as caught:
        sandbox.make(name)
    assert "auto" in str(caught.value)


def test_a_slip_of_the_pen_is_told():
    with pytest.raises(ConfigError, match=r"(?i)did you mean.*'zygote'"):
        sandbox.make("zigote")


@pytest.mark.parametrize("name", [name for name in BACKENDS if name not in ("fake", "unsafe")])
def test_every_name_has_its_class(name):
    from importlib import import_module

    module, _, class_name = BACKENDS[name].partition(":")
    assert issubclass(getattr(import_module(module), class_name), Sandbox)


def test_options_limits_and_profile_reach_the_backend():
    made = sandbox.make("fake", limits=Limits(timeout_s=3), profile="numpy", colour="red")
    assert (made.limits, made.profile, made.colour) == (Limits(timeout_s=3), profile_of("numpy"), "red")
    with pytest.raises(TypeError, match="size"):
        sandbox.make("fake", size=1)


def test_an_unsafe_backend_is_refused_and_closed_unless_allowed():
    with pytest.raises(SandboxUnavailable, match="allow_unsafe=True"):
        sandbox.make("unsafe")
    assert [each.closed for each in MADE] == [True]
    made = sandbox.make("unsafe", allow_unsafe=True)
    assert not made.closed
    with pytest.raises(SandboxUnavailable, match="allow_unsafe=True"):
        sandbox.make("subprocess")


def test_auto_falls_back_to_a_plain_process_only_for_who_allows_it(monkeypatch, caplog):
    def refuse(**_):
        raise SandboxUnavailable("nothing holds here")

    module = type("Module", (), {"ZygoteSandbox": staticmethod(refuse), "UnsafeSandbox": UnsafeSandbox})
    monkeypatch.setattr(backends, "import_module", lambda name: module)
    monkeypatch.setitem(BACKENDS, "subprocess", "anything:UnsafeSandbox")
    with pytest.raises(SandboxUnavailable, match="nothing holds here"):
        sandbox.make()
    made = sandbox.make(allow_unsafe=True)
    assert isinstance(made, UnsafeSandbox)
    assert "nothing holds here" in caplog.text


def test_limits_of_a_call_replace_those_of_the_sandbox_and_its_timeout_replaces_both():
    made = sandbox.make("fake", limits=Limits(timeout_s=3, memory_mb=100))
    assert made.run("c", "s").stdout == "b'c' b's' 3 100"
    assert made.run("c", timeout_s=1).stdout == "b'c' b'' 1 100"
    assert made.run("c", limits=Limits(memory_mb=50)).stdout == "b'c' b'' 10.0 50"
    assert made.run(b"c", b"s", 1, Limits(memory_mb=50)).stdout == "b'c' b's' 1 50"
    for timeout_s in (0, -1, float("nan"), True):
        with pytest.raises(ConfigError, match="timeout_s"):
            made.run("c", timeout_s=timeout_s)


def test_text_becomes_bytes_and_lone_surrogates_question_marks():
    made = sandbox.make("fake")
    assert made.run("ä\ud800", "\udcff").stdout.startswith(r"b'\xc3\xa4?' b'?'")


def test_a_level_is_safe_when_every_side_is_held():
    held = {"files": "a", "network": "b", "processes": "c", "memory": "d"}
    assert Level(name="x", **held).safe
    for side in ("files", "network", "processes"):
        assert not Level(name="x", **{**held, side: "nothing"}).safe
    assert not UNSAFE.safe


def test_results_say_how_it_ended():
    assert Result(status="ok").ok
    assert not Result(status="error").ok
    assert Result(status="timeout").timed_out
    assert unavailable("why") == Result(status="unavailable", stderr="why")
    assert kept(b"abc", 3) == ("abc", False)
    assert kept(b"abcd", 3) == ("abc", True)
    assert kept("ä".encode(), 1) == ("\ufffd", True)


def test_closing_twice_and_leaving_a_with_block_are_fine():
    with sandbox.make("fake") as made:
        made.close()
    made.close()
    assert made.closed
