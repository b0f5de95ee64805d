"""Naming the states of envs, so that estimators can compare turns that began in the same one (anchor states).

The name says which state it is within one group of episodes; it is short, and no two states share one in practice.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, cast

from gem.core import Env
from gem.errors import SnapshotUnsupported
from gem.messages import readable
from gem.snapshot import Snapshot

UNORDERED = frozenset({"$set", "$frozenset", "$dict"})
"""Values that `gem.value_json` writes in some order, and that are equal in any."""


def by_observation(env: Env[Any, Any], observation: Any) -> str:
    """What was shown last is the state, as in GiGPO (arXiv 2505.10978). Envs that show no more than news need more."""
    del env
    return _digest(readable(observation))


def by_state(env: Env[Any, Any], observation: Any) -> str:
    """Everything that the env and its wrappers remember is the state: exact, also where observations are partial.

    What an env counts or keeps of its past, such as the number of the turn, is part of it. Raises
    `SnapshotUnsupported` for an env whose memory cannot be written down.
    """
    del observation
    try:
        memory = _without_noise(env.snapshot()).to_json()
    except SnapshotUnsupported as error:
        raise SnapshotUnsupported(f"{error}; or name states by observation") from error
    return _digest(json.dumps(_in_order(json.loads(memory))))


def _without_noise(snapshot: Snapshot) -> Snapshot:
    """What is still to be drawn is no part of the state."""
    inner = None if snapshot.inner is None else _without_noise(snapshot.inner)
    return snapshot._replace(rng=None, inner=inner)


def _in_order(value: Any) -> Any:
    """The same for equal values: sets and dicts that were filled in another order have their members sorted."""
    if isinstance(value, list):
        return [_in_order(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    members = {name: _in_order(item) for name, item in cast("dict[str, Any]", value).items()}
    return {name: sorted(item, key=json.dumps) if name in UNORDERED else item for name, item in members.items()}


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


ANCHORS = {"observation": by_observation, "state": by_state}
"""By the names that settings take."""
