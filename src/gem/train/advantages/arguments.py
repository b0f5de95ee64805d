"""What the estimators take, by name: each argument read and checked, so that the estimators need not.

| name | is |
|-|-|
| `rewards_N` | the reward of each of the batch's N turns |
| `episode_N` | names the episode of each turn; the turns of an episode stand together and in order |
| `group_N` | names the group of each turn's episode: episodes that began in one state |
| `state_N` | names the state in which each turn began; compared only within a group |
| `values_N` | a critic's value of the state in which each turn began |
| `final_values_E` | for each of E episodes, in the batch's order: the value of its final observation where a limit \
broke it off, 0 where it ended; None is 0 for all |
| `turn_M` | for each of M tokens that the policy chose, the number of its turn, 0..N-1, in order |
| `token_values_M` | a critic's value before each of these tokens |
| `gamma`, `lam` | discount and λ of GAE per turn, 0 to 1 |
| `gamma_token`, `lam_token` | the same per token |

A name may be anything hashable: a number, a string, a tuple.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gem.errors import ConfigError

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

LARGEST = 1e100
"""Numbers beyond it could not be squared and summed."""
AMOUNTS = frozenset({"rewards_N", "values_N", "final_values_E", "token_values_M", "advantages_N"})
NAMES = frozenset({"episode_N", "group_N", "state_N"})
SHARES = frozenset({"gamma", "lam", "gamma_token", "lam_token"})
WEIGHTS = {"omega": 1e6, "alpha": 100.0}
"""And the largest that makes any sense."""


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as float64 arrays, numbers from 0 for names (in order of appearance), and Python's own numbers.

    Raises `ConfigError`.
    """
    arguments = {name: _read(name, value) for name, value in given.items()}
    _check_lengths(arguments)
    if "episode_N" in arguments:
        _check_episodes(arguments["episode_N"], arguments.get("group_N"), arguments.get("final_values_E"))
    if "turn_M" in arguments:
        _check_turns(arguments["turn_M"], len(arguments["rewards_N"]))
    return arguments


def _read(name: str, value: Any) -> Any:
    if name == "final_values_E" and value is None:
        return None
    if name in AMOUNTS:
        return _amounts(name, value)
    if name in NAMES:
        return _codes(name, value)
    if name == "turn_M":
        return _whole_numbers(name, value)
    if name in SHARES:
        return _between(name, value, 0, 1)
    if name in WEIGHTS:
        return _between(name, value, 0, WEIGHTS[name])
    if name == "history" and not (isinstance(value, int | np.integer) and value >= 0):
        raise ConfigError(f"history is {value!r}; it must be a whole number of turns, 0 or more")
    return value


def _amounts(name: str, value: Any) -> Floats:
    try:
        amounts = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as trouble:
        raise ConfigError(f"{name} must be numbers: {trouble}") from trouble
    _check_flat(name, amounts)
    wrong = np.flatnonzero(~(np.abs(amounts) <= LARGEST))
    if wrong.size:
        raise ConfigError(
            f"{name}[{wrong[0]}] is {amounts[wrong[0]]}; it must be finite, and no larger than {LARGEST:g}"
        )
    return amounts


def _codes(name: str, value: Any) -> Codes:
    names = value.tolist() if isinstance(value, np.ndarray) else value
    if not isinstance(names, Iterable) or isinstance(names, str):
        raise ConfigError(f"{name} is {value!r}; it must have one entry for each turn")
    number_of: dict[Hashable, int] = {}
    try:
        return np.array([number_of.setdefault(entry, len(number_of)) for entry in names], dtype=np.int64)
    except TypeError as trouble:
        raise ConfigError(f"{name} must be hashable names, such as numbers or strings: {trouble}") from trouble


def _whole_numbers(name: str, value: Any) -> Codes:
    amounts = _amounts(name, value)
    if (amounts != np.floor(amounts)).any():
        raise ConfigError(f"{name} must be whole numbers")
    return amounts.astype(np.int64)


def _between(name: str, value: Any, low: float, high: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError) as trouble:
        raise ConfigError(f"{name} is {value!r}; it must be a number") from trouble
    if not low <= number <= high:
        raise ConfigError(f"{name} is {value}; it must be between {low:g} and {high:g}")
    return number


def _check_flat(name: str, values: NDArray[Any]) -> None:
    if values.ndim != 1:
        raise ConfigError(f"{name} has {values.ndim} dimensions; it must have 1")


def _check_lengths(arguments: Mapping[str, Any]) -> None:
    for dimension in ("_N", "_M"):
        lengths = {name: len(value) for name, value in arguments.items() if name.endswith(dimension)}
        if len(set(lengths.values())) > 1:
            said = ", ".join(f"{name} has {length}" for name, length in lengths.items())
            raise ConfigError(f"these must have one entry for each {'turn' if dimension == '_N' else 'token'}: {said}")


def _check_episodes(episode_N: Codes, group_N: Codes | None, final_values_E: Floats | None) -> None:
    torn = np.flatnonzero(np.diff(episode_N) < 0)
    if torn.size:
        raise ConfigError(f"episode_N[{torn[0] + 1}] goes back to an earlier episode; turns of one must stand together")
    if group_N is not None:
        moved = np.flatnonzero((np.diff(episode_N) == 0) & (np.diff(group_N) != 0))
        if moved.size:
            raise ConfigError(f"group_N[{moved[0] + 1}] is another group than that of the same episode's turn before")
    episodes = int(episode_N.max(initial=-1)) + 1
    if final_values_E is not None and len(final_values_E) != episodes:
        raise ConfigError(f"final_values_E has {len(final_values_E)} entries; the batch has {episodes} episodes")


def _check_turns(turn_M: Codes, turns: int) -> None:
    if not np.array_equal(np.unique(turn_M), np.arange(turns)):
        raise ConfigError(f"turn_M must name each of the {turns} turns, from 0 on: a turn needs at least one token")
    if (np.diff(turn_M) < 0).any():
        raise ConfigError("turn_M must not fall: tokens stand in the order in which they were chosen")
