"""gem.errors: one tree, drawn truthfully, that survives the trip between processes."""

import inspect
import pickle

import pytest

from gem import errors

CLASSES = [found for _, found in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_survives_a_process_boundary(kind):
    back = pickle.loads(pickle.dumps(kind("why")))
    assert type(back) is kind
    assert str(back) == "why"


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_is_a_gem_error_and_documented(kind):
    assert issubclass(kind, errors.GemError)
    assert kind.__doc__
    assert kind.__name__ in errors.__doc__


def test_the_builtin_kinds_that_callers_already_catch_are_kept():
    promised = {
        "UnknownEnv": ValueError, "DuplicateEnv": ValueError, "UnknownArgument": TypeError,
        "BrokenEntryPoint": ImportError, "SnapshotMismatch": ValueError, "CheckFailed": AssertionError,
        "ConfigError": ValueError, "StorageError": OSError, "MissingExtra": ImportError,
    }  # fmt: skip
    for name, builtin in promised.items():
        assert issubclass(getattr(errors, name), builtin), name
