"""gem.snapshot: a moment as a value, and as JSON that runs no code when it is read."""

import contextlib
import enum
import json
import pickle
import sys
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gem
from gem.errors import SnapshotMismatch, SnapshotUnsupported
from gem.snapshot import Snapshot


class Colour(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    LOW = 3


class Word(str):
    __slots__ = ()


class Place(NamedTuple):
    row: int
    name: str = "x"


@dataclass(slots=True)
class Thing:
    value: object = None
    more: list = field(default_factory=list)

    def __post_init__(self):
        self.more = [*self.more, "built"]


@dataclass(frozen=True)
class Frozen:
    value: tuple = ()


VALUES = [
    None, True, 0, -5, 2**100, 0.5, float("inf"), "text", "\ud800", "\0", b"\xff\0", [1, [2]], (1, (2,)), {1, 2},
    frozenset({"a"}), {1: "a", (2, 3): [4]}, {"$tuple": [1]}, {"$dict": 1}, deque([1, 2], maxlen=3), deque(),
    Colour.RED, Level.LOW, Place(1), [Place(2, "b")], Thing([1]), Frozen((Thing(), Colour.RED)),
]  # fmt: skip


def through_json(value):
    return Snapshot.from_json(Snapshot("Env", {"state": value}, None, True).to_json()).memory["state"]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_comes_back_from_json_as_it_was(value):
    back = through_json(value)
    assert back == value
    assert type(back) is type(value)


PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text("a\ud800$", max_size=3)
    | st.binary(max_size=3)
)
KEY = st.integers() | st.text() | st.tuples(st.integers(), st.text())
NESTED = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(KEY, inner) | inner.map(Frozen),
    max_leaves=6,
)


@given(NESTED)
def test_any_nesting_comes_back_from_json_as_it_was(value):
    assert through_json(value) == value


@pytest.mark.parametrize("dtype", ["int8", "float64", "bool", "complex64", "U3", "M8[s]"])
def test_arrays_come_back_with_type_and_shape(dtype):
    array = np.zeros((2, 0, 3), dtype) if dtype == "int8" else np.arange(6).reshape(2, 3).astype(dtype)
    back = through_json(array)
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert np.array_equal(back, array)
    assert back.flags.writeable


def test_numpy_scalars_come_back_as_plain_numbers():
    assert through_json([np.int64(3), np.float32(0.5), np.bool_(True)]) == [3, 0.5, True]


@pytest.mark.parametrize(
    "value",
    [object(), len, Counter("aab"), OrderedDict(a=1), Word("x"), np.array([object()]), iter([]), Thing],
)
def test_what_json_cannot_hold_is_refused_and_never_changed(value):
    with pytest.raises(SnapshotUnsupported, match="pickle the snapshot instead"):
        through_json(value)


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "5", "null", '"x"', "{}", '{"$dict": []}', '{"$dict": [["env", 1]]}', "[" * 100_000,
        '{"$array": "AAAA", "dtype": "O", "shape": [1]}', '{"$set": [[1]]}', '{"$deque": [], "maxlen": -1}',
    ],
)  # fmt: skip
def test_what_is_no_snapshot_is_refused(text):
    with pytest.raises(SnapshotMismatch):
        Snapshot.from_json(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([
        "$dict", "$tuple", "$set", "$array", "dtype", "shape", "$dataclass", "fields", "$enum", "name", "$bytes",
        "$namedtuple", "items", "$deque", "maxlen",
    ]), inner, max_size=3),
)  # fmt: skip


@given(JSON, st.sampled_from(["memory", "rng", "env", "version", "inner"]))
def test_damaged_snapshots_are_refused_or_read_but_never_crash(value, where):
    fields = {"env": "E", "memory": {"$dict": []}, "rng": None, "in_episode": True, "inner": None, "version": 1}
    fields[where] = value
    text = json.dumps({"$dict": [[key, item] for key, item in fields.items()]})
    with contextlib.suppress(SnapshotMismatch):
        assert isinstance(Snapshot.from_json(text), Snapshot)


@pytest.mark.parametrize(
    "name",
    [
        "os:system",
        "builtins:eval",
        "subprocess:Popen",
        "collections:OrderedDict",
        "no.such.module:X",
        "gem.core:Env",
        ":",
        "x",
    ],
)
@pytest.mark.parametrize(
    "kind", ['{"$dataclass": "%s", "fields": {}}', '{"$enum": "%s", "name": "a"}', '{"$namedtuple": "%s", "items": []}']
)
def test_reading_builds_nothing_but_known_kinds_of_values(name, kind):
    modules = set(sys.modules)
    with pytest.raises(SnapshotMismatch):
        Snapshot.from_json(f'{{"$dict": [["memory", {kind % name}], ["version", 1], ["inner", null]]}}')
    assert set(sys.modules) == modules


def test_a_snapshot_of_another_version_is_not_guessed_at():
    text = Snapshot("Env", {}, None, True, version=2).to_json()
    with pytest.raises(SnapshotMismatch, match="version 2"):
        Snapshot.from_json(text)


def test_wrapped_snapshots_survive_json_and_pickle():
    inner = Snapshot("Inner", {"state": Thing(1)}, {"bit_generator": "PCG64"}, True)
    outer = Snapshot("Outer", {"state": (1, 2)}, None, False, inner=inner)
    assert Snapshot.from_json(outer.to_json()) == outer
    assert pickle.loads(pickle.dumps(outer)) == outer


@pytest.mark.parametrize("bits", [np.random.PCG64, np.random.MT19937])
def test_any_generator_of_numpy_comes_back(bits):
    env = gem.make("game:GuessTheNumber-v0")
    env.reset(seed=0)
    env.rng = np.random.Generator(bits(5))
    moment = Snapshot.from_json(env.snapshot().to_json())
    env.restore(moment)
    assert env.rng.random(3).tolist() == np.random.Generator(bits(5)).random(3).tolist()


def test_json_is_one_line():
    env = gem.make("game:GuessTheNumber-v0")
    env.reset(seed=0)
    assert "\n" not in env.snapshot().to_json()
