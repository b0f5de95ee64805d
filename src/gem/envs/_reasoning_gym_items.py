"""The items of reasoning-gym's data sets, by number: the same number is the same item in every process.

A data set generates item i of seed s from s + i alone, so that one object serves every seed. What the package
leaves to chance is mended here: global generators are lent to it seeded and given back untouched, the order of
its sets is fixed, and what it prints is dropped.
"""

from __future__ import annotations

import builtins
import copy
import io
import json
import random
import threading
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

import numpy as np

from gem._extras import need
from gem.build import closest
from gem.envs.rg_ids import NAMES
from gem.errors import ConfigError

Entry = dict[str, Any]
"""An item as the package gives it: `question`, `answer` (perhaps None) and `metadata`."""

POOL = 2**31
"""How many items a data set has."""
SMALL_POOLS = {"acre": 1_000, "gsm_symbolic": 50_000, "list_functions": 50_000}
"""Those that draw up a list of all their items first; all seeds share the items of one list."""
IMPURE = frozenset({"bf", "codeio", "list_functions", "pool_matrix"})
"""Those whose items draw from global generators, or print while they are made."""
WORLDLY = frozenset(
    {"ctypes", "io", "multiprocessing", "os", "pathlib", "pickle", "shutil", "socket", "subprocess", "sys", "tempfile"}
)
"""Modules that codeio's programs do without: they reach beyond the program."""
_LOCK = threading.RLock()


@dataclass(frozen=True, slots=True)
class Items:
    """The first `size` items of a data set, in the order in which the package lists them."""

    name: str
    size: int
    seed: int
    options: str
    """The data set's own settings, as JSON."""

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int) -> Entry:
        """A copy of the item, which the caller may change."""
        if not 0 <= index < self.size:
            raise IndexError(f"the data set has {self.size} items, and none is number {index}")
        return copy.deepcopy(self.entry(index))

    def __iter__(self) -> Iterator[Entry]:
        return (self[index] for index in range(self.size))

    def entry(self, index: int) -> Entry:
        """The item itself, shared and not to be changed; any index has one."""
        return entry(self.name, self.options, self.number(index))

    def number(self, index: int) -> int:
        """The number of the item in the data set as it is without a seed."""
        return (self.seed + index) % pool(self.name)


def options_of(name: str, config: Mapping[str, Any] | None) -> str:
    """The settings as JSON, once the data set is known to take them. Raises `ConfigError`."""
    if name not in NAMES:
        raise ConfigError(f"reasoning-gym has no data set {name!r} of its own.{closest(name, list(NAMES))}")
    options = json.dumps(dict(config or {}), sort_keys=True)
    try:
        dataset(name, options)
    except (TypeError, ValueError, AssertionError) as error:
        raise ConfigError(f"rg:{name} cannot be built with {options}: {error}") from error
    return options


def pool(name: str) -> int:
    """How many items the data set has."""
    return SMALL_POOLS.get(name, POOL)


@cache
def dataset(name: str, options: str) -> Any:
    """The package's object, one a process for each set of options."""
    settings = json.loads(options)
    size = {"size": SMALL_POOLS[name]} if name in SMALL_POOLS else {}
    with _LOCK, lent_generators(0):  # importing the package draws from them, and warns of files left open
        made = need("reasoning_gym", extra="rg").create_dataset(name, seed=0, **size, **settings)
        made.size = pool(name)
        if name in REPAIRS:
            REPAIRS[name](made)
    return made


@lru_cache(maxsize=256)
def entry(name: str, options: str, number: int) -> Entry:
    """Item `number` of a data set. Cached, as an episode looks at its item several times."""
    with _LOCK, lent_generators(number) if name in IMPURE else nullcontext():
        return dataset(name, options)[number]


@contextmanager
def lent_generators(seed: int) -> Generator[None]:
    """Within, the global generators are seeded and nothing is printed or warned of; afterwards they are as before."""
    ours, numpys = random.getstate(), np.random.get_state()
    random.seed(seed)
    np.random.seed(seed)
    try:
        with redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        random.setstate(ours)
        np.random.set_state(numpys)


# -- repairs: what is chosen from sets would differ from process to process, and some print --------------


class _Letters(tuple[str, ...]):
    """An alphabet in order, from which letters can be taken away as from a set."""

    __slots__ = ()

    def __sub__(self, others: Any) -> _Letters:
        return _Letters(letter for letter in self if letter not in others)


def _order_letters(made: Any) -> None:
    made.letters = _Letters(sorted(made.letters))


def _order_neighbours(made: Any) -> None:
    _order_result(made, "_get_neighbors")


def _order_monomials(made: Any) -> None:
    _order_result(made, "_get_monomials")


def _order_result(made: Any, name: str) -> None:
    """Let a method of one object return its set, or a list made from one, in the order of the texts."""
    method: Callable[..., Any] = getattr(made, name)

    def ordered(*arguments: Any) -> list[Any]:
        return sorted(method(*arguments), key=str)

    setattr(made, name, ordered)


def _silence(made: Any) -> None:
    """Give the module of the data set a `print` of its own."""
    module: Any = import_module(type(made).__module__)
    module.print = lambda *_: None  # pyright: ignore[reportUnknownLambdaType]


def _fence_in(made: Any) -> None:
    """Let the bundled programs of codeio run without files, processes and network; one that wants them fails."""
    module: Any = import_module(type(made).__module__)
    module.exec = _fenced_exec


def _fenced_exec(code: str, names: dict[str, Any], *_: Any) -> None:
    fenced = {**vars(builtins), "open": _refuse, "input": _refuse, "__import__": _import_harmless}
    names["__builtins__"] = fenced
    exec(code, names)  # noqa: S102 - programs that come with reasoning-gym, made by it to be run


def _refuse(*_: Any, **__: Any) -> Any:
    raise PermissionError("a program of codeio asked for a file")


def _import_harmless(name: str, *arguments: Any, **named: Any) -> Any:
    if name.partition(".")[0] in WORLDLY:
        raise ImportError(f"a program of codeio asked for {name}")
    return __import__(name, *arguments, **named)


REPAIRS: dict[str, Callable[[Any], None]] = {
    "isomorphic_strings": _order_letters,
    "ransom_note": _order_letters,
    "word_ladder": _order_neighbours,
    "polynomial_multiplication": _order_monomials,
    "codeio": _fence_in,
    "rectangle_count": _silence,
    "tower_of_hanoi": _silence,
}
