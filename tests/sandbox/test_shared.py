"""One sandbox for a whole process: made once, closed together, not shared with a forked child."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from gem import sandbox
from gem.errors import ConfigError, SandboxUnavailable
from gem.sandbox import Profile, shared
from tests.sandbox.hosts import lives, run_host, settles

module = __import__("gem.sandbox.shared", fromlist=["_"])


class Fake:
    """What `make` would have made."""

    def __init__(self, profile):
        self.profile = profile
        self.closed = 0

    def close(self):
        self.closed += 1


@pytest.fixture
def made(monkeypatch):
    """All that were made, with none from before."""
    found = []

    def make(backend, *, profile):
        assert backend == "auto"
        found.append(Fake(profile))
        return found[-1]

    monkeypatch.setattr(module, "make", make)
    monkeypatch.setattr(module, "_sandboxes", {})
    return found


def test_it_is_made_once_for_each_profile(made):
    assert shared("bare") is shared("bare")
    assert shared("numpy") is not shared("bare")
    assert shared("numpy") is shared(Profile("numpy", ("numpy",)))
    assert len(made) == 2


def test_threads_that_ask_at_once_get_the_same(made):
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(lambda _: shared("bare"), range(64)))) == 1
    assert len(made) == 1


def test_after_closing_the_next_is_a_new_one(made):
    first = shared("bare")
    module.close_shared()
    assert first.closed == 1
    assert shared("bare") is not first
    module.close_shared()
    module.close_shared()
    assert first.closed == 1


def test_another_process_s_is_not_used(made, monkeypatch):
    first = shared("bare")
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert shared("bare") is not first
    assert first.closed == 0


def test_what_cannot_be_had_is_asked_for_again(made, monkeypatch):
    real = module.make

    def refuse(backend, *, profile):
        raise SandboxUnavailable("not now")

    monkeypatch.setattr(module, "make", refuse)
    with pytest.raises(SandboxUnavailable, match="not now"):
        shared("bare")
    monkeypatch.setattr(module, "make", real)
    assert shared("bare") is made[0]


def test_a_profile_that_is_none_is_refused(made):
    with pytest.raises(ConfigError):
        shared("no profile")
    assert made == []


@pytest.mark.slow
def test_it_ends_with_the_process():
    out = run_host('print(sandbox.shared().run("print(1)").stdout.strip(), *offspring())')
    answer, *pids = out.split()
    assert answer == "1"
    assert pids
    assert settles(lambda: not any(lives(int(pid)) for pid in pids))


@pytest.mark.slow
def test_importing_it_starts_nothing():
    assert run_host("import gem.sandbox.shared\nprint(offspring(), threading.active_count())") == "[] 1\n"


def test_it_is_what_the_package_offers():
    assert sandbox.shared is shared
