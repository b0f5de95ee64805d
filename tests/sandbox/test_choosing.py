"""The profile "auto": programs go where what they import is loaded."""

from __future__ import annotations

import pytest

from gem.sandbox import Limits, Result
from gem.sandbox.choosing import ChoosingSandbox
from gem.sandbox.level import UNSAFE
from gem.sandbox.profile import PROFILES
from gem.sandbox.protocol import Sandbox


class FakeSandbox(Sandbox):
    """Answers with the name of its profile."""

    closed = False

    @property
    def level(self):
        return UNSAFE

    def _run(self, code, stdin, limits):
        return Result(status="ok", stdout=f"{self.profile.name} {limits.timeout_s:g}")

    def session(self, limits=None):
        return (self.profile.name, limits)

    def close(self):
        self.closed = True
        super().close()


@pytest.fixture
def made():
    return []


@pytest.fixture
def box(made):
    def start(profile):
        made.append(FakeSandbox(profile=profile, concurrency=2))
        return made[-1]

    return ChoosingSandbox(start, Limits(timeout_s=3))


@pytest.mark.parametrize(
    "code",
    [
        "import numpy",
        "import numpy as np",
        "from sympy import *",
        "import os, numpy",
        "if 1:\n    from numpy.linalg import inv",
        "import json; import mpmath",
    ],
)
def test_a_program_that_imports_a_package_finds_it_loaded(box, code):
    assert box.run(code).stdout == "installed 3"


@pytest.mark.parametrize("code", ["print(1)", "import os", "numpy = 1", "x = 'numpy'", "import numpyro", "# sympy"])
def test_any_other_program_needs_no_package(box, made, code):
    assert box.run(code).stdout == "bare 3"
    assert len(made) == 1


def test_tests_go_the_same_way(box):
    assert [result.stdout for result in box.run_tests("import numpy", ["", ""], isolation="test")] == [
        "installed 3"
    ] * 2


def test_a_session_has_everything(box):
    assert box.session()[0] == "installed"


def test_limits_and_concurrency_are_those_of_the_whole(box):
    assert box.run("1", timeout_s=1).stdout == "bare 1"
    assert box.concurrency == 2


def test_both_are_closed(box, made):
    box.run("import numpy")
    box.close()
    assert [sandbox.closed for sandbox in made] == [True, True]
    assert made[0].profile == PROFILES["bare"]
