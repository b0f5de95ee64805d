"""Limits and profiles say no to what makes no sense, and say what would."""

from __future__ import annotations

import math
import pickle
from dataclasses import fields, replace

import pytest

from gem.errors import ConfigError
from gem.sandbox import PROFILES, Limits, Profile
from gem.sandbox.limits import MAX_TIMEOUT_S
from gem.sandbox.profile import profile_of

REAL = ("timeout_s", "cpu_s")
WHOLE = tuple(field.name for field in fields(Limits) if field.name not in REAL)


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize(
    "value", [0, -1, 0.0, -0.5, math.nan, math.inf, -math.inf, 86_401, 10**400, True, False, "1", b"1"]
)
def test_seconds_are_a_positive_number_of_at_most_a_day(name, value):
    with pytest.raises(ConfigError, match=name):
        Limits(**{name: value})


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("value", [-1, 2**31, 10**30, 1.5, 1.0, math.nan, math.inf, True, False, None, "1"])
def test_amounts_are_whole_numbers_in_bounds(name, value):
    with pytest.raises(ConfigError, match=name):
        Limits(**{name: value})


@pytest.mark.parametrize("name", [name for name in WHOLE if name != "processes"])
def test_only_processes_may_be_none_at_all(name):
    assert Limits(processes=0).processes == 0
    with pytest.raises(ConfigError, match=name):
        Limits(**{name: 0})


def test_seconds_may_be_whole_or_broken_and_processor_time_unsaid():
    assert Limits(timeout_s=1, cpu_s=None).cpu_s is None
    assert Limits(timeout_s=0.001, cpu_s=MAX_TIMEOUT_S).cpu_s == MAX_TIMEOUT_S
    with pytest.raises(ConfigError, match="timeout_s"):
        Limits(timeout_s=None)


def test_limits_are_values():
    limits = Limits(memory_mb=64)
    assert limits == Limits(memory_mb=64)
    assert hash(limits) == hash(Limits(memory_mb=64))
    assert pickle.loads(pickle.dumps(limits)) == limits
    with pytest.raises(ConfigError):
        replace(limits, timeout_s=-1)
    with pytest.raises(AttributeError):
        limits.memory_mb = 1


def test_an_unknown_limit_is_no_limit():
    with pytest.raises(TypeError, match="memory_gb"):
        Limits(memory_gb=1)


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_found_by_its_name(name):
    assert profile_of(name) is PROFILES[name]


def test_a_profile_may_be_modules_with_commas_between():
    assert profile_of("numpy, sympy.core").imports == ("numpy", "sympy.core")
    assert profile_of("numpy") == profile_of("numpy")
    own = Profile("own", ("json",))
    assert profile_of(own) is own


@pytest.mark.parametrize(
    "choice", ["", " ", ",", "numpy,", "a b", "numpy;sympy", "../x", "a..b", ".a", "a.", "1a", "os\0"]
)
def test_what_is_no_profile_is_refused(choice):
    with pytest.raises(ConfigError, match="no profile"):
        profile_of(choice)


def test_a_slip_of_the_pen_is_told():
    with pytest.raises(ConfigError, match="scientific"):
        profile_of("scientific!")
